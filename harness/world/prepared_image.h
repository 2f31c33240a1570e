// harness/world/prepared_image.h: the disks as a finished creation leaves them, made once per scenario (D-08, D-14).
//
// The administrator creates pools and "ready" units on disks without latency or faults, before time 0. The
// result is frozen and shared by all runs of the scenario, in any thread.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "model/disk/snapshot.h"
#include "model/raid/unit.h"
#include "model/statedb/boot_list.h"
#include "scenarios/iolog.h"
#include "scenarios/scenario.h"

namespace raidsim::harness {

struct PreparedImage {
  disk::PreparedDisks disks;                                  ///< the scenario's
  statedb::BootList boot_list;                                ///< where the replicas are
  std::vector<std::optional<raid::Unit>> units;               ///< by index; nothing for one that is created at time 0
  std::vector<std::shared_ptr<const scenarios::Iolog>> logs;  ///< by index of the workload; null without one
};

/// Errors  throws scenarios::ScenarioError when the tool refuses to create what the file asks for
[[nodiscard]] std::shared_ptr<const PreparedImage> prepare_image(const scenarios::Scenario& scenario);

}  // namespace raidsim::harness
