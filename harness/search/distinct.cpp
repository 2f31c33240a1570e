#include "harness/search/distinct.h"

#include <fmt/core.h>

#include <algorithm>

namespace raidsim::harness {

void DistinctFailures::note(const Item& item, uint64_t trace_hash, const std::vector<BrokenInvariant>& broken) {
  const auto expectation = [](const BrokenInvariant& b) { return b.id == "EXPECT"; };
  const auto unmet = std::count_if(broken.begin(), broken.end(), expectation);
  bool told = false;
  for (const BrokenInvariant& b : broken) {
    if (!expectation(b)) {
      note_one(item, trace_hash, b, b.id == "PROCESS");
    } else if (!told) {
      told = true;
      BrokenInvariant first = b;
      if (unmet > 1) first.text += fmt::format(" (and {} more unmet in that run)", unmet - 1);
      note_one(item, trace_hash, first, true);
    }
  }
}

void DistinctFailures::note_one(const Item& item, uint64_t trace_hash, BrokenInvariant broken, bool of_scenario) {
  DistinctFailure& failure = failures_[{broken.id, broken.place, of_scenario ? item.scenario : any_scenario}];
  const uint64_t before = failure.count++;
  if (before > 0 && std::tie(failure.seed, failure.scenario) < std::tie(item.seed, item.scenario)) return;
  failure.id = std::move(broken.id);
  failure.place = std::move(broken.place);
  failure.text = std::move(broken.text);
  failure.scenario = item.scenario;
  failure.seed = item.seed;
  failure.trace_hash = trace_hash;
}

std::vector<DistinctFailure> DistinctFailures::in_order() const {
  std::vector<DistinctFailure> out;
  for (const auto& [key, failure] : failures_) out.push_back(failure);
  std::stable_sort(out.begin(), out.end(), [](const DistinctFailure& a, const DistinctFailure& b) {
    return std::tie(a.seed, a.scenario, a.id, a.place) < std::tie(b.seed, b.scenario, b.id, b.place);
  });
  return out;
}

}  // namespace raidsim::harness
