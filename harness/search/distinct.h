// harness/search/distinct.h: which failures of a campaign are one and the same.
//
//   an invariant                equal id and place are one failure, in whatever scenario: it is one bug
//   an unmet expectation        belongs to its scenario; those of one run have one cause and count as one
//   a process that ended        equal way of ending, and the scenario
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "harness/search/explore.h"
#include "harness/search/items.h"
#include "harness/search/worker.h"

namespace raidsim::harness {

class DistinctFailures {
 public:
  /// Notes what one run broke. Of each kind the first run in order of seed and scenario is kept.
  void note(const Item& item, uint64_t trace_hash, const std::vector<BrokenInvariant>& broken);
  [[nodiscard]] size_t size() const noexcept { return failures_.size(); }
  [[nodiscard]] std::vector<DistinctFailure> in_order() const;

 private:
  void note_one(const Item& item, uint64_t trace_hash, BrokenInvariant broken, bool of_scenario);

  static constexpr size_t any_scenario = ~size_t{0};
  std::map<std::tuple<std::string, std::string, size_t>, DistinctFailure> failures_;
};

}  // namespace raidsim::harness
