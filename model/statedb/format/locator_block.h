// model/statedb/format/locator_block.h: who the replicas of a set are, and how they are. One logical object, equal on
// all replicas that received the last push.
//
//   0          120            292              892                    1292      1536
//   | counts.. | driver names | locators[50]   | side locators[50]    | zeroes |
//
// Of the flags of a locator only ACTIVE, DELETED, JOINING and LEAVING mean something when they come from a disk (DB-B7,
// docs/decisions/0035). A set of this host has one side (D-01).
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "model/statedb/format/mddb.h"

namespace raidsim::statedb {

/// Where a replica is: device and the physical block of its master block.
struct Locator {
  uint32_t l_dev = 0;  ///< device number, compressed
  uint32_t l_blkno = 0;
  uint32_t l_flags = 0;  ///< LocatorFlag
  // Of the side: how this host calls the device.
  uint32_t drvnm_index = 0;
  uint32_t minor = 0;
  DeviceId did = 0;  ///< of the device-id block; 0: none, the device is known by its number
  bool operator==(const Locator&) const = default;
  [[nodiscard]] bool has(uint32_t flags) const noexcept { return (l_flags & flags) != 0; }
  [[nodiscard]] bool deleted() const noexcept { return has(MDDB_F_DELETED); }
  /// In the list in force, and in the one that is announced; without a change they are the same.
  [[nodiscard]] bool in_force() const noexcept { return !has(MDDB_F_DELETED | MDDB_F_JOINING); }
  [[nodiscard]] bool announced() const noexcept { return !has(MDDB_F_DELETED | MDDB_F_LEAVING); }
};

using SetIdentifier = std::array<char, MDDB_SN_LEN>;

struct LocatorBlock {
  uint32_t lb_commitcnt = 0;  ///< on a disk 0 means: this replica was deleted
  Timeval32 lb_timestamp;
  SetIdentifier lb_ident{};
  uint32_t lb_flags = 0;
  uint32_t lb_jlfirstblk = 0, lb_jlblkcnt = 0;  ///< where each replica has its journal (of lb_spare)
  /// Count of the newest locator block that every replica in use is known to have; 0: of none (of lb_spare).
  uint32_t lb_listcnt = 0;
  uint32_t lb_didfirstblk = 0, lb_didblkcnt = 0;
  uint32_t lb_dtfirstblk = 0, lb_dtblkcnt = 0;
  Timeval32 lb_inittime;  ///< of the database's creation; tells lineages apart (DB-B6)
  uint32_t lb_setno = 0;
  uint32_t lb_lnfirstblk = 0, lb_lnblkcnt = 0;
  uint32_t lb_dbfirstblk = 0;
  std::vector<std::string> lb_drvnm;  ///< at most MDDB_DRVNMCNT
  std::vector<Locator> lb_locators;   ///< lb_loccnt of them, deleted ones included
  bool operator==(const LocatorBlock&) const = default;
  /// It holds two lists: the one in force, and one that is to come.
  [[nodiscard]] bool announces() const;
};

inline constexpr uint32_t locator_block_blocks = 3;  ///< lb_blkcnt of a local set
inline constexpr size_t locator_block_bytes = locator_block_blocks * MDDB_BSIZE;

/// 14 bits of major, 18 of minor number, as a 32-bit device number has them.
[[nodiscard]] constexpr uint32_t compressed_device(DeviceNumber device) noexcept {
  return major_of(device) << 18 | (minor_of(device) & 0x3FFFF);
}
[[nodiscard]] constexpr DeviceNumber expanded_device(uint32_t compressed) noexcept {
  return make_device(compressed >> 18, compressed & 0x3FFFF);
}

/// Shape  `out` locator_block_bytes; at most MDDB_NLB locators and MDDB_DRVNMCNT names of MD_MAXDRVNM bytes
void encode(const LocatorBlock& locators, std::span<std::byte> out);

struct ReadLocatorBlock {
  BlockFault fault = BlockFault::none;
  LocatorBlock block;
};
/// DB-B4 step 4: magic, size, revision, checksum, set.
///
/// Shape   `bytes` locator_block_bytes
/// Errors  place: of another size or set; content: counts or names that cannot be
[[nodiscard]] ReadLocatorBlock decode_locator_block(std::span<const std::byte> bytes, uint32_t set);

}  // namespace raidsim::statedb
