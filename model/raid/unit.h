// model/raid/unit.h: the RAID-5 unit as its record stores it (mr_unit_t, spec/raid-data-model.md 1, 2).
//
// Field names are the specification's. The in-core companion (locks, slots, open devices) is RaidUnit in
// model/raid/raid_unit.h. Lengths and addresses are in blocks of 512 bytes unless the name says bytes.
#pragma once

#include <cstdint>
#include <vector>

#include "model/disk/block_device.h"
#include "model/md/numbering.h"
#include "model/md/unit_header.h"
#include "model/raid/types.h"

namespace raidsim::raid {

/// A device and where the column's two areas start on it. devstart = pwstart + un_pwsize when valid.
struct DeviceGroup {
  DeviceNumber dev = no_device;
  uint64_t pwstart = 0;
  uint64_t devstart = 0;
  bool operator==(const DeviceGroup&) const = default;
};

/// mr_column_t
struct Column {
  ColumnState un_devstate = RCS_UNUSED;
  uint32_t un_devflags = 0;  ///< ColumnFlag bits
  int64_t un_devtimestamp_ns = 0;
  DeviceGroup orig;  ///< un_orig_*: the column's own device
  md::NameKey un_orig_key = 0;
  DeviceGroup now;            ///< un_dev, un_pwstart, un_devstart: in use now for reads and writes
  md::RecordId un_hs_id = 0;  ///< 0: not hot spared
  md::NameKey un_hs_key = 0;
  uint64_t un_hs_pwstart = 0;
  uint64_t un_hs_devstart = 0;
  DeviceGroup alt;  ///< un_alt_*: second write target of a copy; dev == no_device: none
  bool operator==(const Column&) const = default;

  [[nodiscard]] bool has(uint32_t flags) const noexcept { return (un_devflags & flags) == flags; }
  [[nodiscard]] bool hot_spared() const noexcept { return un_hs_id != 0; }
  [[nodiscard]] bool copying() const noexcept { return un_devstate == RCS_RESYNC && has(MD_RAID_COPY_RESYNC); }
  /// RH: "weak": RESYNC with REGEN.
  [[nodiscard]] bool weak() const noexcept { return un_devstate == RCS_RESYNC && has(MD_RAID_REGEN_RESYNC); }
  /// RH: absent: holds no user data, counts as zero.
  [[nodiscard]] bool absent() const noexcept { return (un_devstate & (RCS_INIT | RCS_INIT_ERRED)) != 0; }
  [[nodiscard]] bool writes_alternate() const noexcept { return alt.dev != no_device && has(MD_RAID_WRITE_ALT); }
};

/// mr_unit_t
struct Unit : md::UnitHeader {  // un_status: UnitStatus bits, 0 after snarf
  Unit() noexcept : UnitHeader(md::UnitType::MD_METARAID) {}

  UnitState un_state = RUS_UNUSED;
  int64_t un_timestamp_ns = 0;
  uint32_t un_origcolumncnt = 0;   ///< O
  uint32_t un_totalcolumncnt = 0;  ///< N
  uint64_t un_segsize = 0;         ///< S
  uint64_t un_segsincolumn = 0;    ///< L
  uint64_t un_maxio = 0;
  uint64_t un_iosize = 0;
  uint32_t un_pwcnt = 0;
  uint64_t un_pwsize = 0;
  uint64_t un_pwid = 1;
  uint32_t un_percent_done = 0;  ///< per mille
  uint64_t un_resync_copysize = 0;
  md::PoolId un_hsp_id = md::MD_HSP_NONE;
  uint64_t un_resync_line_index = 0;           ///< the resync line
  uint64_t un_resync_busy_line = bad_address;  ///< in core only: first line of the region being rebuilt now; readers
                                               ///< do not wait for it, so its rows are no source yet (RL-15)
  int64_t un_resync_index = no_column;
  uint64_t un_grow_tb = 0;
  uint32_t un_init_colcnt = 0;
  uint64_t un_init_iocnt = 0;
  std::vector<Column> columns;

  bool operator==(const Unit&) const = default;
  [[nodiscard]] bool has(uint32_t status) const noexcept { return (un_status & status) == status; }
  [[nodiscard]] uint64_t rows() const noexcept { return un_segsize * un_segsincolumn; }  ///< S*L
  /// raid_state_cnt: how many columns have a state of `mask`.
  [[nodiscard]] uint32_t count(uint32_t mask) const noexcept;
};

/// RH "valid for a row": this column's current device holds right data at rows of `line` now.
[[nodiscard]] bool valid_for(const Unit& unit, const Column& column, LineIndex line) noexcept;

}  // namespace raidsim::raid
