// harness/invariants/durability_rules.h: RC as questions to a unit in core and its record.
#pragma once

#include "harness/invariants/unit_rules.h"

namespace raidsim::harness {

[[nodiscard]] Broken unrecorded_error(const raid::Unit& in_core, const raid::Unit& record);  ///< RC-01
/// RC-05. `record` and `in_core` as they were when the host died.
[[nodiscard]] Broken wrong_boot(const raid::Unit& record, const raid::Unit& in_core, const raid::Unit& now);

}  // namespace raidsim::harness
