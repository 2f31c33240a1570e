// harness/search/profile.h: random faults and schedules after spec/fault-model.md section 9, as script lines.
//
// A profile turns a scenario into another one: disks and units stay, the script is drawn anew. What comes
// out is an ordinary scenario, so every fault drawn at random prints as the line that repeats it.
#pragma once

#include <cstdint>

#include "engine/choice.h"
#include "scenarios/scenario.h"

namespace raidsim::harness {

/// Which parts of a scenario a profile replaces: its script and expectations go (they belong to the scripted
/// story), schedule, latency models and caches are varied.
///
/// Shape   `profile` none leaves the scenario as it is
/// Draws   from `stream` alone, so that equal seeds give equal scenarios
[[nodiscard]] scenarios::Scenario with_profile(const scenarios::Scenario& base, scenarios::Profile profile,
                                               ChoiceStream& stream);

/// Same, with a stream of its own made from the seed and the scenario's name: at one seed a campaign over a library
/// draws other faults for each scenario.
[[nodiscard]] scenarios::Scenario with_profile(const scenarios::Scenario& base, scenarios::Profile profile,
                                               uint64_t seed);

}  // namespace raidsim::harness
