// model/statedb/boot_list.h: where the host last knew its replicas to be.
//
// Kept by the machine outside of the database, so that a boot has somewhere to begin (DB-B2). One good entry is
// enough: the others are found in its locator block. The administrator's tool rewrites it after each change (D-14),
// in a step of its own, so it may be old.
#pragma once

#include <cstdint>
#include <vector>

#include "model/disk/block_device.h"
#include "model/statedb/format/locator_block.h"

namespace raidsim::statedb {

struct ReplicaPlace {
  DeviceNumber device = no_device;
  DeviceId id = 0;     ///< of the disk; 0: it has none
  uint32_t block = 0;  ///< physical block of the master block
  bool operator==(const ReplicaPlace&) const = default;
};

/// By the disk's id where the locator has one, else by number.
[[nodiscard]] inline bool is_at(const Locator& locator, const ReplicaPlace& place) noexcept {
  const uint32_t device = compressed_device(place.device);
  const bool same_slice = locator.l_dev % slices_per_disk == device % slices_per_disk;
  const bool same = locator.did != 0 ? locator.did == place.id && same_slice : locator.l_dev == device;
  return same && locator.l_blkno == place.block;
}

inline constexpr size_t boot_list_most = 64;  ///< MAXBOOTLIST

using BootList = std::vector<ReplicaPlace>;

}  // namespace raidsim::statedb
