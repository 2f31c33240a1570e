// A campaign finds the same with any number of workers, and a run is the same wherever it runs. Then what campaigns
// once found, each with the scenario that was drawn (drawn/).
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include "harness/runner.h"
#include "harness/search/explore.h"
#include "scenarios/load.h"

namespace raidsim::harness {
namespace {

scenarios::Scenario library(const std::string& file) { return scenarios::load_file(RAIDSIM_LIBRARY "/" + file); }

scenarios::Scenario small() {
  scenarios::Scenario scenario = library("rebuild/single-failure-under-load.json");
  for (scenarios::Workload& w : scenario.workload) w.requests = 10;
  return scenario;
}

ExploreResult campaign(const scenarios::Scenario& scenario, uint32_t jobs) {
  ExploreOptions options;
  options.last_seed = 6;
  options.profile = scenarios::Profile::honest_2;
  options.jobs = jobs;
  return explore({scenario}, options, {});
}

TEST(Explore, TwoWorkersFindWhatOneFinds) {
  const ExploreResult one = campaign(small(), 1);
  const ExploreResult two = campaign(small(), 2);

  EXPECT_EQ(one.runs, 6U);
  EXPECT_EQ(two.runs, one.runs);
  EXPECT_EQ(two.events, one.events);
  EXPECT_EQ(two.failed, one.failed);
  EXPECT_EQ(two.outcomes, one.outcomes);
  EXPECT_EQ(two.never_reached, one.never_reached);
  ASSERT_EQ(two.failures.size(), one.failures.size());
  for (size_t i = 0; i < one.failures.size(); ++i) {
    EXPECT_EQ(two.failures[i].text, one.failures[i].text);
    EXPECT_EQ(two.failures[i].seed, one.failures[i].seed);
    EXPECT_EQ(two.failures[i].count, one.failures[i].count);
  }
}

// What a campaign did not come to is what it says nothing about. Runs that this process made before are not its own.
TEST(Explore, ListsTheRareTurnsThatItsRunsNeverTook) {
  const auto never = [](const char* file) {
    ExploreOptions options;
    options.last_seed = 2;
    const ExploreResult result = explore({library(file)}, options, {});
    EXPECT_GT(result.marks, result.never_reached.size());
    return result.never_reached;
  };
  const auto holds = [](const std::vector<std::string>& list, const char* mark) {
    return std::find(list.begin(), list.end(), mark) != list.end();
  };
  (void)run_scenario(library("rebuild/copy-back-to-replacement.json"), {});

  const auto calm = never("rebuild/single-failure-under-load.json");
  EXPECT_TRUE(holds(calm, "rebuild: ends well"));
  EXPECT_TRUE(holds(calm, "copy-back: ends well"));
  const auto copied = never("rebuild/copy-back-to-replacement.json");
  EXPECT_FALSE(holds(copied, "rebuild: ends well"));
  EXPECT_FALSE(holds(copied, "copy-back: ends well"));
}

RunResult run(const scenarios::Scenario& scenario, uint64_t seed) {
  RunOptions options;
  options.seed = seed;
  return run_scenario(scenario, options).result;
}

TEST(Run, SameSeedSameHashAndAnotherSeedAnotherHash) {
  const scenarios::Scenario scenario = small();
  const RunResult first = run(scenario, 4);

  EXPECT_EQ(run(scenario, 4).trace_hash, first.trace_hash);
  EXPECT_NE(run(scenario, 5).trace_hash, first.trace_hash);
}

TEST(Run, InAThreadOfItsOwnItIsTheSameRun) {
  const scenarios::Scenario scenario = small();
  const RunResult here = run(scenario, 4);
  RunResult there;
  std::thread([&] { there = run(scenario, 4); }).join();

  EXPECT_EQ(there.trace_hash, here.trace_hash);
  EXPECT_EQ(there.events, here.events);
  EXPECT_EQ(there.steps, here.steps);
  EXPECT_EQ(there.draws, here.draws);
  EXPECT_EQ(there.violations, here.violations);
}

/// What a profile drew once, kept as a file: the profiles change.
RunResult rerun(const std::string& file) {
  const scenarios::Scenario scenario = scenarios::load_file(RAIDSIM_DRAWN "/" + file);
  return run(scenario, scenario.seed);
}

void expect_clean(const RunResult& result) {
  EXPECT_GT(result.events, 0U);
  for (const Violation& v : result.violations)
    ADD_FAILURE() << "seed " << result.seed << ": " << v.id << ": " << v.text;
}

// A line is due in the very step in which the power goes. The administrator's fiber was once spawned on a host that
// could have none any more, and the process ended.
TEST(Regression, ACommandMayComeInTheStepOfAPowerCut) {
  expect_clean(rerun("a-command-in-the-step-of-a-power-cut.json"));
}

// The boot asks again and again whether a new unit can be opened. A schedule that preferred it let the disks that
// initialise the unit wait for it, without end (V11).
TEST(Regression, ABootThatWaitsForAnInitialisationLetsItGoOn_V11) {
  expect_clean(rerun("a-preferred-boot-waits-for-an-initialisation.json"));
}

// The power goes while the columns of a new unit are zeroed. What the zeroing fibers share was once on the stack of the
// fiber that had made it, and that one had ended: the process used dead memory. Now the run ends, as any run does.
TEST(Regression, HostMayDieWhileColumnsAreZeroed) {
  expect_clean(rerun("the-host-dies-while-columns-are-zeroed.json"));
}

// A recorded workload, played against disks that lose their caches again and again.
TEST(Regression, RecordedWorkloadSurvivesPowerCuts) {
  for (uint64_t seed = 1; seed <= 3; ++seed) {
    const scenarios::Scenario base = library("traces/hot-blocks-and-a-crash.json");
    expect_clean(run(scenario_of_seed(base, scenarios::Profile::power, seed), seed));
  }
}

// A disk hangs, the host gives its request up, and the pre-write is aborted. An aborted pre-write is no log entry, so
// the full line may not be judged by it (RL-11).
TEST(Regression, AbortedPreWriteOfAFullLineIsNoEntry_RL11) { expect_clean(rerun("a-hung-full-line-pre-write.json")); }

// A crash comes after the new entry of a write and before the header of the old one is erased; then replay is
// abandoned. Both stand in the log, as the crash left it, and were once taken for a broken rule.
TEST(Regression, ACrashInAPreWriteStageLeavesTwoEntries_RL08) {
  expect_clean(rerun("a-crash-in-a-pre-write-stage.json"));
}

// A replay ends early by a failed flush, the next one writes home again, and a small cache takes newer writes to the
// medium first. What they overtook was once waited for without end.
TEST(Regression, ASecondReplayOvertakesWhatTheFirstLeftInTheCache_V9) {
  expect_clean(rerun("a-second-replay-overtakes-the-first.json"));
}

// A resync has ended and its locks are free, but its fiber has not run on to say so. The next one was once requested
// and announced in between, and whoever counts events met two beginnings in a row.
TEST(Regression, AResyncIsAnnouncedAfterTheEndOfTheLastOne_RE01) {
  expect_clean(rerun("a-resync-follows-an-unannounced-end.json"));
}

}  // namespace
// Replicas are deleted on a minority, whose pushes reach the count that a replica which is away already has, for
// another list. The boot that found both once took them for one.
TEST(Regression, TwoListsWithOneCommitCountAreTwo_INVD5) {
  expect_clean(rerun("two-lists-with-one-commit-count.json"));
}

// A column errs in a replay on a set that became STALE in its boot. The replay stops, and rows that are half replayed
// wait for the boot that can record: they were once judged as if the unit were whole.
TEST(Regression, AReplayThatNoRecordCanKeepIsGoneOnWithLater_RD01) {
  expect_clean(rerun("a-replay-that-no-record-can-keep.json"));
}

// What the host driver sends again is no decision of the code under test (D-04): judges once took a pre-write for one
// of a write that is logged anew, a home write that was on its way for failed, and a read of rows that are locked for a
// new one of a column that has erred since.
TEST(Regression, WhatTheDriverSendsAgainIsNotJudgedTwice_RL12_RL13_RL15_F44_F45_F46) {
  expect_clean(rerun("a-pre-write-is-sent-again.json"));
  expect_clean(rerun("a-home-write-is-reset-and-sent-again.json"));
  expect_clean(rerun("a-read-of-a-spare-is-sent-again.json"));
}

}  // namespace raidsim::harness
