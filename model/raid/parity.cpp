// model/raid/parity.cpp
#include "model/raid/parity.h"

#include <isa-l/crc.h>
#include <isa-l/raid.h>

#include <array>
#include <cstring>

#include "engine/assert.h"

namespace raidsim::raid {
namespace {

constexpr size_t isal_alignment = 32;
constexpr size_t sources_max = 255;

/// Four words side by side, which both compilers keep in one register.
using Lanes = uint32_t __attribute__((vector_size(16)));

bool aligned(const void* pointer) noexcept {
  return reinterpret_cast<uintptr_t>(pointer) % isal_alignment == 0;  // decides speed, never a result
}

/// For buffers that ISA-L does not take: word by word, any alignment.
void xor_words_into(std::byte* into, const std::byte* from, size_t bytes) noexcept {
  size_t at = 0;
  for (; at + sizeof(uint64_t) <= bytes; at += sizeof(uint64_t)) {
    uint64_t a = 0;
    uint64_t b = 0;
    std::memcpy(&a, into + at, sizeof a);
    std::memcpy(&b, from + at, sizeof b);
    a ^= b;
    std::memcpy(into + at, &a, sizeof a);
  }
  for (; at < bytes; ++at) into[at] ^= from[at];
}

constexpr std::array<uint32_t, 256> make_crc_table() {
  std::array<uint32_t, 256> table{};
  for (uint32_t byte = 0; byte < 256; ++byte) {
    uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82F63B78U : 0U);
    table[byte] = crc;
  }
  return table;
}
constexpr auto crc_table = make_crc_table();

}  // namespace

void xor_into(std::byte* into, const std::byte* from, size_t bytes) noexcept {
  if (bytes % isal_alignment == 0 && aligned(into) && aligned(from)) {
    void* vectors[3] = {into, const_cast<std::byte*>(from), into};
    (void)::xor_gen(3, static_cast<int>(bytes), vectors);
    return;
  }
  xor_words_into(into, from, bytes);
}

void xor_of(std::span<const std::byte* const> sources, std::byte* out, size_t bytes) noexcept {
  if (sources.size() < 2 || sources.size() > sources_max) return reference::xor_of(sources, out, bytes);
  bool all_aligned = bytes % isal_alignment == 0 && aligned(out);
  std::array<void*, sources_max + 1> vectors;
  for (size_t i = 0; i < sources.size(); ++i) {
    vectors[i] = const_cast<std::byte*>(sources[i]);
    all_aligned = all_aligned && aligned(sources[i]);
  }
  if (!all_aligned) return reference::xor_of(sources, out, bytes);
  vectors[sources.size()] = out;
  (void)::xor_gen(static_cast<int>(sources.size() + 1), static_cast<int>(bytes), vectors.data());
}

uint32_t xor_words(const std::byte* data, size_t bytes) noexcept {
  Lanes a{};
  Lanes b{};
  size_t at = 0;
  for (; at + 2 * sizeof(Lanes) <= bytes; at += 2 * sizeof(Lanes)) {
    Lanes first;
    Lanes second;
    std::memcpy(&first, data + at, sizeof first);
    std::memcpy(&second, data + at + sizeof first, sizeof second);
    a ^= first;
    b ^= second;
  }
  a ^= b;
  uint32_t sum = a[0] ^ a[1] ^ a[2] ^ a[3];
  for (; at + sizeof(uint32_t) <= bytes; at += sizeof(uint32_t)) {
    uint32_t word = 0;
    std::memcpy(&word, data + at, sizeof word);
    sum ^= word;
  }
  return sum;
}

bool all_zero(const std::byte* data, size_t bytes) noexcept {
  return bytes == 0 || (data[0] == std::byte{0} && std::memcmp(data, data + 1, bytes - 1) == 0);
}

uint32_t crc32c(const std::byte* data, size_t bytes, uint32_t running) noexcept {
  auto* bytes_in = reinterpret_cast<unsigned char*>(const_cast<std::byte*>(data));
  return ~::crc32_iscsi(bytes_in, static_cast<int>(bytes), ~running);
}

namespace reference {

void xor_of(std::span<const std::byte* const> sources, std::byte* out, size_t bytes) noexcept {
  for (size_t at = 0; at < bytes; ++at) {
    std::byte sum{0};
    for (const std::byte* source : sources) sum ^= source[at];
    out[at] = sum;
  }
}

uint32_t crc32c(const std::byte* data, size_t bytes, uint32_t running) noexcept {
  uint32_t crc = ~running;
  for (size_t at = 0; at < bytes; ++at)
    crc = (crc >> 8) ^ crc_table[(crc ^ std::to_integer<uint32_t>(data[at])) & 0xff];
  return ~crc;
}

}  // namespace reference
}  // namespace raidsim::raid
