// harness/invariants/replica_media.h: what the replicas on the disks say, read by the judge's own reader
// (statedb.md 6.4).
//
// Past volume manager, timing and faults, and with none of its code: master block, journal, locator block, directory,
// records; checksums, the global XOR, who owns which block.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "model/disk/virtual_disk.h"

namespace raidsim::harness {

struct MediaLocator {
  uint32_t device = 0, block = 0, flags = 0;
  bool operator==(const MediaLocator&) const = default;
};

struct ReplicaOnMedia {
  std::string fault;  ///< what is wrong with it first; empty: it can be a source
  bool has_locators = false;
  uint32_t commit_count = 0;
  std::vector<MediaLocator> locators;
  std::map<uint32_t, std::vector<std::byte>> records;  ///< user data of committed records, by number
  [[nodiscard]] bool good() const { return fault.empty(); }
};

/// The replica whose master block is at `block` of the disk's front slice.
[[nodiscard]] ReplicaOnMedia read_replica(const disk::VirtualDisk& disk, uint32_t block);

}  // namespace raidsim::harness
