// What a user was told counts from the moment of the answer (RD-08, V1), even if the user never hears of it.
#include <gtest/gtest.h>

#include "harness/runner.h"
#include "scenarios/load.h"

namespace raidsim::harness {
namespace {

// The host crashes in the very step that answers a write, before its client runs. The disks have lost its log entries
// and its home writes are undone, so it is gone: the oracle has to miss it.
TEST(UnitPort, AWriteAnsweredInTheStepOfTheCrashIsMissed_RD08) {
  const scenarios::Scenario scenario = scenarios::load_text(R"json({
    "disks": [{"name": "d0..d3", "size": "2MiB"}],
    "workload": [{"clients": 1, "requests": 4, "size": "4KiB", "reads": 0}],
    "script": [{"at": "0ns", "fault": "lost-write", "unit": "d10", "column": 0, "area": "log", "count": "unlimited"},
               {"at": "0ns", "fault": "lost-write", "unit": "d10", "column": 1, "area": "log", "count": "unlimited"},
               {"at": "0ns", "fault": "lost-write", "unit": "d10", "column": 2, "area": "log", "count": "unlimited"},
               {"at": "0ns", "fault": "lost-write", "unit": "d10", "column": 3, "area": "log", "count": "unlimited"},
               {"when": {"event": "home-write-issued", "nth": 3, "side": "before"}, "do": "crash", "outstanding": "undone"}]})json",
                                                            "answered");
  const RunResult result = run_scenario(scenario, {.seed = 1}).result;
  EXPECT_TRUE(result.passed());
  EXPECT_EQ(result.outcome, Outcome::exposed_silent);
}

}  // namespace
}  // namespace raidsim::harness
