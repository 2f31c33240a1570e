// scenarios/error.h: the one line that says what is wrong with a file.
#pragma once

#include <stdexcept>
#include <string>

namespace raidsim::scenarios {

/// `file: place: what is wrong; what would be right`. The place is a JSON Pointer ("" is the whole document), or
/// "line 3, column 7" where the text is not JSON, or "line 12" of an iolog. Always one printable line.
class ScenarioError : public std::runtime_error {
 public:
  ScenarioError(std::string file, std::string place, std::string text);

  [[nodiscard]] const std::string& file() const noexcept { return file_; }
  [[nodiscard]] const std::string& place() const noexcept { return place_; }
  [[nodiscard]] const std::string& text() const noexcept { return text_; }

 private:
  std::string file_;
  std::string place_;
  std::string text_;
};

/// Text from a file made fit to print: control characters and quotes escaped, at most `longest` characters.
[[nodiscard]] std::string printable(std::string_view text, size_t longest = 60);

}  // namespace raidsim::scenarios
