// engine/fixed_math.h: binary logarithm and power of two in fixed point, from integer tables.
//
// Library logarithms differ in their last bits between versions and machines, and would take the trace hash
// with them. These tables are computed by the compiler with integers alone: 1024 cells, straight lines between,
// relative error below 2e-7. "q32" marks a number with 32 fraction bits.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "engine/random.h"

namespace raidsim::fixed {

inline constexpr uint64_t ln2_q32 = 2'977'044'472;  ///< ln 2 * 2^32, rounded
inline constexpr size_t cells = 1024;
using Table = std::array<uint64_t, cells + 1>;

extern const Table log2_table;  ///< log2(1 + i/1024) in q32
extern const Table exp2_table;  ///< 2^(i/1024) in q62

/// log2(x) in q32. Shape  x >= 1
inline uint64_t log2_q32(uint64_t x) noexcept {
  const auto exponent = static_cast<uint64_t>(std::bit_width(x) - 1);
  const uint64_t mantissa = x << (63 - exponent);  // its top bit is set
  const size_t cell = (mantissa >> 53) & (cells - 1);
  const uint64_t within = (mantissa >> 21) & 0xffffffffu;
  const uint64_t rise = log2_table[cell + 1] - log2_table[cell];
  return (exponent << 32) + log2_table[cell] + ((rise * within) >> 32);
}

/// value * 2^exponent, rounded down, at most INT64_MAX. Units  `exponent_q32` has 32 fraction bits
inline uint64_t times_exp2(uint64_t value, int64_t exponent_q32) noexcept {
  constexpr auto most = static_cast<uint64_t>(INT64_MAX);
  const int64_t whole = exponent_q32 >> 32;  // floor, also below zero
  const auto fraction = static_cast<uint64_t>(exponent_q32) & 0xffffffffu;
  const size_t cell = fraction >> 22;
  const uint64_t within = fraction & 0x3fffffu;
  const uint64_t rise = exp2_table[cell + 1] - exp2_table[cell];
  const uint64_t factor_q62 = exp2_table[cell] + static_cast<uint64_t>((Uint128{rise} * within) >> 22);
  const Uint128 product = Uint128{value} * factor_q62;  // below 2^127
  if (whole >= 62) return value == 0 ? 0 : most;
  if (whole < -64) return 0;
  const Uint128 scaled = product >> (62 - whole);
  return scaled > most ? most : static_cast<uint64_t>(scaled);
}

}  // namespace raidsim::fixed
