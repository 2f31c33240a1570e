// harness/media.h: reads a unit's columns where they lie, past volume manager, timing and faults.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "harness/disk_roles.h"
#include "model/disk/disk_bay.h"
#include "model/raid/unit.h"

namespace raidsim::harness {

/// Content of rows [row, row + count) of a column's device group; false when the disk is no disk of the bay
/// or some sector cannot be read.
[[nodiscard]] bool read_rows(const disk::DiskBay& bay, const DiskRoles& roles, const raid::DeviceGroup& group,
                             uint64_t row, uint32_t count, std::byte* out);

/// Rows of the unit at which the columns of `columns` do not XOR to zero. Rows with an unreadable sector are
/// left out.
[[nodiscard]] std::vector<uint64_t> rows_out_of_parity(const disk::DiskBay& bay, const DiskRoles& roles,
                                                       const raid::Unit& unit, const std::vector<uint32_t>& columns,
                                                       size_t most = 16);

}  // namespace raidsim::harness
