// harness/search/replica_faults.h: the state database on replicas of another number and place, and what befalls them.
//
//   1 to 7 replicas: on disks of their own, two on one, on a column's ──> some fail, alone or at one instant (quorum)
//                                                                        or the disk of one lies, and no other fails
//   columns fail, so that there is something to commit ────────────────> the host dies in the middle of that, and of
//                                                                        the boot that repairs it
#pragma once

#include <cstdint>

#include "engine/choice.h"
#include "scenarios/scenario.h"

namespace raidsim::harness {

/// Source  spec/fault-model.md F50, F55 to F59
/// Shape   `out` has disks; its script holds no label "first crash"; `steps` is about the length of the run
void draw_replica_faults(scenarios::Scenario& out, ChoiceStream& stream, uint64_t steps);

}  // namespace raidsim::harness
