#include "model/disk/device_tree.h"

#include <numeric>

namespace raidsim::disk {

DeviceTree::DeviceTree(DiskIndex disks) : instances_(disks), disks_(disks) {
  std::iota(instances_.begin(), instances_.end(), 0U);
  std::iota(disks_.begin(), disks_.end(), 0U);
}

DiskIndex DeviceTree::disk_of(DeviceNumber number) const noexcept {
  if (number == no_device || major_of(number) != disk_major) return no_disk;
  const uint32_t instance = minor_of(number) / slices_per_disk;
  return instance < disks_.size() ? disks_[instance] : no_disk;
}

DeviceNumber DeviceTree::by_index(DeviceNumber number) const noexcept {
  const DiskIndex disk = disk_of(number);
  return disk == no_disk ? number : disk_slice(disk, minor_of(number) % slices_per_disk);
}

void DeviceTree::rotate(std::span<const DiskIndex> disks) {
  if (disks.empty()) return;
  const uint32_t first = instances_.at(disks.front());
  for (size_t i = 0; i + 1 < disks.size(); ++i) instances_[disks[i]] = instances_.at(disks[i + 1]);
  instances_[disks.back()] = first;
  for (const DiskIndex disk : disks) disks_[instances_[disk]] = disk;
}

}  // namespace raidsim::disk
