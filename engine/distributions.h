// engine/distributions.h: shapes of chance as pure functions of one uniform integer.
//
// Each function turns a draw of [0, 2^32) into a value; a larger draw never gives a smaller value, and draw 0
// gives the smallest, so that shrinking a draw shrinks the result. No floating point, no libm: the same draw
// is the same nanosecond on every compiler and at every optimisation level.
#pragma once

#include <cstdint>

#include "engine/fixed_math.h"
#include "engine/time.h"

namespace raidsim::distributions {

inline constexpr uint64_t draw_bound = uint64_t{1} << 32;
inline constexpr uint64_t ppb = 1'000'000'000;

/// -log2 of the uniform number (2^32 - draw) / 2^32, which lies in (0, 1]; q32, from 0 to 32.
[[nodiscard]] inline uint64_t halvings_q32(uint64_t draw) noexcept {
  return (uint64_t{32} << 32) - fixed::log2_q32(draw_bound - draw);
}

/// The same as a natural logarithm: a draw of the exponential distribution with mean 1.
[[nodiscard]] inline uint64_t standard_exponential_q32(uint64_t draw) noexcept {
  return static_cast<uint64_t>((Uint128{halvings_q32(draw)} * fixed::ln2_q32) >> 32);
}

/// Exponential. The largest draw gives 22.2 means. Inline, as every service time of a queue asks for it.
///
/// Shape  mean >= 0
[[nodiscard]] inline Duration exponential(Duration mean, uint64_t draw) noexcept {
  const auto mean_ns = static_cast<uint64_t>(mean.count() < 0 ? 0 : mean.count());
  const Uint128 ns = (Uint128{mean_ns} * standard_exponential_q32(draw)) >> 32;
  constexpr auto most = static_cast<uint64_t>(INT64_MAX);
  return Duration{static_cast<int64_t>(ns > most ? most : static_cast<uint64_t>(ns))};
}

/// Lognormal, median * exp(sigma z), through its median and 99th percentile; z is cut at 6.3 deviations.
///
/// Shape  0 < median <= p99
[[nodiscard]] Duration lognormal(Duration median, Duration p99, uint64_t draw) noexcept;

/// Geometric: how many trials fail before the first success, when each succeeds with `parts` / 1e9.
///
/// Shape  1 <= parts <= 1e9; the answer for 1e9 is always 0
[[nodiscard]] uint64_t geometric(uint64_t parts, uint64_t draw) noexcept;

/// Discrete Pareto, floor(u^(-1/shape)): 1 at least, `most` at most (what lies beyond counts as `most`).
///
/// Units  `shape_milli` thousandths: 900 for the shape 0.9 of latent sector errors
[[nodiscard]] uint64_t pareto(uint32_t shape_milli, uint64_t most, uint64_t draw) noexcept;

/// Rank in [0, items) whose density falls as 1 / (rank + 1)^exponent: Zipf's law by the inverse of its
/// continuous form, so no table of `items` entries is needed. The head is flatter than the exact sum's.
///
/// Shape  1 <= items <= 2^31, exponent_milli <= 2000; 0 is uniform
[[nodiscard]] uint64_t zipf(uint64_t items, uint32_t exponent_milli, uint64_t draw) noexcept;

/// Rank in [0, items) of a self-similar hot spot: `hot_percent` of all accesses go to the first
/// (100 - hot_percent) % of the items, and so on inside that part: 80 is the 80/20 rule.
///
/// Shape   items >= 1, 50 <= hot_percent <= 99; 50 is uniform
/// Source  Gray et al., "Quickly generating billion-record synthetic databases", SIGMOD 1994
[[nodiscard]] uint64_t hot_spot(uint64_t items, uint32_t hot_percent, uint64_t draw) noexcept;

/// A probability of a scenario file as parts per 1e9, rounded half up. Not a number and negative give 0.
///
/// Works on the bits of the double: a product would round differently where it is fused with the sum.
[[nodiscard]] uint64_t to_ppb(double probability) noexcept;

}  // namespace raidsim::distributions
