// model/md/unit_header.h: what the record of every kind of unit begins with (mdc_unit_t, spec/metadevice.md 3.1).
//
// A unit's own record structure derives from it, so that opens, parents, sizes and records are the same code for all
// kinds. Lengths are in blocks of 512 bytes.
#pragma once

#include <cstdint>

#include "model/md/numbering.h"

namespace raidsim::md {

enum class UnitType : uint8_t { MD_UNDEFINED = 0, MD_DEVICE = 1, MD_METARAID = 4, MD_METASP = 5 };
inline constexpr size_t unit_types = 6;

/// un_capabilities (4.2).
enum Capability : uint32_t {
  MD_CANT_PARENT = 0x0,
  MD_CAN_PARENT = 0x1,
  MD_CAN_SUB_MIRROR = 0x2,
  MD_CAN_META_CHILD = 0x4,
  MD_CAN_SP = 0x8,
};

/// un_flag
inline constexpr uint32_t MD_LABELED = 0x1;   ///< block 0 is a disk label
inline constexpr uint32_t MD_EFILABEL = 0x2;  ///< the unit presents an EFI label and no vtoc; every larger one does
inline constexpr uint64_t MD_MAX_BLKS_FOR_SMALL_DEVS = 2147483647;

/// un_status, the part that all kinds share (3.2).
inline constexpr uint32_t MD_UN_BEING_RESET = 0x0040;

/// MD_HAS_PARENT (4.1): also several parents are one.
[[nodiscard]] constexpr bool md_has_parent(Minor parent) noexcept { return parent != MD_NO_PARENT; }

struct UnitHeader {
  explicit UnitHeader(UnitType type) noexcept : un_type(type) {}

  UnitType un_type;
  uint32_t un_status = 0;
  Minor un_self_id = 0;
  RecordId un_record_id = 0;
  uint32_t un_flag = 0;
  uint64_t un_total_blocks = 0;  ///< what callers see
  uint64_t un_actual_tb = 0;     ///< before rounding to cylinders
  uint32_t un_capabilities = 0;
  Minor un_parent = MD_NO_PARENT;

  bool operator==(const UnitHeader&) const = default;
};

}  // namespace raidsim::md
