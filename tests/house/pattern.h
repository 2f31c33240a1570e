// tests/house/pattern.h: a POSIX extended regular expression with GNU's \b, \w and \s.
//
// std::regex would do, but takes two minutes to compile under a sanitizer.
#pragma once

#include <memory>
#include <string>
#include <string_view>

struct re_pattern_buffer;

namespace raidsim::house {

class Pattern {
 public:
  /// Throws std::logic_error when the expression is wrong.
  Pattern(const std::string& expression, const char* why);

  /// The first match in `text`, with a null data() when there is none; it points into `text`.
  [[nodiscard]] std::string_view find(std::string_view text) const;
  [[nodiscard]] const char* why() const noexcept { return why_; }

 private:
  std::shared_ptr<re_pattern_buffer> compiled_;
  const char* why_;
};

}  // namespace raidsim::house
