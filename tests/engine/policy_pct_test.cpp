// PCT's promise: a bug of depth d among n parties in k decisions shows with probability 1 / (n k^(d-1)) at least.
//
// Burckhardt et al., "A randomized scheduler with probabilistic guarantees of finding bugs", ASPLOS 2010
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <functional>
#include <string>

#include "engine/policy/policy.h"
#include "tests/engine/policy_rig.h"

namespace raidsim {
namespace {

using Bug = std::function<bool(const std::string&)>;

/// Share of seeds whose schedule of two parties with ten steps shows the bug.
double found(const PolicyOptions& options, uint64_t seeds, const Bug& bug) {
  uint64_t hits = 0;
  for (uint64_t seed = 0; seed < seeds; ++seed) hits += bug(PolicyRig::schedule(options, seed, {10, 10})) ? 1u : 0u;
  return static_cast<double>(hits) / static_cast<double>(seeds);
}

double promised(double parties, double steps, int depth) { return 1.0 / (parties * std::pow(steps, depth - 1)); }

/// Position of the nth step of a party.
size_t nth(const std::string& schedule, char party, size_t n) {
  size_t at = schedule.find(party);
  while (n-- > 0) at = schedule.find(party, at + 1);
  return at;
}

constexpr uint64_t seeds = 20'000;

// Depth 1: everything goes wrong as soon as b has finished before a begins.
TEST(PctPolicy, FindsAnOrderOfTwoWithDepthOne) {
  const Bug b_before_a = [](const std::string& s) { return nth(s, 'b', 9) < nth(s, 'a', 0); };
  const double rate = found({.kind = PolicyKind::pct, .pct_depth = 1, .pct_steps = 20}, seeds, b_before_a);
  EXPECT_GE(rate, promised(2, 20, 1) - 0.015);
}

// Depth 2: a checks and then uses, and all of b has to fit between the two steps. Uniform choice at each decision
// would need a coin to fall the same way ten times running.
TEST(PctPolicy, FindsACheckThenUseWithDepthTwo) {
  const Bug between = [](const std::string& s) {
    return nth(s, 'a', 4) < nth(s, 'b', 0) && nth(s, 'b', 9) < nth(s, 'a', 5);
  };
  const double pct = found({.kind = PolicyKind::pct, .pct_depth = 2, .pct_steps = 20}, seeds, between);
  const double random = found({.kind = PolicyKind::random}, seeds, between);
  EXPECT_GE(pct, promised(2, 20, 2) * 0.85);  // 500 expected hits: four deviations are 18 %
  EXPECT_LT(random, promised(2, 20, 2) / 10);
}

// Depth 3: b intrudes into a, and a resumes before b is done. Two change points are needed.
TEST(PctPolicy, FindsAnIntrusionThatIsItselfInterruptedWithDepthThree) {
  const Bug nested = [](const std::string& s) {
    return nth(s, 'a', 4) < nth(s, 'b', 0) && nth(s, 'b', 4) < nth(s, 'a', 5) && nth(s, 'a', 9) < nth(s, 'b', 5);
  };
  const double rate = found({.kind = PolicyKind::pct, .pct_depth = 3, .pct_steps = 20}, seeds, nested);
  EXPECT_GE(rate, promised(2, 20, 3) * 0.5);  // 25 expected hits at least
  EXPECT_EQ(found({.kind = PolicyKind::pct, .pct_depth = 2, .pct_steps = 20}, seeds, nested), 0.0);
}

// Without change points the priorities decide alone: each party runs to its end.
TEST(PctPolicy, DepthOneNeverInterrupts) {
  for (uint64_t seed = 0; seed < 200; ++seed) {
    const std::string s = PolicyRig::schedule({.kind = PolicyKind::pct, .pct_depth = 1}, seed, {10, 10});
    EXPECT_TRUE(s == "aaaaaaaaaabbbbbbbbbb" || s == "bbbbbbbbbbaaaaaaaaaa") << s;
  }
}

TEST(PctPolicy, EventsOvertakeEachOtherAndFibers) {
  uint64_t swapped = 0;
  uint64_t before_fiber = 0;
  for (uint64_t seed = 0; seed < 1000; ++seed) {
    const std::string s = PolicyRig::schedule({.kind = PolicyKind::pct, .pct_depth = 1}, seed, {1}, 2);
    swapped += s.find('B') < s.find('A') ? 1u : 0u;
    before_fiber += s.find('A') < s.find('a') ? 1u : 0u;
  }
  EXPECT_NEAR(static_cast<double>(swapped), 500.0, 65.0);
  EXPECT_NEAR(static_cast<double>(before_fiber), 500.0, 65.0);
}

}  // namespace
}  // namespace raidsim
