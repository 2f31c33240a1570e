#include "harness/oracle/pattern.h"

#include <cstring>

namespace raidsim::harness {
namespace {

constexpr size_t words_per_block = 64;
constexpr uint64_t odd = 0x9E37'79B9'7F4A'7C15;

constexpr uint64_t seed_of(WriteId id, uint64_t block) {
  uint64_t x = (uint64_t{id} << 32) ^ (block * odd);
  x ^= x >> 29;
  x *= 0xBF58'476D'1CE4'E5B9;
  x ^= x >> 32;
  return x;
}

/// Two words side by side, which both compilers keep in one register.
using Pair = uint64_t __attribute__((vector_size(16)));
constexpr size_t pairs_per_block = words_per_block / 2;

Pair pair_at(const std::byte* data, size_t pair) {
  Pair words;
  std::memcpy(&words, data + pair * sizeof words, sizeof words);
  return words;
}

uint64_t word_at(const std::byte* data, size_t word) {
  uint64_t value = 0;
  std::memcpy(&value, data + word * sizeof value, sizeof value);
  return value;
}

bool all_zero(const std::byte* data) noexcept {
  Pair any{};
  for (size_t i = 0; i < pairs_per_block; ++i) any |= pair_at(data, i);
  return (any[0] | any[1]) == 0;
}

/// Words 2 and 3 of a block's pattern; each further pair is the one before it plus `step`.
Pair first_pair(uint64_t seed) { return Pair{seed + 2 * odd, seed + 3 * odd}; }
constexpr Pair step = {2 * odd, 2 * odd};

}  // namespace

void fill_pattern(std::span<std::byte> block_data, WriteId id, uint64_t block) noexcept {
  std::byte* const data = block_data.data();
  const Pair head = {id, block};
  std::memcpy(data, &head, sizeof head);
  Pair words = first_pair(seed_of(id, block));
  for (size_t i = 1; i < pairs_per_block; ++i, words += step)
    std::memcpy(data + i * sizeof words, &words, sizeof words);
}

std::optional<WriteId> identify_pattern(std::span<const std::byte> block_data, uint64_t block) noexcept {
  const std::byte* const data = block_data.data();
  const uint64_t head = word_at(data, 0);
  if (head == 0) return all_zero(data) ? std::optional<WriteId>{initial_zeroes} : std::nullopt;
  if (head > UINT32_MAX || word_at(data, 1) != block) return std::nullopt;
  const auto id = static_cast<WriteId>(head);
  Pair expected = first_pair(seed_of(id, block));
  Pair difference{};
  for (size_t i = 1; i < pairs_per_block; ++i, expected += step) difference |= pair_at(data, i) ^ expected;
  return (difference[0] | difference[1]) == 0 ? std::optional<WriteId>{id} : std::nullopt;
}

}  // namespace raidsim::harness
