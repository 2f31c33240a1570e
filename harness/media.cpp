#include "harness/media.h"

namespace raidsim::harness {
bool read_rows(const disk::DiskBay& bay, const DiskRoles& roles, const raid::DeviceGroup& group, uint64_t row,
               uint32_t count, std::byte* out) {
  const uint32_t disk = DiskRoles::disk_of(group.dev);
  if (disk >= bay.size()) return false;
  const uint64_t at = roles.disk_block(group.dev, group.devstart + row);
  if (at + count > bay[disk].blocks()) return false;
  bay[disk].peek(at, count, out);
  return bay[disk].damage().first_unreadable(at, count) == at + count;
}

}  // namespace raidsim::harness
