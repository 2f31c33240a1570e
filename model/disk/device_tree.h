// model/disk/device_tree.h: which number the host gives to each disk, from one boot to the next.
//
//   instance    0    1    2    3          number of slice s of instance i: disk_slice(i, s)
//   disk        d0   d2   d1   d3         d1 and d2 have changed places since the bay was built (F38)
//
// A number is no identity: it is given out at boot, by where a disk is found. What a disk is called by people, its
// place in the bay (DiskIndex) and its id stay with the disk.
#pragma once

#include <span>
#include <vector>

#include "model/disk/types.h"

namespace raidsim::disk {

inline constexpr DiskIndex no_disk = UINT32_MAX;

class DeviceTree {
 public:
  /// Disk i has instance i.
  explicit DeviceTree(DiskIndex disks);

  /// Disk that has a number; no_disk when the number is no disk slice of the bay.
  [[nodiscard]] DiskIndex disk_of(DeviceNumber number) const noexcept;
  [[nodiscard]] DeviceNumber number_of(DiskIndex disk, uint32_t slice) const {
    return disk_slice(instances_.at(disk), slice);
  }

  /// The number that a device would have if disks were numbered by their index, as the bay began: what a trace says.
  [[nodiscard]] DeviceNumber by_index(DeviceNumber number) const noexcept;

  /// Each disk takes the number of the one behind it in the list, the last one that of the first.
  /// Shape  disks of the bay, each once
  void rotate(std::span<const DiskIndex> disks);

  bool operator==(const DeviceTree&) const = default;

 private:
  std::vector<uint32_t> instances_;  ///< by disk
  std::vector<DiskIndex> disks_;     ///< by instance
};

}  // namespace raidsim::disk
