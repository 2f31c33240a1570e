// reports/ink.h: colour for terminals. Without it every text is as it was.
#pragma once

#include <string>

namespace raidsim::reports {

struct Ink {
  bool colour = false;

  [[nodiscard]] std::string bold(const std::string& text) const { return in("1", text); }
  [[nodiscard]] std::string good(const std::string& text) const { return in("32", text); }
  [[nodiscard]] std::string bad(const std::string& text) const { return in("1;31", text); }
  [[nodiscard]] std::string warn(const std::string& text) const { return in("33", text); }

 private:
  [[nodiscard]] std::string in(const char* code, const std::string& text) const {
    return colour && !text.empty() ? std::string("\x1b[") + code + "m" + text + "\x1b[0m" : text;
  }
};

}  // namespace raidsim::reports
