// tests/engine/policy_rig.h: two or more parties with fixed numbers of steps, and a policy that interleaves them.
//
// No simulation is behind it: a schedule is the sequence of parties, so a test can count what a policy produces.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/choice.h"
#include "engine/policy/policy.h"

namespace raidsim {

struct PolicyRig {
  /// Runs parties 'a', 'b', ... with `steps` each to their end; events come last and have one step.
  static std::string schedule(const PolicyOptions& options, uint64_t seed, std::vector<uint32_t> steps,
                              size_t events = 0, const Tape* tape = nullptr) {
    Choices choices(seed, tape, false);
    const auto policy = make_policy(options, choices.stream("schedule"));
    return schedule(*policy, std::move(steps), events);
  }

  static std::string schedule(Policy& policy, std::vector<uint32_t> steps, size_t events = 0) {
    std::string order;
    std::vector<bool> due(events, true);
    for (;;) {
      std::vector<Candidate> candidates;
      std::string parties;
      for (size_t i = 0; i < steps.size(); ++i) {
        if (steps[i] == 0) continue;
        candidates.push_back({.fiber = static_cast<FiberId>(i + 1)});
        parties.push_back(static_cast<char>('a' + i));
      }
      for (size_t i = 0; i < events; ++i) {
        if (!due[i]) continue;
        candidates.push_back({.due = SimTime{Duration{static_cast<int64_t>(i)}}, .sequence = 100 + i});
        parties.push_back(static_cast<char>('A' + i));
      }
      if (candidates.empty()) return order;
      const size_t pick = candidates.size() == 1 ? 0 : policy.pick(candidates);
      const char party = parties.at(pick);
      order.push_back(party);
      if (party >= 'a') {
        --steps[static_cast<size_t>(party - 'a')];
      } else {
        due[static_cast<size_t>(party - 'A')] = false;
      }
    }
  }
};

/// Chi square of counts that should all be alike.
inline double chi_square(const std::vector<uint64_t>& counts, double expected) {
  double sum = 0;
  for (const uint64_t count : counts) {
    const double off = static_cast<double>(count) - expected;
    sum += off * off / expected;
  }
  return sum;
}

}  // namespace raidsim
