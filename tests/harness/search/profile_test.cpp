// Random faults are ordinary scenarios: drawn alike for equal seeds, and written and read back unchanged.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

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
                                         Profile::replica, Profile::identity, Profile::liar, Profile::storm),
                         [](const auto& drawn) {
                           std::string name(scenarios::word(drawn.param));
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

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

// A campaign over a library at one seed would else try one failure in many guises.
TEST(Profiles, DrawOtherFaultsForAnotherScenarioAtTheSameSeed) {
  Scenario other = base();
  other.name = "another";
  size_t different = 0;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    if (with_profile(base(), Profile::honest_1, seed).script != with_profile(other, Profile::honest_1, seed).script)
      ++different;
  }
  EXPECT_GT(different, 15U);
}

// The first boot replays its empty logs: a crash that is to fall into a recovery counts from the crash before it.
TEST(ProfilePower, ACutInRecoveryFollowsTheFirstOne) {
  size_t in_recovery = 0;
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    const Scenario drawn = with_profile(base(), Profile::power, seed);
    for (const ScriptEntry& entry : drawn.script) {
      const auto* at = std::get_if<AtPoint>(&entry.trigger);
      if (at == nullptr || !std::holds_alternative<HostAction>(entry.action)) continue;
      ++in_recovery;
      const auto first = [&](const ScriptEntry& e) { return !e.label.empty() && e.label == at->since; };
      EXPECT_TRUE(std::any_of(drawn.script.begin(), drawn.script.end(), first)) << "seed " << seed;
    }
  }
  EXPECT_GT(in_recovery, 10U);
}

// The tool takes no disk that is in use, so each free disk replaces one column at most.
TEST(ProfileHonest, NoDiskReplacesTwoColumns) {
  const Scenario from = load_file(RAIDSIM_LIBRARY "/admin/replace-during-resync.json");
  size_t replaces = 0;
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    std::set<std::string> used;
    for (const ScriptEntry& entry : with_profile(from, Profile::honest_1, seed).script) {
      const auto* ioctl = std::get_if<Ioctl>(&entry.action);
      if (ioctl == nullptr || ioctl->verb != IoctlVerb::replace) continue;
      ++replaces;
      EXPECT_TRUE(used.insert(ioctl->with).second) << "seed " << seed;
    }
  }
  EXPECT_GT(replaces, 5U);
}

bool forces(const ScriptEntry& entry) {
  const auto* ioctl = std::get_if<Ioctl>(&entry.action);
  return ioctl != nullptr && ioctl->force;
}

// Losses that administrators accept are judged block by block (decision 0033), so they are drawn. Where no fault is
// drawn nobody repairs anything.
TEST(ProfilesWithRepairs, DrawForce) {
  const auto forced_runs = [](Profile profile) {
    size_t runs = 0;
    for (uint64_t seed = 1; seed <= 100; ++seed) {
      const Scenario drawn = with_profile(base(), profile, seed);
      runs += std::any_of(drawn.script.begin(), drawn.script.end(), forces) ? 1U : 0U;
    }
    return runs;
  };
  EXPECT_GT(forced_runs(Profile::honest_1), 10U);
  EXPECT_GT(forced_runs(Profile::honest_2), 30U);
  EXPECT_GT(forced_runs(Profile::power), 30U);
  EXPECT_EQ(forced_runs(Profile::clean), 0U);
}

/// Numbers of the faults that a profile draws in many seeds.
std::set<unsigned> numbers_drawn(Profile profile) {
  std::set<unsigned> out;
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    for (const ScriptEntry& entry : with_profile(base(), profile, seed).script) {
      if (const auto* fault = std::get_if<Fault>(&entry.action)) out.insert(number_of(fault->id));
    }
  }
  return out;
}

// fault-model.md 9: what disks share is lost in storms; caches change and batteries die where durability is the matter.
TEST(Profiles, DrawWhatTheFaultModelSaysOfSharedThings_F23_F24_F44_F45_F46) {
  const std::set<unsigned> storm = numbers_drawn(Profile::storm);
  for (const unsigned number : {44U, 45U, 46U}) EXPECT_TRUE(storm.contains(number)) << "F" << number;
  const std::set<unsigned> power = numbers_drawn(Profile::power);
  for (const unsigned number : {23U, 24U}) EXPECT_TRUE(power.contains(number)) << "F" << number;
  EXPECT_TRUE(numbers_drawn(Profile::liar).contains(24));
}

// Of a set whose majority lies nobody could tell what was acknowledged (D-16).
TEST(ProfileLiar, LeavesAMajorityOfTheReplicasHonest_F24b) {
  size_t drawn = 0;
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    const Scenario scenario = with_profile(base(), Profile::liar, seed);
    for (const ScriptEntry& entry : scenario.script) {
      const auto* fault = std::get_if<Fault>(&entry.action);
      if (fault == nullptr || number_of(fault->id) != 24) continue;
      ++drawn;
      EXPECT_EQ(fault->with.form, NvramForm::stale_contents);
      size_t touched = 0;
      for (const std::string& disk : fault->target.disks) {
        touched += static_cast<size_t>(std::ranges::count(scenario.replicas, disk));
      }
      EXPECT_LT(2 * touched, scenario.replicas.size()) << "seed " << seed;
    }
  }
  EXPECT_GT(drawn, 5U);
}

// fault-model.md 9: a profile that no longer draws one of its faults has stopped looking for what that would show.
TEST(ProfilesOfHostAndReplicas, DrawTheirFaults) {
  const std::set<unsigned> storm = numbers_drawn(Profile::storm);
  for (const unsigned number : {51U, 53U, 54U}) EXPECT_TRUE(storm.contains(number)) << number;
  const std::set<unsigned> replica = numbers_drawn(Profile::replica);
  for (const unsigned number : {54U, 55U, 56U, 57U, 58U, 60U}) EXPECT_TRUE(replica.contains(number)) << number;
}

TEST(ProfileNone, LeavesTheScenarioAsItIs) { EXPECT_EQ(with_profile(base(), Profile::none, 5), base()); }

}  // namespace
}  // namespace raidsim::harness
