// harness/invariants/system_rules.h: what a unit still holds when nothing runs.
#pragma once

#include "harness/invariants/unit_rules.h"

namespace raidsim::harness {

struct UnitAtRest {
  bool reserve_present = true;
  uint32_t wait_flags = 0;
  uint32_t chain = 0, queue = 0;
  uint32_t slots_taken = 0;
  uint32_t parents = 0, children = 0;
  uint32_t internal_opens = 0;
  uint32_t locks_held = 0;
};
[[nodiscard]] Broken not_returned(const UnitAtRest& unit);  ///< RL-17

/// RT-10. `threads`: resyncs, initialisations and regenerations that exist.
[[nodiscard]] Broken resync_left_behind(const raid::Unit& unit, uint64_t threads, bool could_start);

}  // namespace raidsim::harness
