// harness/world/foreign_disk.h: what a disk of another host carries (F34): replicas and a log that are good in
// themselves, and would do harm if anybody took them for this host's.
//
//   slice 7   the replicas that lie here, of another host and another database, with more commits or fewer
//   log       an entry in each slot, for this unit, column and shape, whose payload nobody here has written
#pragma once

#include <vector>

#include "harness/world/disk_roles.h"
#include "harness/world/state_watch.h"
#include "model/disk/disk_bay.h"
#include "model/disk/fault/presence.h"
#include "scenarios/scenario.h"

namespace raidsim::harness {

/// The disk that takes the place of `disk`, made from what is on that one now.
[[nodiscard]] disk::ReplacedForeign foreign_disk(const disk::DiskBay& bay, const DiskRoles& roles,
                                                 const StateWatch& watch, const scenarios::Scenario& scenario,
                                                 uint32_t disk, scenarios::ForeignCommits commits);

}  // namespace raidsim::harness
