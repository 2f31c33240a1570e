// harness/search/shelf_faults.h: faults of what several disks share, drawn at random: controllers, adapters, shelves.
#pragma once

#include "engine/choice.h"
#include "scenarios/scenario.h"

namespace raidsim::harness {

/// F24, F44, F45, F46 hit disks that have something in common.
[[nodiscard]] constexpr bool is_shared(unsigned number) { return number == 24 || (number >= 44 && number <= 46); }

/// Target and parameters of such a fault. Of F24 the form: a dead battery, or, where liars are meant, stale contents;
/// then a majority of the replicas stays honest (D-16).
/// Shape  `fault.id` is one of the above; `scenario` has disks
void draw_shared(scenarios::Fault& fault, const scenarios::Scenario& scenario, bool liars, ChoiceStream& stream);

}  // namespace raidsim::harness
