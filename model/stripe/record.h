// model/stripe/record.h: the unit as bytes of its database record (spec/decisions.md D-06).
//
// Little-endian, packed, in the order of spec/stripe.md 1:
//
//   common part     model/md/record_fields.h
//    60 bytes
//   stripe part     un_hsp_id i32, un_nrows u32, un_ocomp u32 (offset of the components)
//    12 bytes
//   rows            un_icomp u32, un_ncomp u32, un_blocks, un_cum_blocks, un_interlace u64
//    of 32 bytes
//   components      un_key u32, un_dev, un_start_block u64, ms_flags, ms_state, ms_lasterrcnt u32, ms_orig_dev,
//    of 64 bytes    ms_orig_blk u64, ms_hs_key u32, ms_hs_id i32, ms_timestamp i64
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "model/md/record_fields.h"
#include "model/stripe/unit.h"

namespace raidsim::stripe {

inline constexpr size_t record_stripe_bytes = 12;
inline constexpr size_t record_row_bytes = 32;
inline constexpr size_t record_component_bytes = 64;

[[nodiscard]] constexpr size_t components_offset(size_t rows) {  // a multiple of 8 by itself
  return md::record_common_bytes + record_stripe_bytes + rows * record_row_bytes;
}
/// un_size
[[nodiscard]] constexpr size_t record_bytes(size_t rows, size_t components) {
  return components_offset(rows) + components * record_component_bytes;
}

/// Appends the unit as it stands (DB-L3).
void encode_record(const Unit& unit, std::vector<std::byte>& out);

/// Shape   any bytes: memory stays within a small multiple of their size
/// Errors  nullopt: not a whole stripe record of this format, or one whose structure cannot be; `why` then says in a
/// few
///         words what is wrong
[[nodiscard]] std::optional<Unit> decode_record(std::span<const std::byte> bytes, const char*& why);

}  // namespace raidsim::stripe
