// model/raid/record.h: the unit as bytes of its database record (spec/decisions.md D-06).
//
// Little-endian, packed, in the order of spec/raid-data-model.md 1 and 2:
//
//   common part   model/md/record_fields.h
//    60 bytes
//   RAID part     un_magic u32, un_state u32, un_timestamp i64, un_origcolumncnt u32, un_totalcolumncnt u32,
//   128 bytes     un_segsize, un_segsincolumn, un_maxio, un_iosize u64, un_pwcnt u32, un_pwsize, un_pwid u64,
//                 un_percent_done u32, un_resync_copysize u64, un_hsp_id i32, un_resync_line_index u64,
//                 un_resync_index i32, un_resync_segment u32 (0), un_grow_tb u64, un_init_colcnt u32,
//                 un_init_iocnt u64
//   N columns     un_devstate u32, un_devflags u32, un_devtimestamp i64, un_orig_dev u64, un_orig_key u32,
//   of 116 bytes  un_orig_pwstart, un_orig_devstart u64, un_dev, un_pwstart, un_devstart u64, un_hs_id i32,
//                 un_hs_key u32, un_hs_pwstart, un_hs_devstart u64, un_alt_dev, un_alt_pwstart, un_alt_devstart u64
//
// In-core parts (un_rflags, slot tables, un_resync_busy_line) are not in it.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "model/md/record_fields.h"
#include "model/raid/unit.h"

namespace raidsim::raid {

using md::record_common_bytes;
inline constexpr size_t record_raid_bytes = 128;
inline constexpr size_t record_column_bytes = 116;

/// un_size of a unit with that many columns.
[[nodiscard]] constexpr size_t record_bytes(size_t columns) {
  return record_common_bytes + record_raid_bytes + columns * record_column_bytes;
}

/// Appends the unit as it stands (DB-L3).
void encode_record(const Unit& unit, std::vector<std::byte>& out);

/// Shape   any bytes: memory stays within a small multiple of their size
/// Errors  nullopt: not a whole RAID record of this format, or one whose geometry or states cannot be (RS-01,
///         RT-01); `why` then says in a few words what is wrong
[[nodiscard]] std::optional<Unit> decode_record(std::span<const std::byte> bytes, const char*& why);

/// RS-01, RS-02 of the own device, RT-01 and what address arithmetic needs; null when all hold.
[[nodiscard]] const char* broken_structure(const Unit& unit);

}  // namespace raidsim::raid
