// harness/world/media.h: reads a unit's columns where they lie, past volume manager, timing and faults.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "harness/world/disk_roles.h"
#include "model/disk/disk_bay.h"
#include "model/raid/unit.h"

namespace raidsim::harness {

/// Whether rows [row, row + count) of a column's device group are on a disk of the bay and every sector can be read.
[[nodiscard]] bool rows_readable(const disk::DiskBay& bay, const DiskRoles& roles, const raid::DeviceGroup& group,
                                 uint64_t row, uint32_t count);
/// Content of rows [row, row + count) of a column's device group; false when the disk is no disk of the bay
/// or some sector cannot be read.
[[nodiscard]] bool read_rows(const disk::DiskBay& bay, const DiskRoles& roles, const raid::DeviceGroup& group,
                             uint64_t row, uint32_t count, std::byte* out);

/// First row of [row, end) that was ever written in one of the groups; `end` when there is none. Rows between hold
/// zeroes everywhere, so a sparse unit is looked at for what is on it.
[[nodiscard]] uint64_t next_written_row(const disk::DiskBay& bay, const DiskRoles& roles,
                                        const std::vector<raid::DeviceGroup>& groups, uint64_t row, uint64_t end);

}  // namespace raidsim::harness
