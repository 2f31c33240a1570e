#include "scenarios/error.h"

#include <fmt/core.h>

#include <utility>

namespace raidsim::scenarios {

ScenarioError::ScenarioError(std::string file, std::string place, std::string text)
    : std::runtime_error(printable(file, 4096) + ": " + (place.empty() ? "/" : place) + ": " + text),
      file_(std::move(file)),
      place_(std::move(place)),
      text_(std::move(text)) {}

namespace {

/// Bytes of the UTF-8 character at the front of `text`, 0 if there is none.
size_t character_size(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  const size_t size = first < 0x80                    ? 1
                      : first >= 0xc2 && first < 0xe0 ? 2
                      : first >= 0xe0 && first < 0xf0 ? 3
                      : first >= 0xf0 && first < 0xf5 ? 4
                                                      : 0;
  if (size == 0 || size > text.size()) return 0;
  for (size_t i = 1; i < size; ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xc0U) != 0x80U) return 0;
  }
  return size;
}

}  // namespace

std::string printable(std::string_view text, size_t longest) {
  std::string out;
  while (!text.empty()) {
    if (out.size() >= longest) return out + "...";
    const size_t size = character_size(text);
    const auto byte = static_cast<unsigned char>(text.front());
    if (size == 0 || byte < 0x20 || byte == 0x7f || byte == '\\') {
      out += fmt::format("\\x{:02x}", byte);
      text.remove_prefix(1);
    } else {
      out += text.substr(0, size);
      text.remove_prefix(size);
    }
  }
  return out;
}

}  // namespace raidsim::scenarios
