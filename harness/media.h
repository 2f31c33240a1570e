// harness/media.h: reads a unit's columns where they lie, past volume manager, timing and faults.
#pragma once

#include <cstddef>
#include <cstdint>

#include "harness/disk_roles.h"
#include "model/disk/disk_bay.h"
#include "model/raid/unit.h"

namespace raidsim::harness {

/// Content of rows [row, row + count) of a column's device group; false when the disk is no disk of the bay
/// or some sector cannot be read.
[[nodiscard]] bool read_rows(const disk::DiskBay& bay, const DiskRoles& roles, const raid::DeviceGroup& group,
                             uint64_t row, uint32_t count, std::byte* out);

}  // namespace raidsim::harness
