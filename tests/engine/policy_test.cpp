// A policy's promise is a distribution of schedules; each is counted here over fixed seeds.
#include "engine/policy/policy.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/tape.h"
#include "tests/engine/policy_rig.h"

namespace raidsim {
namespace {

constexpr PolicyKind all_kinds[] = {PolicyKind::fifo, PolicyKind::random, PolicyKind::pct, PolicyKind::walk};

TEST(Policy, NamesLeadThereAndBack) {
  for (const PolicyKind kind : all_kinds) EXPECT_EQ(policy_named(name_of(kind)), kind);
  EXPECT_FALSE(policy_named("lottery").has_value());
}

TEST(Policy, FifoTakesTheFirstAndDrawsNothing) {
  Choices choices(1, nullptr, false);
  const auto policy = make_policy({.kind = PolicyKind::fifo}, choices.stream("schedule"));
  EXPECT_EQ(PolicyRig::schedule(*policy, {2, 3}, 2), "aabbbAB");
  EXPECT_EQ(choices.draws(), 0u);
}

TEST(Policy, EqualSeedsGiveEqualSchedulesAndOthersDiffer) {
  for (const PolicyKind kind : {PolicyKind::random, PolicyKind::pct, PolicyKind::walk}) {
    const PolicyOptions options{.kind = kind, .pct_steps = 40};
    std::set<std::string> schedules;
    for (uint64_t seed = 0; seed < 50; ++seed) {
      const std::string once = PolicyRig::schedule(options, seed, {10, 10, 10}, 5);
      EXPECT_EQ(PolicyRig::schedule(options, seed, {10, 10, 10}, 5), once);
      schedules.insert(once);
    }
    EXPECT_GT(schedules.size(), 40u) << name_of(kind);
  }
}

// Shrinking replaces choices by zeros: the simplest schedule of every policy must be the plain one.
TEST(Policy, ATapeOfZerosMakesEveryPolicyFifo) {
  Tape zeros;
  zeros.streams["schedule"].resize(200, {ChoiceKind::schedule, 1, 0});
  for (const PolicyKind kind : {PolicyKind::random, PolicyKind::walk}) {
    EXPECT_EQ(PolicyRig::schedule({.kind = kind}, 3, {3, 3}, 3, &zeros), "aaabbbABC") << name_of(kind);
  }
  // PCT's change points at zero stand at the estimated end, far behind these nine decisions.
  EXPECT_EQ(PolicyRig::schedule({.kind = PolicyKind::pct}, 3, {3, 3}, 3, &zeros), "aaabbbABC");
}

TEST(RandomPolicy, IsUniformByChiSquare) {
  Choices choices(2024, nullptr, false);
  const auto policy = make_policy({.kind = PolicyKind::random}, choices.stream("schedule"));
  const std::vector<Candidate> candidates(5, Candidate{.fiber = static_cast<FiberId>(1)});
  std::vector<uint64_t> counts(5);
  for (int i = 0; i < 100'000; ++i) ++counts[policy->pick(candidates)];
  EXPECT_LT(chi_square(counts, 20'000), 18.5);  // 4 degrees of freedom, one in a thousand
  EXPECT_GT(chi_square(counts, 20'000), 0.09);  // and not suspiciously even
}

// With exact step counts each of the 15 interleavings of aa and bbbb is equally likely. Picking uniformly at each
// decision instead would give the schedule "aabbbb" one time in four.
TEST(WalkPolicy, EveryInterleavingIsEquallyLikely) {
  const PolicyOptions options{.kind = PolicyKind::walk, .walk_steps = {0, 2, 4}};
  std::map<std::string, uint64_t> seen;
  constexpr uint64_t runs = 30'000;
  for (uint64_t seed = 0; seed < runs; ++seed) ++seen[PolicyRig::schedule(options, seed, {2, 4})];
  ASSERT_EQ(seen.size(), 15u);
  std::vector<uint64_t> counts;
  for (const auto& [schedule, count] : seen) counts.push_back(count);
  EXPECT_LT(chi_square(counts, runs / 15.0), 36.1);  // 14 degrees of freedom, one in a thousand
}

TEST(WalkPolicy, ReportsTheStepsThatTheNextRunWeighsWith) {
  Choices choices(1, nullptr, false);
  const auto policy = make_policy({.kind = PolicyKind::walk}, choices.stream("schedule"));
  const std::string order = PolicyRig::schedule(*policy, {5, 7}, 2);
  EXPECT_EQ(order.size(), 14u);
  uint32_t counted = 0;
  for (const uint32_t steps : policy->fiber_steps()) counted += steps;
  EXPECT_LE(counted, 12u);  // steps without an alternative are not decisions
  EXPECT_GE(counted, 5u);
}

// A fiber that outlives its estimate must not starve.
TEST(WalkPolicy, AnEstimateThatWasTooLowLeavesAWeightOfOne) {
  const PolicyOptions options{.kind = PolicyKind::walk, .walk_steps = {0, 0, 1000}};
  EXPECT_EQ(PolicyRig::schedule(options, 1, {50, 50}).size(), 100u);
}

}  // namespace
}  // namespace raidsim
