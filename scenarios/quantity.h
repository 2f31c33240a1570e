// scenarios/quantity.h: sizes and times as scenario files write them: "64KiB", "512", "40ms".
//
//   sizes  digits, then nothing (bytes), B, KiB, MiB, GiB or TiB
//   times  digits, then ns, us, ms, s, m or h (always a unit; "0" is refused like any bare number)
//
// No fractions, signs, spaces or leading zeros: each quantity has few spellings and one saved form, the largest unit
// that divides it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/time.h"

namespace raidsim::scenarios {

/// Bytes, or nothing if `text` is no size or does not fit 63 bits.
[[nodiscard]] std::optional<uint64_t> parse_size(std::string_view text);
/// Nothing if `text` is no time or does not fit 63 bits of nanoseconds (292 years).
[[nodiscard]] std::optional<Duration> parse_time(std::string_view text);

/// Inverse of parse_size. Shape  below 2^63.
[[nodiscard]] std::string size_text(uint64_t bytes);
/// Inverse of parse_time. Shape  not negative.
[[nodiscard]] std::string time_text(Duration time);

}  // namespace raidsim::scenarios
