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

bool all_zero(std::span<const std::byte> data) noexcept {
  uint64_t any = 0;
  for (size_t i = 0; i < words_per_block; ++i) {
    uint64_t word = 0;
    std::memcpy(&word, data.data() + i * sizeof word, sizeof word);
    any |= word;
  }
  return any == 0;
}

}  // namespace

void fill_pattern(std::span<std::byte> block_data, WriteId id, uint64_t block) noexcept {
  uint64_t words[words_per_block];
  const uint64_t seed = seed_of(id, block);
  for (size_t i = 2; i < words_per_block; ++i) words[i] = seed + i * odd;
  words[0] = id;
  words[1] = block;
  std::memcpy(block_data.data(), words, sizeof words);
}

std::optional<WriteId> identify_pattern(std::span<const std::byte> block_data, uint64_t block) noexcept {
  uint64_t words[words_per_block];
  std::memcpy(words, block_data.data(), sizeof words);
  if (words[0] == 0) return all_zero(block_data) ? std::optional<WriteId>{initial_zeroes} : std::nullopt;
  if (words[0] > UINT32_MAX || words[1] != block) return std::nullopt;
  const auto id = static_cast<WriteId>(words[0]);
  const uint64_t seed = seed_of(id, block);
  uint64_t difference = 0;
  for (size_t i = 2; i < words_per_block; ++i) difference |= words[i] ^ (seed + i * odd);
  return difference == 0 ? std::optional<WriteId>{id} : std::nullopt;
}

}  // namespace raidsim::harness
