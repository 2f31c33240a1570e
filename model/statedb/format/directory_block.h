// model/statedb/format/directory_block.h: which records there are, and in which logical blocks they lie (1.6).
//
//   0        40
//   | header | entry 52 + 4n | entry 52 + 4n | ...            one block; a chain of them holds all
//
// Entries are packed in list order; over the chain their order is the record order. A change of one block is atomic,
// and so is a create or a delete: entry and db_recsum stand in the same block (DB-F9).
#pragma once

#include <array>
#include <span>
#include <vector>

#include "model/statedb/format/mddb.h"

namespace raidsim::statedb {

/// One of the two places of an optimized record.
struct OptimizedCopy {
  uint32_t o_li = 0;  ///< locator index
  uint32_t o_flags = 0;
  bool operator==(const OptimizedCopy&) const = default;
};

struct DirectoryEntry {
  uint32_t de_recid = 0;  ///< record number, 1 to 2^26 - 1
  uint32_t de_type1 = 0, de_type2 = 0;
  uint32_t de_reqsize = 0;  ///< user bytes
  uint32_t de_flags = 0;    ///< RecordFlag
  std::array<OptimizedCopy, 2> de_optinfo{};
  std::vector<uint32_t> de_blks;  ///< logical blocks, in order
  bool operator==(const DirectoryEntry&) const = default;

  [[nodiscard]] size_t bytes() const noexcept { return 52 + 4 * de_blks.size(); }
  /// Not part of the global XOR.
  [[nodiscard]] bool outside_xor() const noexcept { return (de_flags & (MDDB_F_OPT | MDDB_F_CHANGELOG)) != 0; }
};

inline constexpr size_t directory_header_bytes = 40;
inline constexpr uint32_t record_number_most = (1U << 26) - 1;

struct DirectoryBlock {
  uint32_t db_blknum = 0;   ///< its own logical block
  uint32_t db_nextblk = 0;  ///< of the next one; 0: last
  Timeval32 db_timestamp;
  uint32_t db_recsum = 0;
  uint32_t sequence = 0;  ///< of the operation that last changed it; tells which replica is fresher
  std::vector<DirectoryEntry> entries;
  bool operator==(const DirectoryBlock&) const = default;

  [[nodiscard]] size_t bytes() const noexcept;
  /// DB-C8 step 4: an entry must leave at least a byte, except in a block of its own.
  [[nodiscard]] bool has_room(size_t entry_bytes) const noexcept {
    return entries.empty() || bytes() + entry_bytes < MDDB_BSIZE;
  }
};

/// Shape  `out` one block; the entries fit
void encode(const DirectoryBlock& directory, std::span<std::byte> out);

struct ReadDirectoryBlock {
  BlockFault fault = BlockFault::none;
  DirectoryBlock block;
};
/// A block read as logical block `from`.
///
/// Errors  place: it says that it is another block; content: entries that cannot be, whatever the checksum says
[[nodiscard]] ReadDirectoryBlock decode_directory_block(std::span<const std::byte> bytes, uint32_t from);

}  // namespace raidsim::statedb
