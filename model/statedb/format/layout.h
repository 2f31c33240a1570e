// model/statedb/format/layout.h: where things lie in the logical space of a local set, fixed when the database is made
// (1.2).
//
//   0..2   3..9            10               11    12..17       18 ....... 18+J-1        18+J ...
//   | LB | locator names | first directory | tag | device ids | journal of the replica | records, directory blocks
//
// The journal is this database's own addition (docs/decisions/0029): whatever is in use on a replica is changed
// through it, so that no crash leaves a replica between two states. It takes half of what the fixed blocks leave:
// a copy of all records and directories then always fits.
#pragma once

#include <algorithm>
#include <cstdint>

#include "model/statedb/format/device_ids.h"
#include "model/statedb/format/locator_block.h"
#include "model/statedb/format/locator_names.h"

namespace raidsim::statedb {

inline constexpr uint32_t locator_block_first = 0;
inline constexpr uint32_t locator_names_first = locator_block_first + locator_block_blocks;
inline constexpr uint32_t directory_first = locator_names_first + locator_names_blocks;
inline constexpr uint32_t data_tag_first = directory_first + 1;
inline constexpr uint32_t device_ids_first = data_tag_first + 1;  ///< left free in a database of plain style
inline constexpr uint32_t journal_first = device_ids_first + device_ids_blocks;
inline constexpr uint32_t journal_least = 1 + locator_names_blocks;  ///< the longest fixed structure

/// Logical blocks of the smallest replica that a database can be made on: a record has room.
inline constexpr uint32_t smallest_database = journal_first + 2 * journal_least;

/// Blocks of the journal of a database made on a replica of so many logical blocks.
[[nodiscard]] constexpr uint32_t journal_blocks_for(uint32_t logical_blocks) noexcept {
  const uint32_t used = std::min(logical_blocks, MDDB_MAXBLKS);
  return std::max(journal_least, (used - std::min(used, journal_first)) / 2);
}

}  // namespace raidsim::statedb
