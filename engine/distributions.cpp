#include "engine/distributions.h"

#include <algorithm>
#include <bit>

#include "engine/assert.h"
#include "engine/fixed_math.h"
#include "engine/normal_quantile.h"

namespace raidsim::distributions {
namespace {

using fixed::log2_q32;
using fixed::times_exp2;

constexpr uint64_t one_q32 = uint64_t{1} << 32;

/// z of the draw over z of the 99th percentile; q30.
int64_t normal_over_z99_q30(uint64_t draw) {
  const uint64_t middle = 2 * draw + 1;  // in 2^33 parts: the middle of the draw's own interval
  const bool upper = middle > one_q32;
  const uint64_t tail = upper ? 2 * one_q32 - middle : middle;
  const auto octave = static_cast<uint64_t>(std::bit_width(tail) - 1);
  const uint64_t mantissa = tail << (63 - octave);
  const size_t cell = 16 * octave + ((mantissa >> 59) & 15);
  const uint64_t within = (mantissa >> 27) & 0xffffffffu;
  const uint64_t fall = uint64_t{fixed::normal_quantile_q30[cell]} - fixed::normal_quantile_q30[cell + 1];
  const auto far = static_cast<int64_t>(fixed::normal_quantile_q30[cell] - ((fall * within) >> 32));
  return upper ? far : -far;
}

/// -ln(1 - parts/1e9) in units of 1e-18; up to 2.1e19, just beyond 64 bits.
Uint128 failure_rate_e18(uint64_t parts) {
  if (parts < ppb / 64) {  // the logarithm of a number next to one would keep no digits
    return parts * ppb + parts * parts / 2 + parts * parts / ppb * parts / 3;
  }
  const uint64_t log2 = log2_q32(ppb) - log2_q32(ppb - parts);
  const auto ln_q32 = static_cast<uint64_t>((Uint128{log2} * fixed::ln2_q32) >> 32);
  return (Uint128{ln_q32} * (ppb * ppb)) >> 32;
}

}  // namespace

Duration lognormal(Duration median, Duration p99, uint64_t draw) noexcept {
  if (median.count() <= 0) return Duration{};
  const auto low = static_cast<uint64_t>(median.count());
  const uint64_t high = std::max(low, static_cast<uint64_t>(std::max<int64_t>(p99.count(), 0)));
  const auto span_q32 = static_cast<int64_t>(log2_q32(high) - log2_q32(low));
  // The span gives up eight fraction bits, so that its 30 and the quantile's 32 fit into one signed number.
  const int64_t exponent_q32 = ((span_q32 >> 8) * normal_over_z99_q30(draw)) / (int64_t{1} << 22);
  return Duration{static_cast<int64_t>(times_exp2(low, exponent_q32))};
}

uint64_t geometric(uint64_t parts, uint64_t draw) noexcept {
  if (parts >= ppb) return 0;
  const Uint128 rate = failure_rate_e18(std::max<uint64_t>(parts, 1));
  const Uint128 scaled = (Uint128{standard_exponential_q32(draw)} * (ppb * ppb)) >> 32;
  return static_cast<uint64_t>(scaled / rate);
}

uint64_t pareto(uint32_t shape_milli, uint64_t most, uint64_t draw) noexcept {
  const uint64_t exponent_q32 = halvings_q32(draw) * 1000 / std::max<uint32_t>(shape_milli, 1);
  const auto whole = static_cast<int64_t>(std::min<uint64_t>(exponent_q32, uint64_t{63} << 32));
  return std::clamp<uint64_t>(times_exp2(1, whole), 1, std::max<uint64_t>(most, 1));
}

uint64_t zipf(uint64_t items, uint32_t exponent_milli, uint64_t draw) noexcept {
  if (items <= 1) return 0;
  // x = (1 + u (B - 1))^(1/a) with a = 1 - exponent and B = (items + 1)^a; for a = 0 it is (items + 1)^u.
  const auto span_q32 = static_cast<int64_t>(log2_q32(items + 1));
  const int64_t a_milli = 1000 - static_cast<int64_t>(exponent_milli);
  int64_t log_x_q32 = 0;
  if (a_milli == 0) {
    log_x_q32 = static_cast<int64_t>((Uint128{static_cast<uint64_t>(span_q32)} * draw) >> 32);
  } else {
    constexpr uint64_t one_q31 = uint64_t{1} << 31;
    const uint64_t b_q31 = times_exp2(one_q31, span_q32 * a_milli / 1000);
    const uint64_t step = b_q31 > one_q31 ? b_q31 - one_q31 : one_q31 - b_q31;
    const auto part = static_cast<uint64_t>((Uint128{step} * draw) >> 32);
    const uint64_t y_q31 = b_q31 > one_q31 ? one_q31 + part : one_q31 - part;
    const int64_t log_y_q32 = static_cast<int64_t>(log2_q32(y_q31)) - (int64_t{31} << 32);
    log_x_q32 = log_y_q32 * 1000 / a_milli;
  }
  // Sixteen fraction bits: the rank is floor(x) - 1, and x may stand a hair below its integer.
  const uint64_t x_q16 = times_exp2(uint64_t{1} << 16, std::max<int64_t>(log_x_q32, 0));
  return std::min<uint64_t>((x_q16 >> 16) - 1, items - 1);
}

uint64_t hot_spot(uint64_t items, uint32_t hot_percent, uint64_t draw) noexcept {
  if (items <= 1) return 0;
  const uint64_t hot = std::clamp<uint64_t>(hot_percent, 50, 99);
  const uint64_t hundred = log2_q32(100);
  // rank = items * u^k with k = ln(cold) / ln(hot); u = (draw + 1) / 2^32 keeps small draws in front.
  const uint64_t above = hundred - log2_q32(100 - hot);
  const uint64_t below = hundred - log2_q32(hot);
  const uint64_t fall_q32 = (uint64_t{32} << 32) - log2_q32(draw + 1);
  const auto exponent = static_cast<uint64_t>(Uint128{fall_q32} * above / below);
  const auto halvings = static_cast<int64_t>(std::min<uint64_t>(exponent, uint64_t{100} << 32));
  return std::min<uint64_t>(times_exp2(items, -halvings), items - 1);
}

uint64_t to_ppb(double probability) noexcept {
  const auto bits = std::bit_cast<uint64_t>(probability);
  const bool negative = (bits >> 63) != 0;
  const auto biased = static_cast<int>((bits >> 52) & 0x7ff);
  const uint64_t fraction = bits & ((uint64_t{1} << 52) - 1);
  if (biased == 0x7ff && fraction != 0) return 0;
  if (negative || biased < 1023 - 40) return 0;
  if (biased >= 1023) return ppb;
  const int shift = 1075 - biased;  // 53 to 92: the value is mantissa / 2^shift
  const Uint128 product = Uint128{fraction | (uint64_t{1} << 52)} * ppb;
  return static_cast<uint64_t>((product + (Uint128{1} << (shift - 1))) >> shift);
}

}  // namespace raidsim::distributions
