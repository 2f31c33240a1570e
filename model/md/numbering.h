// model/md/numbering.h: minors, sets, record ids, pool ids (spec/metadevice.md 1.2).
#pragma once

#include <cstdint>

namespace raidsim::md {

using Minor = uint32_t;    ///< set number above a 13-bit unit number
using RecordId = int32_t;  ///< mddb_recid_t: set in bits 26..30; 0 ends a list, negative is an error
using PoolId = int32_t;    ///< hsp_t; MD_HSP_NONE = -1
using NameKey = uint32_t;  ///< key of a name-space entry

inline constexpr uint32_t md_maxsets = 32;
inline constexpr uint32_t md_maxunits = 8192;
inline constexpr PoolId MD_HSP_NONE = -1;
inline constexpr Minor MD_NO_PARENT = ~Minor{0};
inline constexpr Minor NODEV32 = ~Minor{0};
inline constexpr uint32_t MD_UNITBAD = ~uint32_t{0};

[[nodiscard]] constexpr uint32_t set_of_minor(Minor m) { return m >> 13; }
[[nodiscard]] constexpr uint32_t unit_of_minor(Minor m) { return m & (md_maxunits - 1); }
[[nodiscard]] constexpr Minor make_minor(uint32_t set, uint32_t unit) { return ((set & 31) << 13) | (unit & 8191); }
[[nodiscard]] constexpr RecordId make_record_id(uint32_t set, uint32_t number) {
  return static_cast<RecordId>(((set & 31) << 26) | (number & 0x3ffffff));
}
[[nodiscard]] constexpr uint32_t set_of_pool(PoolId id) { return (static_cast<uint32_t>(id) >> 26) & 31; }
[[nodiscard]] constexpr PoolId make_pool_id(uint32_t set, uint32_t id) {
  return static_cast<PoolId>(((set & 31) << 26) | (id & 0x3ffffff));
}

}  // namespace raidsim::md
