// What a campaign makes of what its workers say, and of workers that stop saying anything.
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include "harness/search/distinct.h"
#include "harness/search/explore.h"
#include "harness/search/items.h"
#include "harness/search/worker.h"
#include "harness/search/worker_process.h"
#include "scenarios/load.h"

namespace raidsim::harness {
namespace {

TEST(Items, TheWholeRangeOfSeedsDoesNotOverflow) {
  EXPECT_EQ((Items{.first_seed = 0, .last_seed = UINT64_MAX, .scenarios = 56}.count()), most_items);
  EXPECT_EQ((Items{.first_seed = UINT64_MAX, .last_seed = UINT64_MAX, .scenarios = 3}.count()), 3U);
  EXPECT_EQ((Items{.first_seed = 5, .last_seed = 9, .scenarios = 2}.at(7).seed), 8U);
}

TEST(WorkerLines, AReportComesBackWhateverItsTextsHold) {
  const RunReport report{
      .item = 3, .outcome = "masked", .events = 9, .trace_hash = 0xABC, .broken = {{"V1", "d10/read", "a\tb\nc"}}};
  std::string line = line_of(report);
  ASSERT_EQ(line.find('\n'), line.size() - 1);
  line.pop_back();
  const auto back = std::get<RunReport>(understand(line).value());
  EXPECT_EQ(back.trace_hash, 0xABCU);
  EXPECT_EQ(back.broken, (std::vector<BrokenInvariant>{{"V1", "d10/read", "a b c"}}));
  for (size_t keep = 0; keep + 1 < line.find("V1"); ++keep) EXPECT_NO_THROW((void)understand(line.substr(0, keep)));
  EXPECT_FALSE(understand("R\t1\tmasked\t9\txyz").has_value());
}

// One bug, met in two scenarios, is one failure; the first seed tells of it, in whatever order the runs came in.
TEST(DistinctFailures, AreTheSameInvariantAtTheSamePlace) {
  DistinctFailures all;
  all.note({.scenario = 1, .seed = 7}, 70, {{"V1", "d10/read", "late"}});
  all.note({.scenario = 0, .seed = 3}, 30, {{"V1", "d10/read", "early"}});
  all.note({.scenario = 0, .seed = 4}, 40, {{"V1", "d11/read", "elsewhere"}});

  const auto found = all.in_order();

  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].text, "early");
  EXPECT_EQ(found[0].trace_hash, 30U);
  EXPECT_EQ(found[0].count, 2U);
}

TEST(DistinctFailures, ExpectationsOfOneRunCountOnceAndBelongToTheirScenario) {
  DistinctFailures all;
  all.note({.scenario = 0, .seed = 1}, 1, {{"EXPECT", "/expect/a", "a"}, {"EXPECT", "/expect/b", "b"}});
  all.note({.scenario = 1, .seed = 1}, 2, {{"EXPECT", "/expect/a", "a"}});

  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all.in_order()[0].text, "a (and 1 more unmet in that run)");
}

// A worker dies in the middle of a line: the whole lines count, the rest means nothing, and the end is told.
TEST(WorkerProcess, ADyingWorkerLeavesWholeLinesAndItsEnd) {
  WorkerProcess worker;
  worker.start([](int out) {
    (void)!write(out, "B\t1\nR\t1\tmas", 11);
    raise(SIGKILL);
  });
  std::vector<std::string> heard;
  while (worker.listen([&](std::string_view line) { heard.emplace_back(line); })) {
  }
  EXPECT_EQ(heard, std::vector<std::string>{"B\t1"});
  EXPECT_EQ(worker.how_it_ended(), "signal 9");
  EXPECT_FALSE(worker.alive());
}

scenarios::Scenario library(const std::string& file) { return scenarios::load_file(RAIDSIM_LIBRARY "/" + file); }

// No seed comes to its end within no time at all. Each is a failure of its own scenario, and the campaign goes on.
TEST(Explore, ARunThatTakesTooLongIsAFailureAndTheOthersGoOn) {
  ExploreOptions options;
  options.last_seed = 3;
  options.seed_limit = std::chrono::milliseconds(0);
  const ExploreResult result = explore({library("rebuild/rebuild-to-spare.json")}, options, {});
  EXPECT_EQ(result.runs, 3U);
  for (const DistinctFailure& f : result.failures) EXPECT_EQ(f.id, "PROCESS");
}

TEST(Explore, AStopEndsItAtOnce) {
  const std::atomic<bool> stop{true};
  ExploreOptions options;
  options.last_seed = UINT64_MAX;
  options.stop = &stop;
  EXPECT_TRUE(explore({library("rebuild/rebuild-to-spare.json")}, options, {}).stopped);
}

}  // namespace
}  // namespace raidsim::harness
