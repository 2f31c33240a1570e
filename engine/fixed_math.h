// engine/fixed_math.h: binary logarithm and power of two in fixed point, from integer tables.
//
// Library logarithms differ in their last bits between versions and machines, and would take the trace hash
// with them. These tables are computed by the compiler with integers alone: 1024 cells, straight lines between,
// relative error below 2e-7. "q32" marks a number with 32 fraction bits.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

#include "engine/random.h"

namespace raidsim::fixed {

inline constexpr uint64_t ln2_q32 = 2'977'044'472;  ///< ln 2 * 2^32, rounded
inline constexpr size_t cells = 1024;
using Table = std::array<uint64_t, cells + 1>;

namespace detail {

/// log2(1 + i/1024) in q32. ln(n) - ln(n-1) = 2 atanh(1 / (2n-1)), a series of three terms here.
constexpr Table make_log2_table() {
  constexpr uint64_t one_q60 = uint64_t{1} << 60;
  Table ln_q60{};
  for (uint64_t i = 1; i <= cells; ++i) {
    const uint64_t odd = 2 * (cells + i) - 1;
    uint64_t term = one_q60 / odd;
    uint64_t sum = term;
    for (uint64_t k = 3; k <= 7; k += 2) {
      term /= odd * odd;
      sum += term / k;
    }
    ln_q60[i] = ln_q60[i - 1] + 2 * sum;
  }
  Table table{};
  const uint64_t whole = ln_q60[cells];  // ln 2, with the same small error as its neighbours
  for (size_t i = 0; i <= cells; ++i) {
    table[i] = static_cast<uint64_t>(((Uint128{ln_q60[i]} << 32) + whole / 2) / whole);
  }
  return table;
}

constexpr uint64_t square_root(Uint128 x) {
  uint64_t root = 0;
  for (uint64_t bit = uint64_t{1} << 63; bit != 0; bit >>= 1) {
    const uint64_t trial = root | bit;
    if (Uint128{trial} * trial <= x) root = trial;
  }
  return root;
}

/// 2^(i/1024) in q62, by products of 2^(1/2), 2^(1/4), ... 2^(1/1024).
constexpr Table make_exp2_table() {
  Table table{};
  table[0] = uint64_t{1} << 62;
  table[cells] = uint64_t{1} << 63;
  uint64_t root = table[cells];
  for (size_t step = cells / 2; step >= 1; step /= 2) {
    root = square_root(Uint128{root} << 62);
    for (size_t i = step; i < cells; i += 2 * step) {
      table[i] = static_cast<uint64_t>((Uint128{table[i - step]} * root) >> 62);
    }
  }
  return table;
}

}  // namespace detail

inline constexpr Table log2_table = detail::make_log2_table();
inline constexpr Table exp2_table = detail::make_exp2_table();

/// log2(x) in q32. Shape  x >= 1
constexpr uint64_t log2_q32(uint64_t x) noexcept {
  const auto exponent = static_cast<uint64_t>(std::bit_width(x) - 1);
  const uint64_t mantissa = x << (63 - exponent);  // its top bit is set
  const size_t cell = (mantissa >> 53) & (cells - 1);
  const uint64_t within = (mantissa >> 21) & 0xffffffffu;
  const uint64_t rise = log2_table[cell + 1] - log2_table[cell];
  return (exponent << 32) + log2_table[cell] + ((rise * within) >> 32);
}

/// value * 2^exponent, rounded down, at most INT64_MAX. Units  `exponent_q32` has 32 fraction bits
constexpr uint64_t times_exp2(uint64_t value, int64_t exponent_q32) noexcept {
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
