// model/md/commands.h: parameters of the commands that every kind of unit may have (spec/metadevice.md 8.4).
//
// What the caller gives room for is said by a number; a copy to it that does not fit is EFAULT, as a bad address would
// be.
#pragma once

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "model/disk/block_device.h"
#include "model/md/error.h"
#include "model/md/unit_header.h"

namespace raidsim::md {

/// MD_IOCGET
struct GetStructure {
  uint32_t size = 0;             ///< room; 0 asks for un_size, which comes back here
  std::vector<std::byte> bytes;  ///< un_size of them
};
/// Errors  EFAULT: no room
[[nodiscard]] inline Error copy_out(std::vector<std::byte> structure, GetStructure& to) {
  if (to.size == 0) {
    to.size = static_cast<uint32_t>(structure.size());
    return no_error;
  }
  if (to.size < structure.size()) return mdsyserror(EFAULT);
  to.bytes = std::move(structure);
  return no_error;
}

/// MD_IOCGET_DEVS
struct GetDevices {
  uint32_t cnt = 0;  ///< room; then how many there are in all
  std::vector<DeviceNumber> devs;
};
/// As many as there is room for. Errors  ENODEV: one of those has no number; the ones before it are there
[[nodiscard]] inline Error copy_out(const std::vector<DeviceNumber>& all, GetDevices& to) {
  to.devs.clear();
  for (const DeviceNumber device : all) {
    if (to.devs.size() == to.cnt) break;
    if (device == no_device) return mdsyserror(ENODEV);
    to.devs.push_back(device);
  }
  to.cnt = static_cast<uint32_t>(all.size());
  return no_error;
}

/// MD_IOCCHANGE
struct ChangeParameters {
  bool change_hsp_id = false;
  PoolId hsp_id = MD_HSP_NONE;
};

/// MD_IOCGROW
struct GrowRequest {
  const UnitHeader* image = nullptr;  ///< the complete new structure, of the unit's own kind
  uint32_t nrows = 0;                 ///< rows (columns, extents) that it is based on
  std::vector<Minor> parents;         ///< units to be kept still meanwhile: every one that stands on this one
};

}  // namespace raidsim::md
