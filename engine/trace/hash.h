// engine/trace/hash.h: the rolling hash over every byte of every record.
//
// A record is read as four 64-bit words, each defined by its fields and not by the machine's byte order:
//
//   w0 time   w1 kind | flags << 16 | actor << 32   w2 a   w3 b
//
// Words meet in two 128-bit products that do not depend on the state, so they overlap with the work around them;
// the state itself waits for one product per record. That step is one to one: two runs that differed once cannot
// come to agree again through equal records. Incremental: the value after n records is the hash of the first n.
#pragma once

#include <bit>
#include <cstdint>

#include "engine/random.h"
#include "engine/trace/record.h"

namespace raidsim {

class TraceHash {
 public:
  constexpr void add(const TraceRecord& record) noexcept {
    const uint64_t what = uint64_t{record.kind} | uint64_t{record.flags} << 16 | uint64_t{record.actor} << 32;
    const uint64_t first = folded(static_cast<uint64_t>(record.time_ns) ^ keys[0], what ^ keys[1]);
    const uint64_t second = folded(record.a ^ keys[2], record.b ^ keys[3]);
    state_ = std::rotl(state_ ^ first, 29) * multiplier + second;
  }

  /// Of all records so far, well mixed. Of no record: a fixed number, not 0.
  [[nodiscard]] constexpr uint64_t value() const noexcept {
    uint64_t z = state_;
    z = (z ^ (z >> 32)) * 0xd6e8feb86659fd93u;
    z = (z ^ (z >> 32)) * 0xd6e8feb86659fd93u;
    return z ^ (z >> 32);
  }

 private:
  // Odd random-looking constants: fraction digits of pi, as in Blowfish's tables.
  static constexpr uint64_t keys[4] = {0x243f6a8885a308d3u, 0x13198a2e03707345u, 0xa4093822299f31d1u,
                                       0x082efa98ec4e6c89u};
  static constexpr uint64_t multiplier = 0x9e3779b97f4a7c15u;

  static constexpr uint64_t folded(uint64_t x, uint64_t y) noexcept {
    const Uint128 product = Uint128{x} * y;
    return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
  }

  uint64_t state_ = 0x452821e638d01377u;
};

}  // namespace raidsim
