#include "harness/world/disk_roles.h"

namespace raidsim::harness {

void DiskRoles::clear() {
  for (auto& areas : areas_) areas.clear();
}

uint64_t DiskRoles::disk_block(DeviceNumber number, uint64_t block) const noexcept {
  const uint32_t disk = disk_of(number);
  const bool in_slice0 = minor_of(number) % slices_per_disk == 0;
  return disk < slices_.size() && in_slice0 ? slices_[disk].slice0 + block : block;
}

void DiskRoles::add(uint32_t unit_index, const raid::Unit& unit) {
  for (uint32_t c = 0; c < unit.columns.size(); ++c) {
    const raid::Column& column = unit.columns[c];
    const bool spared = column.hot_spared();
    add_group(unit_index, c, unit, column.now, spared ? Group::spare : Group::original, true);
    if (column.alt.dev != no_device) add_group(unit_index, c, unit, column.alt, Group::alternate, false);
    if (spared && column.alt.dev == no_device) add_group(unit_index, c, unit, column.orig, Group::original, false);
  }
}

void DiskRoles::add_group(uint32_t unit_index, uint32_t column, const raid::Unit& unit, const raid::DeviceGroup& group,
                          Group kind, bool current) {
  const uint32_t disk = disk_of(group.dev);
  if (disk >= areas_.size()) return;
  Place place{.role = Role::log, .group = kind, .current = current, .unit = unit_index, .column = column};
  const uint64_t log = disk_block(group.dev, group.pwstart);
  areas_[disk].push_back({log, log + unit.un_pwsize, place});
  place.role = Role::data;
  const uint64_t data = disk_block(group.dev, group.devstart);
  areas_[disk].push_back({data, data + unit.rows(), place});
}

Place DiskRoles::find(uint32_t disk, uint64_t block) const noexcept {
  for (const AreaRange& area : areas_[disk]) {
    if (block < area.first || block >= area.end) continue;
    Place place = area.place;
    place.offset = block - area.first;
    return place;
  }
  return {.role = block < slices_[disk].slice0 ? Role::replica : Role::unused};
}

}  // namespace raidsim::harness
