// harness/invariants/replica_disks.h: the replicas that a host knows, and the disks they lie on.
#pragma once

#include <string>

#include "harness/world/world.h"
#include "model/statedb/set_state.h"

namespace raidsim::harness {

/// Null: the host is down, or has no database (yet).
[[nodiscard]] const statedb::SetState* set_of(const World& world);

/// Where a boot finds a disk: by its id, the one with the lowest number first. Else disk::no_disk.
[[nodiscard]] uint32_t disk_of(World& world, DeviceId id);
/// A disk that is away keeps the number that it had when it was last found: its id says more.
[[nodiscard]] uint32_t disk_of(World& world, const statedb::Locator& locator);
/// Of a replica that this host has open: by its number, also when a clone of the disk would be found first.
[[nodiscard]] uint32_t open_disk_of(World& world, const statedb::Locator& locator);
[[nodiscard]] std::string name_of(World& world, const statedb::Locator& locator);

/// The disk would serve a request: it is there, has power and a path, and is the one that is meant.
[[nodiscard]] bool reachable(World& world, uint32_t disk, DeviceId id);
/// A liar's disk, or one that is not the disk it was, is not: what lies there says nothing of who wrote it.
[[nodiscard]] bool trustworthy(World& world, uint32_t disk, DeviceId id);
[[nodiscard]] bool all_trustworthy(World& world, const statedb::SetState& set);

}  // namespace raidsim::harness
