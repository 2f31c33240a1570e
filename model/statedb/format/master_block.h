// model/statedb/format/master_block.h: the block that says where one replica lies. Outside of the logical space.
//
//   physical   B     B+1 ........................ B+S-1
//             [MB]   [logical 0 ...... logical S-2]
//
// The administrator's tool writes it before a replica is added; nobody else does. A format for chains of them
// exists, but only the first is ever read (DB-F5).
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "model/statedb/format/mddb.h"

namespace raidsim::statedb {

struct MasterBlock {
  Timeval32 mb_timestamp;
  uint32_t mb_blkcnt = 0;  ///< logical blocks mapped
  uint32_t mb_blkno = 0;   ///< physical block of this very master block
  uint32_t mb_setno = 0;
  Timeval32 mb_setcreatetime;
  uint32_t m_consecutive = 0;
  uint32_t m_firstblk = 0;
  std::vector<std::byte> mb_devid;  ///< empty: none
  bool operator==(const MasterBlock&) const = default;

  /// Physical block of a logical one; nothing for a block that the replica does not have.
  [[nodiscard]] std::optional<uint64_t> physical(uint32_t logical) const noexcept {
    if (logical >= m_consecutive) return std::nullopt;
    return uint64_t{m_firstblk} + logical;
  }
};

inline constexpr size_t devid_most = MDDB_BSIZE - 90;

/// What the tool writes for a replica of `blocks` physical blocks from `first` on (DB-F5).
[[nodiscard]] MasterBlock new_master_block(uint32_t first, uint32_t blocks, uint32_t set, Timeval32 now,
                                           std::span<const std::byte> devid = {});

/// Shape  `out` one block; at most devid_most bytes of device id
void encode(const MasterBlock& master, std::span<std::byte> out);

struct ReadMasterBlock {
  BlockFault fault = BlockFault::none;
  MasterBlock block;  ///< of no meaning with a fault
};
/// A block read at physical block `from` for set `set` (DB-B4 step 2).
///
/// Shape   `bytes` one block
/// Errors  place: it belongs to another place or set, or maps blocks over itself
[[nodiscard]] ReadMasterBlock decode_master_block(std::span<const std::byte> bytes, uint32_t from, uint32_t set);

}  // namespace raidsim::statedb
