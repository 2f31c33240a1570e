// model/statedb/journal.h: the last change made to a replica, whole, before it is made in place.
//
//   | header: sum, sequence, targets... (1 block or more) | new content of each target block |
//
// One transfer, and one checksum over all of it: torn, it is not there. What it holds is written in place only when
// it is durable, and it is replaced only when that is done. So applying it once more at a load never harms.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "model/statedb/format/mddb.h"

namespace raidsim::statedb {

inline constexpr uint32_t MDDB_MAGIC_JL = 0x6d646a6c;  ///< "mdjl"
inline constexpr uint32_t MDDB_REV_JL = 0x0100;

struct JournalEntry {
  uint32_t sequence = 0;          ///< of the operation, for people
  std::vector<uint32_t> targets;  ///< logical blocks, in the order of writing
  std::vector<std::byte> bytes;   ///< one block for each
};

/// Blocks that a change of so many blocks takes in the journal.
[[nodiscard]] constexpr size_t journal_entry_blocks(size_t targets) noexcept {
  return (32 + 4 * targets + MDDB_BSIZE - 1) / MDDB_BSIZE + targets;
}

void encode(const JournalEntry& entry, uint32_t set, std::vector<std::byte>& out);

/// Blocks that the entry claims whose first block this is; 0 when none of this set begins here.
[[nodiscard]] size_t claimed_journal_blocks(std::span<const std::byte> block, uint32_t set);

/// Errors  nothing: torn, damaged, or not an entry of this set. Shape  hostile bytes allowed
[[nodiscard]] std::optional<JournalEntry> decode_journal(std::span<const std::byte> bytes, uint32_t set);

}  // namespace raidsim::statedb
