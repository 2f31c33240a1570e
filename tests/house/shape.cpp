#include "tests/house/shape.h"

#include <algorithm>
#include <map>

namespace raidsim::house {
namespace {

bool has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

// A file's name in a list of CMake: between blanks, line ends, brackets or quotes.
bool names(std::string_view list, std::string_view name) {
  constexpr std::string_view around = " \t\n()\"";
  for (size_t at = list.find(name); at != std::string_view::npos; at = list.find(name, at + 1)) {
    const size_t end = at + name.size();
    const bool begins = at == 0 || around.find(list[at - 1]) != std::string_view::npos;
    if (begins && (end == list.size() || around.find(list[end]) != std::string_view::npos)) return true;
  }
  return false;
}

bool built(std::string_view path, const std::map<std::string_view, std::string>& lists) {
  for (std::string_view folder = folder_of(path);; folder = folder_of(folder)) {
    const auto list = lists.find(folder);
    const std::string_view name = folder.empty() ? path : path.substr(folder.size() + 1);
    if (list != lists.end() && names(list->second, name)) return true;
    if (folder.empty()) return false;
  }
}

}  // namespace

Findings too_long(const SourceFile& file) {
  const size_t lines = lines_of(file.text).size();
  if (lines <= lines_max) return {};
  return {{file.path, 0, std::to_string(lines) + " lines; at most " + std::to_string(lines_max)}};
}

Findings wrong_header(const SourceFile& file) {
  Findings findings;
  const std::string first = "// " + file.path + ": ";
  if (!file.text.starts_with(first)) findings.push_back({file.path, 1, "does not begin with \"" + first + "...\""});
  if (!has(file.text, "\n#pragma once\n")) findings.push_back({file.path, 0, "no #pragma once"});
  return findings;
}

Findings wrong_room_readme(const SourceFile& file) {
  Findings findings;
  for (const char* part : {"Read first", "Must not know"}) {
    if (!has(file.text, part)) findings.push_back({file.path, 0, std::string("does not say \"") + part + "\""});
  }
  return findings;
}

Findings not_built(const std::vector<SourceFile>& files) {
  std::map<std::string_view, std::string> lists;  // a folder's CMakeLists.txt and the .cmake files beside it
  for (const SourceFile& file : files) {
    const bool list = file.path.ends_with("CMakeLists.txt") || file.path.ends_with(".cmake");
    if (list) lists[folder_of(file.path)] += file.text + "\n";
  }
  Findings findings;
  for (const SourceFile& file : files) {
    // Headers of programs are found by the source that includes them; those of rooms form the room's interface.
    const bool program = room_of(file.path) == "tests" || starts_with_path(file.path, "harness/cli");
    const bool helper = program && is_header(file.path);
    if (is_cpp(file.path) && !helper && !built(file.path, lists)) {
      findings.push_back({file.path, 0, "no CMakeLists.txt names it"});
    }
  }
  return findings;
}

}  // namespace raidsim::house
