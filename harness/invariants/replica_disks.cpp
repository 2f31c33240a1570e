#include "harness/invariants/replica_disks.h"

#include <fmt/core.h>

#include <algorithm>

namespace raidsim::harness {

using statedb::Locator;
using statedb::SetState;

namespace {

/// A disk that is smaller than it was may not reach to the end of its replicas (F35).
bool holds_slice(World& world, uint32_t disk) {
  return world.bay()[disk].blocks() >= world.roles().slices()[disk].slice0;
}

}  // namespace

const SetState* set_of(const World& world) {
  if (world.machine() == nullptr) return nullptr;
  const View view = world.machine()->manager().view();
  return view.loaded_database() ? &view.replicas() : nullptr;
}

uint32_t disk_of(World& world, DeviceId id) {
  for (uint32_t instance = 0; id != 0 && instance < world.bay().size(); ++instance) {
    const uint32_t disk = world.roles().disk_of(disk_slice(instance, 0));
    if (world.bay()[disk].id() == id) return disk;
  }
  return disk::no_disk;
}

uint32_t disk_of(World& world, const Locator& locator) {
  const uint32_t disk = disk_of(world, locator.did);
  return disk != disk::no_disk ? disk : open_disk_of(world, locator);
}

uint32_t open_disk_of(World& world, const Locator& locator) {
  return world.roles().disk_of(statedb::expanded_device(locator.l_dev));
}

std::string name_of(World& world, const Locator& locator) {
  const uint32_t disk = disk_of(world, locator);
  const auto& disks = world.scenario().disks;
  return fmt::format("replica at block {} of {}", locator.l_blkno, disk < disks.size() ? disks[disk].name : "no disk");
}

bool reachable(World& world, uint32_t disk, DeviceId id) {
  if (disk >= world.bay().size() || !holds_slice(world, disk)) return false;
  const disk::VirtualDisk& it = world.bay()[disk];
  return !it.dead() && it.powered() && world.bay().paths(disk).any_up() && it.id() == id;
}

bool trustworthy(World& world, uint32_t disk, DeviceId id) {
  if (disk >= world.bay().size() || (id != 0 && world.bay()[disk].id() != id)) return false;
  if (!holds_slice(world, disk)) return false;
  const uint64_t front = world.roles().slices()[disk].slice0;
  const auto& damaged = world.bay()[disk].damage().history();
  return std::none_of(damaged.begin(), damaged.end(), [&](const auto& mark) { return mark.block < front; });
}

bool all_trustworthy(World& world, const SetState& set) {
  const auto& all = set.lb.lb_locators;
  return std::all_of(all.begin(), all.end(), [&](const Locator& each) {
    return each.deleted() || trustworthy(world, disk_of(world, each), each.did);
  });
}

}  // namespace raidsim::harness
