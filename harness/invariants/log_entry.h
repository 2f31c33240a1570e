// harness/invariants/log_entry.h: a pre-write header as it lies in its block, read by the judge's own reader (D-06).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "model/raid/unit.h"

namespace raidsim::harness {

struct LogEntryHeader {
  uint32_t magic = 0;
  int32_t partner = 0;
  uint64_t row = 0;
  uint32_t blocks = 0;
  uint64_t id = 0;
  uint32_t colcount = 0;
  uint32_t column = 0;
  uint32_t unit = 0;
  uint32_t crc = 0;
};
/// Shape  one block
[[nodiscard]] LogEntryHeader read_log_header(const std::byte* block);

/// The entry in a slot, if a replay would take it: magic, place and CRC-32C over header and payload are right.
/// Shape  `slot` is un_iosize blocks
[[nodiscard]] std::optional<LogEntryHeader> valid_entry(std::span<const std::byte> slot, const raid::Unit& unit,
                                                        uint32_t column);

/// RL-08: valid entries of one column cover disjoint rows.
[[nodiscard]] std::string overlapping_entries(const std::vector<LogEntryHeader>& entries);

/// RL-13: the record does not call the column okay on that device.
[[nodiscard]] bool failure_recorded(const raid::Unit& record, uint32_t column, uint64_t device);

/// CRC-32C, reflected, start and final XOR all ones.
[[nodiscard]] uint32_t crc32c(uint32_t crc, std::span<const std::byte> bytes) noexcept;

}  // namespace raidsim::harness
