// model/raid/create_geometry.h: how a new unit divides its devices (spec/raid-data-model.md 5.1).
//
//   start            start + un_pwsize                      start + un_pwsize + S*L
//     | slot 0 | slot 1 | ... | (rest) |  line 0 | line 1 | ... | line L-1 |  unused, less than a segment
//     '------ pre-write area ---------'  '-------- data area --------------'
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "model/raid/layout.h"

namespace raidsim::raid {

using md::MD_EFILABEL;
using md::MD_MAX_BLKS_FOR_SMALL_DEVS;

/// What creation knows of an original column's device. Units  blocks
struct DeviceExtent {
  uint64_t start = 0;
  uint64_t size = 0;
  uint64_t longest_transfer = 0;
};

struct CreatedGeometry {
  uint64_t maxio = 0, iosize = 0;
  uint32_t pwcnt = 0;
  uint64_t pwsize = 0;
  uint64_t lines = 0;
  uint64_t actual_tb = 0;
  uint64_t total_blocks = 0;
};

/// Divides the devices.
///
/// Shape   3 or more devices; `interlace` 2 .. 204800 blocks; `slots` at least 1; `cylinder_blocks` at least 1
/// Errors  nullopt: no space for the log and one line
[[nodiscard]] std::optional<CreatedGeometry> create_geometry(std::span<const DeviceExtent> original, uint64_t interlace,
                                                             uint32_t slots, uint64_t cylinder_blocks = 1);

/// Whether a device can join as a concatenated column (5.1 step 9).
[[nodiscard]] bool fits_concatenated(const DeviceExtent& device, const Unit& unit) noexcept;

}  // namespace raidsim::raid
