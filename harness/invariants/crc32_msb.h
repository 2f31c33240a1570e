// harness/invariants/crc32_msb.h: the state database's checksum as the judge computes it (DB-F2).
#pragma once

#include <isa-l/crc.h>

#include <cstddef>
#include <cstdint>
#include <span>

namespace raidsim::harness {

/// Of `bytes` without those from `from` to `end`.
[[nodiscard]] inline uint32_t crc32_msb(std::span<const std::byte> bytes, size_t from, size_t end) {
  constexpr uint32_t start = 987654;
  const auto go_on = [](uint32_t crc, std::span<const std::byte> part) {
    return ~crc32_ieee(~crc, reinterpret_cast<const unsigned char*>(part.data()), part.size());
  };
  return go_on(go_on(start, bytes.first(from)), bytes.subspan(end));
}

}  // namespace raidsim::harness
