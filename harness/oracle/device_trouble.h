// harness/oracle/device_trouble.h: whether blocks of a disk cannot be had, or could not at some moment since `began`.
#pragma once

#include "harness/world/protocol_points.h"
#include "model/disk/disk_bay.h"

namespace raidsim::harness {

/// Shape  blocks of the disk; an index beyond the bay is no disk, and unusable
[[nodiscard]] inline bool blocks_unusable(disk::DiskBay& bay, const ProtocolPoints& points, uint32_t disk,
                                          uint64_t first, uint64_t blocks, SimTime began) {
  if (disk >= bay.size()) return true;
  const disk::VirtualDisk& d = bay[disk];
  if (d.dead() || !d.powered() || !bay.paths(disk).any_up()) return true;
  if (points.last_trouble(disk) >= began) return true;
  return d.damage().first_unreadable(first, blocks) < first + blocks;
}

}  // namespace raidsim::harness
