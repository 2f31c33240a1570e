// harness/world/inject.h: a script's fault, aimed: names become disks, columns become the device that serves them
// now, lines and areas become blocks of that disk; then it is armed.
#pragma once

#include <string>
#include <vector>

#include "harness/world/disk_roles.h"
#include "harness/world/state_watch.h"
#include "model/disk/disk_bay.h"
#include "scenarios/scenario.h"

namespace raidsim::harness {

/// What aiming needs to know of the world.
struct Aim {
  disk::DiskBay& bay;
  const DiskRoles& roles;
  const StateWatch& watch;
  const scenarios::Scenario& scenario;
};

/// Arms the fault on every disk that it names. Returns the handles; empty when the target does not exist
/// now (a column without a device).
std::vector<disk::FaultHandle> inject(const Aim& aim, const scenarios::Fault& fault);

/// Index of a disk in the scenario. Shape  the loader has checked the name
[[nodiscard]] uint32_t disk_index(const scenarios::Scenario& scenario, const std::string& name);
[[nodiscard]] uint32_t unit_index(const scenarios::Scenario& scenario, const std::string& name);

}  // namespace raidsim::harness
