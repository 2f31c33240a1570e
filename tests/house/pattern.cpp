#include "tests/house/pattern.h"

#include <regex.h>

#include <stdexcept>

namespace raidsim::house {

Pattern::Pattern(const std::string& expression, const char* why) : why_(why) {
  auto compiled = std::make_unique<regex_t>();
  if (regcomp(compiled.get(), expression.c_str(), REG_EXTENDED) != 0) {
    throw std::logic_error("wrong expression: " + expression);
  }
  compiled_ = std::shared_ptr<regex_t>(compiled.release(), [](regex_t* regex) {
    regfree(regex);
    delete regex;
  });
}

std::string_view Pattern::find(std::string_view text) const {
  regmatch_t match{0, static_cast<regoff_t>(text.size())};
  if (text.empty() || regexec(compiled_.get(), text.data(), 1, &match, REG_STARTEND) != 0) return {};
  return text.substr(static_cast<size_t>(match.rm_so), static_cast<size_t>(match.rm_eo - match.rm_so));
}

}  // namespace raidsim::house
