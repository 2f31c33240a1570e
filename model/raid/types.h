// model/raid/types.h: index types and state values of RAID-5 (spec/raid-data-model.md 3, 4.1).
#pragma once

#include <compare>
#include <cstdint>

#include "model/md/unit_header.h"

namespace raidsim::raid {

/// An index of one kind; two kinds do not mix, so swapped arguments do not compile.
template <class Tag>
struct Index {
  uint64_t value = 0;
  constexpr Index() = default;
  constexpr explicit Index(uint64_t v) : value(v) {}
  constexpr auto operator<=>(const Index&) const = default;
  constexpr Index& operator++() {
    ++value;
    return *this;
  }
};
using LineIndex = Index<struct LineTag>;        ///< 0 .. L-1
using SegmentIndex = Index<struct SegmentTag>;  ///< 0 .. segments-1, in caller order
using RowIndex = Index<struct RowTag>;          ///< block position in a column's data area, 0 .. S*L-1
using SlotIndex = Index<struct SlotTag>;        ///< pre-write slot of a column
using ColumnIndex = Index<struct ColumnTag>;    ///< 0 .. N-1

enum ColumnState : uint32_t {  ///< single bits, so that a set of states is a mask
  RCS_UNUSED = 0x00,
  RCS_INIT = 0x01,
  RCS_OKAY = 0x02,
  RCS_ERRED = 0x04,
  RCS_LAST_ERRED = 0x08,
  RCS_RESYNC = 0x10,
  RCS_INIT_ERRED = 0x20,
  RCS_REGEN = 0x40,  ///< REGEN: argument of the state function only
};
enum UnitState : uint32_t {
  RUS_UNUSED = 0x00,
  RUS_INIT = 0x01,
  RUS_OKAY = 0x02,
  RUS_ERRED = 0x04,
  RUS_LAST_ERRED = 0x08,
  RUS_DOI = 0x10,
  RUS_REGEN = 0x20,
};

enum UnitStatus : uint32_t {
  MD_UN_GROW_PENDING = 0x0008,
  MD_UN_BEING_RESET = md::MD_UN_BEING_RESET,
  MD_UN_RESYNC_ACTIVE = 0x00010000,
  MD_UN_RESYNC_CANCEL = 0x00100000,
  MD_UN_REPLAYED = 0x00200000,
  MD_UN_RENAMING = 0x00400000,
  MD_UN_REGEN_RUNNING = 0x00800000,  ///< ours: a regeneration thread exists (RH-24)
  MD_UN_RESYNC_FORCED = 0x01000000,  ///< ours: the active resync was claimed by force (RH-11)
  /// Ours: the first replay since snarf was abandoned, so acknowledged writes may stand in the logs alone (RD-15).
  MD_UN_REPLAY_ABANDONED = 0x02000000,
};
enum ColumnFlag : uint32_t {
  MD_RAID_DEV_ISOPEN = 0x00001,
  MD_RAID_ALT_ISOPEN = 0x00002,
  MD_RAID_RESYNC = 0x00004,
  MD_RAID_RESYNC_ERRED = 0x00008,
  MD_RAID_FORCE_REPLACE = 0x00010,
  MD_RAID_WRITE_ALT = 0x00020,
  MD_RAID_DEV_ERRED = 0x00040,
  MD_RAID_COPY_RESYNC = 0x00080,
  MD_RAID_REGEN_RESYNC = 0x00100,
  MD_RAID_DEV_PROBEOPEN = 0x00200,
  MD_RAID_MISSED_WRITE = 0x00400,
  MD_RAID_HAS_LABEL = 0x40000,
  /// Ours, durable (D-17): LAST_ERRED with MISSED_WRITE, and the logs of the unit still hold every write the
  /// column missed. While one column has it no log area of the unit is re-initialised.
  MD_RAID_LOG_COMPLETE = 0x00800,
};

inline constexpr uint32_t RAID_UNMAGIC = 0xBADBABE0;
inline constexpr uint32_t RAID_PWMAGIC = 0xBADBABE3;
inline constexpr int64_t no_column = -1;               ///< NOCOLUMN
inline constexpr uint64_t bad_address = ~uint64_t{0};  ///< MD_DISKADDR_ERROR
inline constexpr uint32_t MD_RAID_MIN = 3;
inline constexpr uint32_t PWCNT_MIN = 10, PWCNT_MAX = 100;
inline constexpr uint64_t RAID_MIN_INTERLACE = 2, MAXINTERLACE = 204'800;  ///< blocks

[[nodiscard]] const char* name_of(ColumnState state) noexcept;  ///< "RCS_OKAY"
[[nodiscard]] const char* name_of(UnitState state) noexcept;
[[nodiscard]] const char* word_of(ColumnState state) noexcept;  ///< "okay", the scenario's word (D-10)
[[nodiscard]] const char* word_of(UnitState state) noexcept;

}  // namespace raidsim::raid
