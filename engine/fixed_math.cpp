#include "engine/fixed_math.h"

namespace raidsim::fixed {
namespace {

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

}  // namespace

// Computed by the compiler, once: as inline variables every file that draws would compute them again.
constinit const Table log2_table = make_log2_table();
constinit const Table exp2_table = make_exp2_table();

}  // namespace raidsim::fixed
