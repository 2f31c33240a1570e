// harness/search/explore.h: many seeds of some scenarios, side by side in processes of their own.
//
//   parent ──fork──> worker 0: items 0, N, 2N ...    ──pipe──┐      an item is one scenario at one seed
//          ──fork──> worker 1: items 1, N+1, ...     ──pipe──┴──> parent: counts, distinct failures
//
// A worker that crashes costs the item it was on: the parent notes that one as a failure and forks another
// behind it. What is found does not depend on the number of workers.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/scenario.h"

namespace raidsim::harness {

struct ExploreOptions {
  uint64_t first_seed = 1;
  uint64_t last_seed = 100;                 ///< included
  std::chrono::milliseconds time_limit{0};  ///< 0: none; wall time
  scenarios::Profile profile = scenarios::Profile::none;
  uint32_t jobs = 1;
  std::chrono::milliseconds seed_limit{60'000};  ///< CPU time of one item, after which its worker is killed
  const std::atomic<bool>* stop = nullptr;       ///< once true the campaign ends with what it has found
  /// The scenario whose holes this seed fills; nothing for one without holes. Not set: none has any.
  std::function<std::optional<scenarios::Scenario>(size_t scenario, uint64_t seed)> refilled = {};
};

/// One kind of failure: same invariant, same place, whatever the scenario.
struct DistinctFailure {
  std::string id, place, text;
  size_t scenario = 0;
  uint64_t seed = 0;        ///< the first one in order
  uint64_t count = 0;       ///< runs that showed it
  uint64_t trace_hash = 0;  ///< of the first one; 0 when its process ended
};

struct ExploreResult {
  uint64_t runs = 0, failed = 0, events = 0;
  std::vector<DistinctFailure> failures;     ///< in order of seed and scenario
  std::map<std::string, uint64_t> outcomes;  ///< word -> runs
  size_t marks = 0;                          ///< RAIDSIM_SOMETIMES marks of the program
  std::vector<std::string> never_reached;    ///< those that no run reached
  bool stopped = false;                      ///< `stop` ended it before its seeds or its time did
};

/// Called some ten times a second and once at the end.
using ExploreProgress = std::function<void(uint64_t runs, uint64_t total, size_t distinct)>;

/// `scenarios` are used as they are; with a profile each seed draws a script of its own.
///
/// Shape   at least one scenario; the process has no other threads (workers are forked)
/// Errors  std::runtime_error: no process could be made, or each ended before its first item
[[nodiscard]] ExploreResult explore(const std::vector<scenarios::Scenario>& scenarios, const ExploreOptions& options,
                                    const ExploreProgress& progress);

/// The scenario that a seed runs: the drawing of `profile` for it, else of the base's own profile, else the base with
/// that seed. What comes back has no profile left to draw.
[[nodiscard]] scenarios::Scenario scenario_of_seed(const scenarios::Scenario& base, scenarios::Profile profile,
                                                   uint64_t seed);

}  // namespace raidsim::harness
