// harness/oracle/pattern.h: what a written block holds, so that a block read back names its write.
//
//   byte 0        8         16                                        512
//   | write id   | block    | 62 words derived from both               |
//
// Write 0 is the start of the world: zeroes. A block that is neither zeroes nor a whole pattern is foreign.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace raidsim::harness {

using WriteId = uint32_t;
inline constexpr WriteId initial_zeroes = 0;

/// Fills one block of 512 bytes.
void fill_pattern(std::span<std::byte> block_data, WriteId id, uint64_t block) noexcept;

/// Which write the content is from; nullopt when no write of the workload left such a block there.
[[nodiscard]] std::optional<WriteId> identify_pattern(std::span<const std::byte> block_data, uint64_t block) noexcept;

}  // namespace raidsim::harness
