// Random faults are ordinary scenarios: drawn alike for equal seeds, and written and read back unchanged.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/search/profile.h"
#include "scenarios/load.h"
#include "scenarios/save.h"

namespace raidsim::harness {
namespace {

using namespace scenarios;

Scenario base() { return load_file(RAIDSIM_LIBRARY "/rebuild/full-line-writes.json"); }

class Profiles : public testing::TestWithParam<Profile> {};

TEST_P(Profiles, EqualSeedsDrawEqualScenarios) {
  const Scenario from = base();
  size_t different = 0;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    const Scenario drawn = with_profile(from, GetParam(), seed);
    EXPECT_EQ(drawn, with_profile(from, GetParam(), seed)) << "seed " << seed;
    if (drawn != with_profile(from, GetParam(), seed + 1)) ++different;
  }
  EXPECT_GT(different, 10U);
}

// What a campaign prints for a failure has to be the scenario that failed (spec/fault-model.md 8).
TEST_P(Profiles, EveryDrawnScenarioIsReadBackUnchanged) {
  const Scenario from = base();
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    const Scenario drawn = with_profile(from, GetParam(), seed);
    const std::string text = save_json(drawn).dump();
    ASSERT_EQ(load_text(text, "drawn.json"), drawn) << "seed " << seed << "\n" << save_text(drawn);
  }
}

INSTANTIATE_TEST_SUITE_P(All, Profiles,
                         testing::Values(Profile::clean, Profile::honest_1, Profile::honest_2, Profile::power,
                                         Profile::liar, Profile::storm));

TEST(ProfileClean, HasNoFaultsAndKeepsTheUnits) {
  const Scenario from = base();
  ASSERT_FALSE(from.script.empty());
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    const Scenario drawn = with_profile(from, Profile::clean, seed);
    EXPECT_TRUE(drawn.script.empty());
    EXPECT_EQ(drawn.units, from.units);
    EXPECT_EQ(drawn.workload, from.workload);
  }
}

TEST(ProfilePower, EveryDiskHasAVolatileCacheAndThePowerIsCut) {
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    const Scenario drawn = with_profile(base(), Profile::power, seed);
    for (const Disk& disk : drawn.disks) EXPECT_EQ(disk.cache, CacheKind::volatile_cache);
    const bool cut = std::any_of(drawn.script.begin(), drawn.script.end(), [](const ScriptEntry& entry) {
      const auto* host = std::get_if<HostAction>(&entry.action);
      return host != nullptr && host->verb == HostVerb::power_cut;
    });
    EXPECT_TRUE(cut) << "seed " << seed;
  }
}

TEST(ProfileNone, LeavesTheScenarioAsItIs) { EXPECT_EQ(with_profile(base(), Profile::none, 5), base()); }

}  // namespace
}  // namespace raidsim::harness
