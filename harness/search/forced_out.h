// harness/search/forced_out.h: a unit loses two columns under its writers and is brought back by force.
//
//   first column's write fails ──> later one of another column ──> enable or replace of the first, by force
//                                   └─ its log cannot be read       └─ the host crashes on the way
//
// What the second column missed is then lost, or comes back from the log (D-17): the judge has to know which.
#pragma once

#include "engine/choice.h"
#include "scenarios/scenario.h"

namespace raidsim::harness {

/// Adds the lines to the script.
/// Shape  `first_failure` is when the first write fails; `out` has a unit
void draw_forced_out(scenarios::Scenario& out, ChoiceStream& stream, scenarios::Trigger first_failure);

}  // namespace raidsim::harness
