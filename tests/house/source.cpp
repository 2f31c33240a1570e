#include "tests/house/source.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace raidsim::house {
namespace {

namespace fs = std::filesystem;

std::string slurp(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + path.string() + " (tests run in the project root)");
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

bool left_out(const fs::path& name) {
  const std::string s = name.string();
  return s.starts_with(".") || s == "build" || s == "out" || s == "__pycache__";
}

void collect(const fs::path& at, std::vector<SourceFile>& files) {
  if (fs::is_directory(at)) {
    for (const auto& entry : fs::directory_iterator(at)) {
      if (!left_out(entry.path().filename())) collect(entry.path(), files);
    }
  } else if (fs::is_regular_file(at)) {
    files.push_back({at.generic_string(), slurp(at)});
  }
}

// Where a comment or literal that begins at `i` ends; `i` itself when none begins there.
size_t end_of_blank(std::string_view s, size_t i) {
  const auto upto = [&](std::string_view mark, size_t from) {
    const size_t at = s.find(mark, from);
    return at == std::string_view::npos ? s.size() : at + mark.size();
  };
  if (s.substr(i, 2) == "//") return std::min(s.find('\n', i), s.size());
  if (s.substr(i, 2) == "/*") return upto("*/", i + 2);
  if (s.substr(i, 2) == "R\"") {
    const size_t open = s.find('(', i);
    if (open == std::string_view::npos) return s.size();
    return upto(")" + std::string(s.substr(i + 2, open - i - 2)) + "\"", open);
  }
  const char quote = s[i];
  const bool digit_separator = quote == '\'' && i > 0 && std::isalnum(static_cast<unsigned char>(s[i - 1])) != 0;
  if ((quote != '"' && quote != '\'') || digit_separator) return i;
  size_t j = i + 1;
  while (j < s.size() && s[j] != quote && s[j] != '\n') j += s[j] == '\\' ? 2U : 1U;
  return std::min(j + 1, s.size());
}

}  // namespace

std::vector<SourceFile> read_tree(const std::vector<std::string>& folders) {
  std::vector<SourceFile> files;
  for (const std::string& folder : folders) collect(folder, files);
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  return files;
}

std::string_view room_of(std::string_view path) {
  const size_t slash = path.find('/');
  return slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
}

std::string_view folder_of(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
}

bool is_header(std::string_view path) { return path.ends_with(".h"); }
bool is_cpp(std::string_view path) { return is_header(path) || path.ends_with(".cpp"); }

bool starts_with_path(std::string_view path, std::string_view folder) {
  return path.starts_with(folder) && path.size() > folder.size() && path[folder.size()] == '/';
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

std::string code_only(std::string_view text) {
  std::string code(text);
  for (size_t i = 0; i < code.size();) {
    const size_t end = end_of_blank(text, i);
    for (size_t j = i; j < end; ++j) {
      if (code[j] != '\n') code[j] = ' ';
    }
    i = std::max(end, i + 1);
  }
  return code;
}

std::string printed(const Findings& findings) {
  std::string out;
  for (const Finding& f : findings) out += f.path + ":" + std::to_string(f.line) + ": " + f.text + "\n";
  return out;
}

}  // namespace raidsim::house
