// harness/search/identity_faults.h: disks that are not where they were, not what they were, or not there.
//
//   host dies or stops ──> numbers go round, disks are pulled, swapped, put back ──> boot ──> and again, up to three
//   times
//                          while it is down, or while users are there
//
// Columns, spares and replicas are hit alike, and sometimes a disk that belongs to nobody stands by, to be mistaken for
// one.
#pragma once

#include <cstdint>

#include "engine/choice.h"
#include "scenarios/scenario.h"

namespace raidsim::harness {

/// Source  spec/fault-model.md 4.5, F32 to F42, and 9
/// Shape   `out` has disks; its script holds no label "end 0" to "end 2"; `steps` is about the length of the run
void draw_identity_faults(scenarios::Scenario& out, ChoiceStream& stream, uint64_t steps);

}  // namespace raidsim::harness
