// harness/search/explore.h: many seeds of some scenarios, side by side in processes of their own.
//
//   parent ──fork──> worker 0: seeds 0, N, 2N ...   ──pipe──┐
//          ──fork──> worker 1: seeds 1, N+1, ...    ──pipe──┴──> parent: counts, distinct failures
//
// A worker that crashes costs the seed it was on: the parent notes that one as a failure and forks another
// behind it. What is found does not depend on the number of workers.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "scenarios/scenario.h"

namespace raidsim::harness {

struct ExploreOptions {
  uint64_t first_seed = 1;
  uint64_t last_seed = 100;                   ///< included
  std::chrono::milliseconds time_limit{0};    ///< 0: none; wall time
  scenarios::Profile profile = scenarios::Profile::none;
  uint32_t jobs = 1;
  std::chrono::milliseconds seed_limit{60'000};  ///< wall time of one seed, after which its worker is killed
};

/// One kind of failure: same invariant, same place.
struct DistinctFailure {
  std::string id, place, text;
  size_t scenario = 0;
  uint64_t seed = 0;   ///< the first one in order
  uint64_t count = 0;
};

struct ExploreResult {
  uint64_t runs = 0, failed = 0, events = 0;
  std::vector<DistinctFailure> failures;            ///< in order of scenario and seed
  std::map<std::string, uint64_t> outcomes;         ///< word -> runs
  std::vector<std::string> never_reached;           ///< RAIDSIM_SOMETIMES marks that no run reached
};

using ExploreProgress = std::function<void(uint64_t runs, uint64_t total, size_t distinct)>;

/// `scenarios` are used as they are; with a profile each seed draws a script of its own.
[[nodiscard]] ExploreResult explore(const std::vector<scenarios::Scenario>& scenarios, const ExploreOptions& options,
                                    const ExploreProgress& progress);

/// The scenario that a seed of a campaign runs: the profile's drawing for it, or the base with that seed.
[[nodiscard]] scenarios::Scenario scenario_of_seed(const scenarios::Scenario& base, scenarios::Profile profile,
                                                   uint64_t seed);

}  // namespace raidsim::harness
