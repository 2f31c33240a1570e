#include "scenarios/strict_json.h"

#include <fmt/core.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <vector>

#include "scenarios/error.h"

namespace raidsim::scenarios {
namespace {

using nlohmann::json;

std::string place_in(std::string_view text, size_t offset) {
  size_t line = 1;
  size_t line_start = 0;
  const size_t end = std::min(offset, text.size());
  for (size_t i = 0; i < end; ++i) {
    if (text[i] == '\n') {
      ++line;
      line_start = i + 1;
    }
  }
  return fmt::format("line {}, column {}", line, end - line_start + 1);
}

/// Builds the document and knows the pointer of the value being read.
class StrictBuilder final : public nlohmann::json_sax<json> {
 public:
  StrictBuilder(std::string_view text, const std::string& file) : text_(text), file_(file) {}

  json take() { return std::move(root_); }

  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override { return add(value); }
  bool number_unsigned(number_unsigned_t value) override { return add(value); }
  bool string(string_t& value) override { return add(std::move(value)); }
  bool binary(binary_t& /*value*/) override { return false; }

  bool number_float(number_float_t value, const string_t& token) override {
    if (token.find_first_of(".eE") == std::string::npos) {
      fail(fmt::format("the integer {} does not fit 64 bits; write at most {}", printable(token, 40), UINT64_MAX));
    }
    if (!std::isfinite(value)) fail(fmt::format("{} is no finite number; write a smaller one", printable(token, 40)));
    return add(value);
  }

  bool start_object(size_t /*elements*/) override { return open(json::object()); }
  bool start_array(size_t /*elements*/) override { return open(json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(string_t& name) override {
    Level& level = levels_.back();
    level.key = name;
    if (level.value.contains(name)) {
      fail(fmt::format("the key \"{}\" stands here twice; keep one of them", printable(name)));
    }
    return true;
  }

  bool parse_error(size_t position, const std::string& /*token*/, const json::exception& error) override {
    std::string reason = error.what();
    const size_t colon = reason.rfind(": ");  // after "[json.exception...] parse error at line 1, column 2"
    if (error.id == 101 && colon != std::string::npos) {
      const size_t detail = reason.find(" - ");
      reason = detail == std::string::npos ? reason.substr(colon + 2) : reason.substr(detail + 3);
    } else if (error.id == 406) {
      fail("a number here is too large; write a finite one");
    }
    const size_t offset = position == 0 ? 0 : position - 1;
    throw ScenarioError(
        file_, place_in(text_, offset),
        fmt::format("this is not JSON: {}; write one JSON object in UTF-8, without comments", printable(reason, 120)));
  }

 private:
  struct Level {
    json value;
    std::string key;
  };

  std::string pointer() const {
    std::string out;
    for (const Level& level : levels_) {
      out += '/';
      out += level.value.is_array() ? std::to_string(level.value.size()) : pointer_token(level.key);
    }
    return out;
  }

  [[noreturn]] void fail(const std::string& text) const { throw ScenarioError(file_, pointer(), text); }

  bool open(json value) {
    if (levels_.size() >= json_depth_max) {
      fail(fmt::format("values are nested more than {} deep; a scenario needs far fewer levels", json_depth_max));
    }
    levels_.push_back({std::move(value), {}});
    return true;
  }

  bool close() {
    json done = std::move(levels_.back().value);
    levels_.pop_back();
    return add(std::move(done));
  }

  bool add(json value) {
    if (levels_.empty()) {
      root_ = std::move(value);
    } else if (Level& level = levels_.back(); level.value.is_array()) {
      level.value.push_back(std::move(value));
    } else {
      level.value.emplace(level.key, std::move(value));
    }
    return true;
  }

  std::string_view text_;
  const std::string& file_;
  json root_;
  std::vector<Level> levels_;
};

}  // namespace

std::string pointer_token(std::string_view text) {
  std::string out;
  for (const char c : printable(text, 200)) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
  return out;
}

json parse_strict(std::string_view text, const std::string& file) {
  if (text.size() > json_bytes_max) {
    throw ScenarioError(file, "", fmt::format("the file has {} bytes; the limit is {}", text.size(), json_bytes_max));
  }
  if (text.starts_with("\xef\xbb\xbf")) {
    throw ScenarioError(file, "line 1, column 1", "the file starts with a byte order mark; save it as plain UTF-8");
  }
  StrictBuilder builder(text, file);
  (void)json::sax_parse(text.begin(), text.end(), &builder);
  return builder.take();
}

json read_json_file(const std::filesystem::path& path) {
  const std::string name = path.string();
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (error || !std::filesystem::exists(status)) {
    throw ScenarioError(name, "", "there is no such file; name a scenario file");
  }
  if (!std::filesystem::is_regular_file(status)) {
    throw ScenarioError(name, "", "this is no regular file; name a scenario file");
  }
  std::ifstream in(path, std::ios::binary);
  if (!in) throw ScenarioError(name, "", "the file cannot be opened for reading; check its permissions");
  std::string text;
  std::array<char, 65536> part{};
  while (in.read(part.data(), part.size()), in.gcount() > 0) {
    text.append(part.data(), static_cast<size_t>(in.gcount()));
    if (text.size() > json_bytes_max) break;  // parse_strict says so
  }
  if (in.bad()) throw ScenarioError(name, "", "reading the file failed; check the disk it lies on");
  return parse_strict(text, name);
}

}  // namespace raidsim::scenarios
