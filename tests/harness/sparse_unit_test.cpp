// A unit of 4 TiB on which next to nothing was written: what looks at all of it must look only at what is there (D-09).
#include <gtest/gtest.h>

#include <string>

#include "harness/runner.h"
#include "scenarios/load.h"

namespace raidsim::harness {
namespace {

RunResult run_tebibytes(const std::string& script) {
  const std::string text = R"json({"disks": [{"name": "d0..d4", "size": "1TiB"}],
    "workload": [{"clients": 1, "requests": 20, "size": "4KiB", "reads": 0}], "script": [)json" +
                           script + "]}";
  return run_scenario(scenarios::load_text(text, "tebibytes"), {.seed = 3}).result;
}

TEST(SparseUnit, IsReadBackWhereItWasWritten_D09) {
  const RunResult result = run_tebibytes("");
  EXPECT_TRUE(result.passed());
  const UnitResult& unit = result.units.begin()->second;
  EXPECT_GE(unit.reads, 20U);  // each written place, and once more after the power cut
  EXPECT_LE(unit.reads, 400U);
}

TEST(SparseUnit, IsJudgedWithAColumnGone_RD03) {
  const RunResult result = run_tebibytes(R"({"at": "2ms", "fault": "fail-stop", "disk": "d1"})");
  EXPECT_TRUE(result.passed());
  EXPECT_EQ(result.units.begin()->second.columns.at(1), "errored");
}

// A disk acknowledges every write and stores none, so that nothing but the oracle knows where the users wrote.
TEST(SparseUnit, AWriteThatLeftNoTraceIsMissed_F12) {
  const RunResult result = run_tebibytes(R"({"at": "0ns", "fault": "lost-write", "disk": "d0", "count": 100000},
      {"at": "0ns", "fault": "lost-write", "disk": "d1", "count": 100000},
      {"at": "0ns", "fault": "lost-write", "disk": "d2", "count": 100000},
      {"at": "0ns", "fault": "lost-write", "disk": "d3", "count": 100000},
      {"at": "0ns", "fault": "lost-write", "disk": "d4", "count": 100000})");
  EXPECT_EQ(result.outcome, Outcome::exposed_silent);
  EXPECT_FALSE(result.findings.empty());
}

}  // namespace
}  // namespace raidsim::harness
