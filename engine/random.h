// engine/random.h: the generator behind every seeded stream, the same bits on every compiler.
//
// xoshiro256** with its 256-bit state filled by SplitMix64, so that neighbouring seeds share nothing.
// Only 64-bit integer arithmetic and one 128-bit product: nothing here depends on compiler flags.
//
// Source  Blackman and Vigna, "Scrambled linear pseudorandom number generators", TOMS 2021;
//         Lemire, "Fast random integer generation in an interval", TOMACS 2019
#pragma once

#include <bit>
#include <cstdint>

namespace raidsim {

__extension__ typedef unsigned __int128 Uint128;

/// Advances `state` and returns its next SplitMix64 value. Also serves as a mixer of one number.
constexpr uint64_t split_mix(uint64_t& state) noexcept {
  uint64_t z = (state += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

class Random {
 public:
  explicit constexpr Random(uint64_t seed) noexcept {
    for (uint64_t& word : state_) word = split_mix(seed);
  }

  constexpr uint64_t next() noexcept {
    const uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
    const uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

  /// Uniform in [0, bound), without bias: the rare products that would favour some values are redrawn.
  ///
  /// Shape  `bound` 0 stands for 2^64
  constexpr uint64_t below(uint64_t bound) noexcept {
    if (bound == 0) return next();
    Uint128 product = Uint128{next()} * bound;
    if (static_cast<uint64_t>(product) < bound) [[unlikely]] {
      const uint64_t biased = (0 - bound) % bound;
      while (static_cast<uint64_t>(product) < biased) product = Uint128{next()} * bound;
    }
    return static_cast<uint64_t>(product >> 64);
  }

 private:
  uint64_t state_[4]{};
};

}  // namespace raidsim
