// scenarios/save.h: a Scenario back to JSON, in the format load.h reads.
//
// What equals its default is left out, except disks, replicas, units and workload, which are always written: a saved
// file (a shrunk failure, above all) stays the same scenario even if a default should change. load(save(x)) == x for
// every x that load can give, and save(load(save(x))) is the same text.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "scenarios/scenario.h"

namespace raidsim::scenarios {

[[nodiscard]] nlohmann::ordered_json save_json(const Scenario& scenario);

/// As a file: keys in the order of design.md section 5, two spaces, one script line, disk or workload per line.
[[nodiscard]] std::string save_text(const Scenario& scenario);

/// One script line alone, as every random fault is printed (spec/fault-model.md section 8).
[[nodiscard]] std::string script_line_text(const ScriptEntry& entry);

}  // namespace raidsim::scenarios
