// engine/choice_kind.h: what a draw decides.
#pragma once

#include <cstdint>
#include <string_view>

namespace raidsim {

/// Recorded with each draw, so that a changed program notices where it reads another kind of choice than was
/// recorded. The numbers are part of the tape's format.
enum class ChoiceKind : uint8_t { number = 0, chance = 1, index = 2, duration = 3, schedule = 4, bytes = 5 };

inline constexpr uint8_t choice_kinds = 6;

[[nodiscard]] constexpr std::string_view name_of(ChoiceKind kind) noexcept {
  switch (kind) {
    case ChoiceKind::number:
      return "number";
    case ChoiceKind::chance:
      return "chance";
    case ChoiceKind::index:
      return "index";
    case ChoiceKind::duration:
      return "duration";
    case ChoiceKind::schedule:
      return "schedule";
    case ChoiceKind::bytes:
      return "bytes";
  }
  return "unknown";
}

}  // namespace raidsim
