// Runs share nothing: the whole library gives the same hashes in one thread and in four at once, whatever each thread
// ran before (engine-notes.md section 2, traps 2 and 6).
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "harness/runner.h"
#include "scenarios/load.h"
#include "tests/harness/library.h"

namespace raidsim::harness {
namespace {

struct Ran {
  std::string file;
  uint64_t trace_hash = 0;
  uint64_t events = 0;
  uint64_t draws = 0;
  bool operator==(const Ran&) const = default;
};
std::ostream& operator<<(std::ostream& out, const Ran& ran) {
  return out << ran.file << ": hash " << ran.trace_hash << ", " << ran.events << " events, " << ran.draws << " draws";
}

/// Loads and runs every `step`-th file from `first` on, in the thread that calls.
void run_lane(const std::vector<std::string>& files, size_t first, size_t step, std::vector<Ran>& out) {
  for (size_t i = first; i < files.size(); i += step) {
    const scenarios::Scenario scenario = scenarios::load_file(files[i]);
    const RunResult result = run_scenario(scenario, {.seed = scenario.seed}).result;
    out[i] = {files[i], result.trace_hash, result.events, result.draws};
  }
}

TEST(Threads, FourAtOnceGiveTheHashesOfOne) {
  constexpr size_t lanes = 4;
  const std::vector<std::string> files = library_files();
  ASSERT_GT(files.size(), 2 * lanes);
  std::vector<Ran> alone(files.size());
  run_lane(files, 0, 1, alone);

  std::vector<Ran> together(files.size());
  std::vector<std::thread> threads;
  for (size_t lane = 0; lane < lanes; ++lane)
    threads.emplace_back([&, lane] { run_lane(files, lane, lanes, together); });
  for (std::thread& thread : threads) thread.join();

  for (size_t i = 0; i < files.size(); ++i) EXPECT_EQ(together[i], alone[i]);
}

// The same scenario everywhere at once, so that anything shared between runs would be hit at the same place.
TEST(Threads, OneScenarioInFourThreadsIsFourTimesTheSameRun) {
  const std::vector<std::string> file(4, RAIDSIM_LIBRARY "/crash/twice-under-load.json");
  std::vector<Ran> alone(4), together(4);
  run_lane(file, 0, 1, alone);

  std::vector<std::thread> threads;
  for (size_t lane = 0; lane < 4; ++lane) threads.emplace_back([&, lane] { run_lane(file, lane, 4, together); });
  for (std::thread& thread : threads) thread.join();

  for (const Ran& ran : together) EXPECT_EQ(ran, alone[0]);
}

}  // namespace
}  // namespace raidsim::harness
