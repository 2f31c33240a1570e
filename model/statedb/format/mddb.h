// model/statedb/format/mddb.h: words and numbers of the replicated state database, letter for letter.
//
// Source  spec/statedb.md 1.1, 1.6, 5.3
#pragma once

#include <cstddef>
#include <cstdint>

#include "model/disk/block_device.h"

namespace raidsim::statedb {

inline constexpr size_t MDDB_BSIZE = 512;
static_assert(MDDB_BSIZE == block_bytes);
inline constexpr uint32_t MDDB_NLB = 50;        ///< replicas of a set
inline constexpr uint32_t MDDB_MINBLKS = 16;    ///< logical blocks of the smallest sensible replica
inline constexpr uint32_t MDDB_MAXBLKS = 8192;  ///< logical blocks that are used at the most
inline constexpr uint32_t MDDB_DRVNMCNT = 10;   ///< driver names in a locator block
inline constexpr uint32_t MD_MAXDRVNM = 16;     ///< bytes of one
inline constexpr uint32_t MDDB_PREFIXCNT = 10;  ///< path prefixes in a locator names block
inline constexpr uint32_t MD_MAXPREFIX = 127;   ///< bytes of one
inline constexpr uint32_t MD_MAXSUFFIX = 40;    ///< bytes of the rest of a path
inline constexpr uint32_t MDDB_SN_LEN = 12;     ///< bytes of the set's identifier
inline constexpr uint32_t MDDB_GLOBAL_XOR = 1234567890;

inline constexpr uint32_t MDDB_MAGIC_MB = 0x6d646d62;
inline constexpr uint32_t MDDB_MAGIC_LB = 0x6d646c62;
inline constexpr uint32_t MDDB_MAGIC_LN = 0x6d646c6e;
inline constexpr uint32_t MDDB_MAGIC_DB = 0x6d646462;
inline constexpr uint32_t MDDB_MAGIC_RB = 0x6d647262;
inline constexpr uint32_t MDDB_MAGIC_DT = 0x6d646474;
inline constexpr uint32_t MDDB_MAGIC_DE = 0x6d646465;

inline constexpr uint32_t MDDB_REV_MB = 0x0201;
inline constexpr uint32_t MDDB_REV_LB = 0x0500;
inline constexpr uint32_t MDDB_REV_LN = 0x0100;
inline constexpr uint32_t MDDB_REV_DB = 0x0201;
inline constexpr uint32_t MDDB_REV_DT = 0x0100;
inline constexpr uint32_t MDDB_REV_RB = 0x0200;
inline constexpr uint32_t MDDB_REV_RB64 = 0x0201;
inline constexpr uint32_t MDDB_REV_RBFN = 0x0202;
inline constexpr uint32_t MDDB_REV_RB64FN = 0x0203;

/// de_flags
enum RecordFlag : uint32_t {
  MDDB_F_STRIPE = 0x001,
  MDDB_F_MIRROR = 0x002,
  MDDB_F_RAID = 0x004,
  MDDB_F_SOFTPART = 0x008,
  MDDB_F_TRANS_MASTER = 0x010,
  MDDB_F_TRANS_LOG = 0x020,
  MDDB_F_HOTSPARE = 0x040,
  MDDB_F_HOTSPARE_POOL = 0x080,
  MDDB_F_OPT = 0x200,
  MDDB_F_CHANGELOG = 0x400,
};

/// l_flags of a locator (3.1)
enum LocatorFlag : uint32_t {
  MDDB_F_EREAD = 0x00001,
  MDDB_F_TOOSMALL = 0x00002,
  MDDB_F_EFMT = 0x00004,
  MDDB_F_EDATA = 0x00008,
  MDDB_F_EMASTER = 0x00010,
  MDDB_F_ACTIVE = 0x00020,
  MDDB_F_EWRITE = 0x00040,
  MDDB_F_MASTER = 0x00080,
  MDDB_F_SUSPECT = 0x00100,
  MDDB_F_PTCHED = 0x00400,
  MDDB_F_IOCTL = 0x00800,
  MDDB_F_LOCACC = 0x02000,
  MDDB_F_UP2DATE = 0x04000,
  MDDB_F_OLDACT = 0x08000,
  MDDB_F_DELETED = 0x10000,
  // Our own (docs/decisions/0035): how the list that is announced differs from the one in force.
  MDDB_F_JOINING = 0x100000,
  MDDB_F_LEAVING = 0x200000,
};

/// A time stamp as stored (DB-F4).
struct Timeval32 {
  uint32_t seconds = 0;
  uint32_t microseconds = 0;
  bool operator==(const Timeval32&) const = default;
};

/// DB-F1: majors equal, the stored minor not greater than the known one.
[[nodiscard]] constexpr bool acceptable_revision(uint32_t stored, uint32_t known) noexcept {
  return (stored >> 8) == (known >> 8) && (stored & 0xff) <= (known & 0xff);
}

/// What is wrong with a structure that was read.
enum class BlockFault : uint8_t { none, unread, magic, revision, checksum, place, content };

}  // namespace raidsim::statedb
