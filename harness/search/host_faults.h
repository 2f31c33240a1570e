// harness/search/host_faults.h: what befalls the host itself: threads that are held off, memory that cannot be had, a
// wall clock that goes wrong.
#pragma once

#include <cstdint>

#include "engine/choice.h"
#include "scenarios/scenario.h"

namespace raidsim::harness {

/// Source  spec/fault-model.md F51, F53, F54. Shape  `steps` is about the length of the run
void draw_host_faults(scenarios::Scenario& out, ChoiceStream& stream, uint64_t steps);

/// The clock alone.
void draw_clock_anomaly(scenarios::Scenario& out, ChoiceStream& stream, uint64_t steps);

}  // namespace raidsim::harness
