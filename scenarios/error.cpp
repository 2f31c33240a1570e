#include "scenarios/error.h"

#include <fmt/core.h>

#include <utility>

namespace raidsim::scenarios {

ScenarioError::ScenarioError(std::string file, std::string place, std::string text)
    : std::runtime_error(printable(file, 4096) + ": " + (place.empty() ? "/" : place) + ": " + text),
      file_(std::move(file)),
      place_(std::move(place)),
      text_(std::move(text)) {}

std::string printable(std::string_view text, size_t longest) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool inside_character = (byte & 0xc0U) == 0x80U;  // of UTF-8: never cut there
    if (out.size() >= longest && !inside_character) return out + "...";
    if (byte < 0x20 || byte == 0x7f || c == '\\') {
      out += fmt::format("\\x{:02x}", byte);
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace raidsim::scenarios
