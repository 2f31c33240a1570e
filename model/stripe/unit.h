// model/stripe/unit.h: a stripe or concatenation as its record stores it (ms_unit_t, spec/stripe.md 1).
//
//   unit ──> rows, one behind the other ──> components of a row, interlaced; a row of one is a concatenation
//
// Field names are the specification's. The in-core companion is StripeUnit in model/stripe/stripe_unit.h. Lengths and
// addresses are in blocks of 512 bytes.
#pragma once

#include <cstdint>
#include <vector>

#include "model/disk/block_device.h"
#include "model/md/unit_header.h"

namespace raidsim::stripe {

inline constexpr uint64_t MININTERLACE = 16;       ///< 8 KiB (1.7)
inline constexpr uint64_t MAXINTERLACE = 204'800;  ///< 100 MiB

/// Single bits. A stripe never changes them by itself: they are its parent mirror's (1.6).
enum ComponentState : uint32_t { CS_OKAY = 0x1, CS_ERRED = 0x2, CS_RESYNC = 0x4, CS_LAST_ERRED = 0x8 };

enum SharedFlag : uint32_t {
  MDM_S_NOWRITE = 0x01,    ///< no writes to this component
  MDM_S_WRTERR = 0x02,     ///< a write failed
  MDM_S_READERR = 0x04,    ///< a read failed
  MDM_S_IOERR = 0x06,      ///< either
  MDM_S_ISOPEN = 0x08,     ///< the unit holds an ordinary layered open
  MDM_S_RS_TRIED = 0x10,   ///< a resync has tried it
  MDM_S_PROBEOPEN = 0x20,  ///< the unit holds a probe open
};
/// What does not survive a restart (1.5).
inline constexpr uint32_t in_core_flags = MDM_S_IOERR | MDM_S_ISOPEN | MDM_S_RS_TRIED | MDM_S_PROBEOPEN;

/// md_m_shared_t, "un_mirror": what a parent mirror and the stripe both look at.
struct Shared {
  uint32_t ms_flags = 0;  ///< SharedFlag bits
  ComponentState ms_state = CS_OKAY;
  uint32_t ms_lasterrcnt = 0;    ///< the parent's change counter at the last change of state
  DeviceNumber ms_orig_dev = 0;  ///< while hot spared: the own device
  uint64_t ms_orig_blk = 0;      ///< while hot spared: its start block
  md::NameKey ms_hs_key = 0;     ///< while hot spared
  md::RecordId ms_hs_id = 0;     ///< 0: not hot spared
  int64_t ms_timestamp_ns = 0;
  bool operator==(const Shared&) const = default;
};

/// ms_comp_t
struct Component {
  md::NameKey un_key = 0;           ///< of the own device
  DeviceNumber un_dev = no_device;  ///< in use: the own device, or the hot spare
  uint64_t un_start_block = 0;      ///< of the device in use
  Shared un_mirror;
  bool operator==(const Component&) const = default;

  [[nodiscard]] bool has(uint32_t flags) const noexcept { return (un_mirror.ms_flags & flags) == flags; }
  [[nodiscard]] bool hot_spared() const noexcept { return un_mirror.ms_hs_id != 0; }
  /// Of the device in use.
  [[nodiscard]] md::NameKey key_in_use() const noexcept { return hot_spared() ? un_mirror.ms_hs_key : un_key; }
  [[nodiscard]] DeviceNumber own_device() const noexcept { return hot_spared() ? un_mirror.ms_orig_dev : un_dev; }
};

/// ms_row
struct Row {
  uint32_t un_icomp = 0;  ///< index of its first component
  uint32_t un_ncomp = 0;
  uint64_t un_blocks = 0;
  uint64_t un_cum_blocks = 0;  ///< of this row and all before it
  uint64_t un_interlace = 0;   ///< stored for concatenations too
  bool operator==(const Row&) const = default;
  [[nodiscard]] uint64_t first_block() const noexcept { return un_cum_blocks - un_blocks; }
  [[nodiscard]] uint64_t component_blocks() const noexcept { return un_blocks / un_ncomp; }
};

/// ms_unit_t
struct Unit : md::UnitHeader {
  Unit() noexcept : UnitHeader(md::UnitType::MD_DEVICE) {}

  md::PoolId un_hsp_id = md::MD_HSP_NONE;
  std::vector<Row> rows;
  std::vector<Component> components;  ///< of all rows, in row order

  bool operator==(const Unit&) const = default;
  /// Shape  `component` is one of the unit's
  [[nodiscard]] const Row& row_of(uint32_t component) const noexcept;
  /// Blocks that the device behind a component must have: up to the end of its extent (D-04).
  [[nodiscard]] uint64_t blocks_needed(uint32_t component) const noexcept {
    return components[component].un_start_block + row_of(component).component_blocks();
  }
};

}  // namespace raidsim::stripe
