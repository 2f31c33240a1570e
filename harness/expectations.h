// harness/expectations.h: what the scenario expects, held against what came of it; and the result's tables.
#pragma once

#include "harness/result.h"

namespace raidsim::harness {

class World;

/// Reports each unmet expectation as a violation "EXPECT". A violation that is expected is none: it is
/// taken off the list, and reported when it did not come.
void judge_expectations(World& world);

/// Units, columns, counters, script lines, violations and findings of a finished run.
/// With `expectations` also judges the expected violations and outcome.
void fill_result(World& world, bool expectations, RunResult& result);

}  // namespace raidsim::harness
