// harness/world/follow_ups.h: the script with the lines that some faults bring along.
//
//   {"fault": "torn-commit", "writes": 2}  ──>  after it: the third write to that replica is issued ──> the host dies
//
// They stand behind the scenario's own lines, so that those keep their numbers.
#pragma once

#include <vector>

#include "scenarios/scenario.h"

namespace raidsim::harness {

[[nodiscard]] std::vector<scenarios::ScriptEntry> script_of(const scenarios::Scenario& scenario);

}  // namespace raidsim::harness
