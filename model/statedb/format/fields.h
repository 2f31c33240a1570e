// model/statedb/format/fields.h: numbers at fixed places of a block, little-endian (D-06).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/assert.h"
#include "model/statedb/format/mddb.h"

namespace raidsim::statedb {

[[nodiscard]] inline uint32_t get32(std::span<const std::byte> bytes, size_t at) {
  RAIDSIM_ASSERT(at + 4 <= bytes.size());
  uint32_t value = 0;
  for (size_t i = 0; i < 4; ++i) value |= static_cast<uint32_t>(bytes[at + i]) << (8 * i);
  return value;
}
inline void put32(std::span<std::byte> bytes, size_t at, uint32_t value) {
  RAIDSIM_ASSERT(at + 4 <= bytes.size());
  for (size_t i = 0; i < 4; ++i) bytes[at + i] = static_cast<std::byte>(value >> (8 * i));
}

[[nodiscard]] inline uint16_t get16(std::span<const std::byte> bytes, size_t at) {
  RAIDSIM_ASSERT(at + 2 <= bytes.size());
  return static_cast<uint16_t>(static_cast<uint32_t>(bytes[at]) | static_cast<uint32_t>(bytes[at + 1]) << 8);
}
inline void put16(std::span<std::byte> bytes, size_t at, uint16_t value) {
  RAIDSIM_ASSERT(at + 2 <= bytes.size());
  for (size_t i = 0; i < 2; ++i) bytes[at + i] = static_cast<std::byte>(value >> (8 * i));
}

[[nodiscard]] inline Timeval32 get_time(std::span<const std::byte> bytes, size_t at) {
  return {.seconds = get32(bytes, at), .microseconds = get32(bytes, at + 4)};
}
inline void put_time(std::span<std::byte> bytes, size_t at, Timeval32 time) {
  put32(bytes, at, time.seconds);
  put32(bytes, at + 4, time.microseconds);
}

}  // namespace raidsim::statedb
