// model/raid/prewrite_header.h: the header block of a pre-write entry (raid_pwhdr_t), and when it counts.
//
//   slot k of column c:  | header block: 96 bytes, then zeroes | payload: rpw_blkcnt blocks | unused |
//
// rpw_sum is the XOR of the payload's 32-bit words; rpw_crc is CRC-32C over the header before it and the
// payload (RH-08), so a torn, misdirected or stale-geometry entry is told apart from a whole one. Both hold
// in an empty slot too, whose payload is nothing.
//
// Source  spec/raid-data-model.md 6.2, spec/raid-replay.md 3, spec/decisions.md D-06
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "model/disk/block_device.h"
#include "model/raid/types.h"
#include "model/raid/unit.h"

namespace raidsim::raid {

struct PreWriteHeader {
  uint32_t rpw_magic = 0;  ///< RAID_PWMAGIC: a live entry; 0: an empty slot
  uint32_t rpw_sum = 0;
  int32_t rpw_columnnum = 0;   ///< partner column, -1: the write had none
  uint64_t rpw_blkno = 0;      ///< first row of the payload
  uint32_t rpw_blkcnt = 0;     ///< payload blocks
  int64_t rpw_id = 0;          ///< pwid
  uint32_t rpw_colcount = 0;   ///< entries of the write: 1, 2 or N
  uint32_t rpw_column = 0;     ///< column this entry belongs to
  uint32_t rpw_unit = 0;       ///< minor of the unit
  uint32_t rpw_magic_ext = 0;  ///< RAID_PWMAGIC: what follows is there
  uint32_t rpw_origcolumncnt = 0;
  uint32_t rpw_totalcolumncnt = 0;
  uint32_t rpw_segsize = 0;
  uint64_t rpw_segsincolumn = 0;
  uint32_t rpw_pwcnt = 0;
  uint32_t rpw_pwsize = 0;
  uint64_t rpw_devstart = 0;  ///< un_orig_devstart of the column
  uint64_t rpw_pwstart = 0;   ///< un_orig_pwstart of the column
  uint32_t rpw_crc = 0;
  bool operator==(const PreWriteHeader&) const = default;
};

inline constexpr size_t prewrite_header_bytes = 96;
using HeaderBlock = std::span<std::byte, block_bytes>;
using ConstHeaderBlock = std::span<const std::byte, block_bytes>;

/// One write's entry on one column, before checksums.
struct PreWriteEntry {
  ColumnIndex column;
  int32_t partner = -1;  ///< becomes rpw_columnnum
  RowIndex row;          ///< first row of the payload
  uint32_t blocks = 0;
  uint64_t pwid = 0;
  uint32_t colcount = 1;
};

/// XOR of the payload's little-endian 32-bit words.
/// Shape  whole blocks
[[nodiscard]] uint32_t rpw_sum(std::span<const std::byte> payload) noexcept;

/// CRC-32C (reflected, start and final XOR all ones) of the header's first 92 bytes, then the payload.
[[nodiscard]] uint32_t rpw_crc(const PreWriteHeader& header, std::span<const std::byte> payload) noexcept;

/// The header of a live entry, checksums included.
[[nodiscard]] PreWriteHeader live_header(const Unit& unit, const PreWriteEntry& entry,
                                         std::span<const std::byte> payload) noexcept;
/// The header of an initialised, empty slot of `column`.
[[nodiscard]] PreWriteHeader empty_header(const Unit& unit, ColumnIndex column) noexcept;

/// Fills a whole header block; the rest of it is zero.
void encode(const PreWriteHeader& header, HeaderBlock block) noexcept;
/// Any 512 bytes decode; what they are worth is for the checks below to say.
[[nodiscard]] PreWriteHeader decode_header(ConstHeaderBlock block) noexcept;

/// Replay R1 to R6 and the header part of RH-08: this could be a live entry of `column` of this unit. Its
/// rpw_blkcnt is safe to read by.
[[nodiscard]] bool plausible(const PreWriteHeader& header, const Unit& unit, ColumnIndex column) noexcept;
/// RH-08: the payload is the one the header was made for.
/// Shape  `payload` is rpw_blkcnt blocks
[[nodiscard]] bool checksums_match(const PreWriteHeader& header, std::span<const std::byte> payload) noexcept;

/// The keep option's look at a slot-0 header (raid-admin.md 2): it was written by a unit of this shape.
[[nodiscard]] bool matches_geometry(const PreWriteHeader& header, const Unit& unit, ColumnIndex column) noexcept;

/// Blocks that a payload may have: slot size less the header block.
[[nodiscard]] constexpr uint64_t payload_blocks_max(const Unit& unit) noexcept { return unit.un_iosize - 1; }

}  // namespace raidsim::raid
