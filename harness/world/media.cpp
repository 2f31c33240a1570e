#include "harness/world/media.h"

#include <algorithm>

namespace raidsim::harness {

bool rows_readable(const disk::DiskBay& bay, const DiskRoles& roles, const raid::DeviceGroup& group, uint64_t row,
                   uint32_t count) {
  const uint32_t disk = roles.disk_of(group.dev);
  if (disk >= bay.size()) return false;
  const uint64_t at = roles.disk_block(group.dev, group.devstart + row);
  return at + count <= bay[disk].blocks() && bay[disk].damage().first_unreadable(at, count) == at + count;
}

bool read_rows(const disk::DiskBay& bay, const DiskRoles& roles, const raid::DeviceGroup& group, uint64_t row,
               uint32_t count, std::byte* out) {
  const uint32_t disk = roles.disk_of(group.dev);
  if (disk >= bay.size()) return false;
  const uint64_t at = roles.disk_block(group.dev, group.devstart + row);
  if (at + count > bay[disk].blocks()) return false;
  bay[disk].peek(at, count, out);
  return bay[disk].damage().first_unreadable(at, count) == at + count;
}

uint64_t next_written_row(const disk::DiskBay& bay, const DiskRoles& roles,
                          const std::vector<raid::DeviceGroup>& groups, uint64_t row, uint64_t end) {
  uint64_t next = end;
  for (const raid::DeviceGroup& group : groups) {
    const uint32_t disk = roles.disk_of(group.dev);
    if (disk >= bay.size()) continue;  // nothing can be read there
    const uint64_t zero = roles.disk_block(group.dev, group.devstart);
    const uint64_t block = bay[disk].next_written(zero + row);
    if (block != UINT64_MAX) next = std::min(next, block - zero);
  }
  return next;
}

}  // namespace raidsim::harness
