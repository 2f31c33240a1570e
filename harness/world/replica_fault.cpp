#include "harness/world/replica_fault.h"

#include "harness/world/replica_parts.h"
#include "model/disk/fault/honest.h"
#include "model/disk/fault/path.h"
#include "model/disk/fault/planted.h"
#include "scenarios/unit_layout.h"

namespace raidsim::harness {
namespace {

using scenarios::ReplicaAccess;
using scenarios::ReplicaPart;

uint64_t master_block_of(const Aim& aim, const scenarios::Fault& fault) {
  return scenarios::replica_slice_head_blocks + fault.with.replica.index * aim.scenario.replica_blocks;
}

disk::BlockRange whole_replica(const Aim& aim, const scenarios::Fault& fault) {
  const uint64_t first = master_block_of(aim, fault);
  return {first, first + aim.scenario.replica_blocks};
}

ReplicaParts parts_of(const Aim& aim, const scenarios::Fault& fault) {
  const uint32_t disk = disk_index(aim.scenario, *fault.target.disk);
  return ReplicaParts(aim.bay[disk], master_block_of(aim, fault));
}

void unreadable(const Aim& aim, const scenarios::Fault& fault) {
  std::vector<disk::BlockRange> places;
  const ReplicaPart part = fault.with.replica.part;
  if (part == ReplicaPart::all) {
    places.push_back(whole_replica(aim, fault));
  } else {
    places = parts_of(aim, fault).blocks(part);
  }
  const uint32_t disk = disk_index(aim.scenario, *fault.target.disk);
  const ReplicaAccess access = fault.with.replica.access;
  for (const disk::BlockRange& place : places) {
    if (access != ReplicaAccess::write) (void)aim.bay.faults().arm(disk, disk::LatentSectorError{.blocks = place});
    if (access == ReplicaAccess::read) continue;
    (void)aim.bay.faults().arm(disk, disk::BadMedia{.match = {.range = place, .count = {}, .lasts = fault.with.lasts}});
  }
}

void stale(const Aim& aim, const scenarios::Fault& fault) {
  const auto journal = parts_of(aim, fault).journal();
  if (!journal) return;
  (void)aim.bay.faults().arm(disk_index(aim.scenario, *fault.target.disk),
                             disk::LostRounds{.marker = *journal,
                                              .rounds = fault.with.replica.misses,
                                              .match = {.range = whole_replica(aim, fault), .count = {}}});
}

void corrupt(const Aim& aim, const scenarios::Fault& fault) {
  const uint32_t disk = disk_index(aim.scenario, *fault.target.disk);
  const auto& with = fault.with.replica;
  for (auto& [block, bytes] : parts_of(aim, fault).with_flaw(with.part, with.flaw)) {
    (void)aim.bay.faults().arm(disk, disk::PlantedContent{.block = block, .bytes = std::move(bytes)});
  }
}

/// The other replicas answer, as far as nothing else is wrong with them. Those who go are the last in "replicas".
void away(const Aim& aim, const scenarios::Fault& fault) {
  const auto disks = scenarios::replicas_to_lose(aim.scenario, fault.with.replica.reachable);
  if (!disks) return;
  const disk::Match match{.count = {}, .lasts = fault.with.lasts};
  for (const std::string& name : *disks) {
    const uint32_t disk = disk_index(aim.scenario, name);
    if (fault.with.replica.how == scenarios::AwayHow::fail_stop) {
      (void)aim.bay.faults().arm(disk, disk::FailStop{.match = match});
    } else {
      (void)aim.bay.faults().arm(disk, disk::PathLoss{.match = match});
    }
  }
}

/// Not damage: whoever made the replica might have made it so small.
void full(const Aim& aim, const scenarios::Fault& fault) {
  const auto master = parts_of(aim, fault).master_with_room_for(fault.with.replica.free_blocks);
  if (!master) return;
  aim.bay[disk_index(aim.scenario, *fault.target.disk)].poke(master_block_of(aim, fault), 1, master->data());
}

}  // namespace

bool is_of_host(const scenarios::Fault& fault) {
  const unsigned number = scenarios::number_of(fault.id);
  return number == 51 || number == 53 || number == 54;
}

bool is_of_replicas(const scenarios::Fault& fault) { return scenarios::number_of(fault.id) >= 55; }

void inject_into_replicas(const Aim& aim, const scenarios::Fault& fault) {
  switch (scenarios::number_of(fault.id)) {
    case 55:
      return unreadable(aim, fault);
    case 56:
      return stale(aim, fault);
    case 57:
      return corrupt(aim, fault);
    case 59:
      return away(aim, fault);
    case 60:
      return full(aim, fault);
    default:
      return;  // F58: what it does is the line behind it
  }
}

}  // namespace raidsim::harness
