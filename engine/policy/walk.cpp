// engine/policy/walk.cpp: a random walk that aims at every schedule alike, not every decision alike.
//
// With all candidates alike, a fiber with many steps left runs late in most schedules. Taking each candidate with
// probability (steps it has left) / (steps all have left) makes every interleaving of fixed step sequences equally
// probable: the products of these fractions telescope to one over the multinomial coefficient. What it needs is
// each fiber's number of steps, and that is only an estimate: the decisions it won in an earlier run
// (PolicyOptions::walk_steps), or one number for all. A fiber that outlives its estimate has one step left, as an
// event always has. The weights see neither blocking nor spawning ahead, so in programs with locks the walk
// is near uniform, not uniform.
//
// Source  Zhao et al., "Selectively uniform concurrency testing", ASPLOS 2025
#include "engine/choice.h"
#include "engine/policy/policies.h"

namespace raidsim::policies {
namespace {

class Walk final : public Policy {
 public:
  Walk(const PolicyOptions& options, ChoiceStream& schedule)
      : schedule_(schedule), estimates_(options.walk_steps), estimate_default_(options.walk_steps_default) {}

  size_t pick(Candidates candidates) override {
    uint64_t total = 0;
    for (const Candidate& candidate : candidates) total += weight(candidate);
    uint64_t target = schedule_.below(total, ChoiceKind::schedule);
    for (size_t i = 0; i + 1 < candidates.size(); ++i) {
      const uint64_t each = weight(candidates[i]);
      if (target < each) return taken(candidates, i);
      target -= each;
    }
    return taken(candidates, candidates.size() - 1);
  }

  [[nodiscard]] std::vector<uint32_t> fiber_steps() const override { return steps_; }

 private:
  [[nodiscard]] uint64_t weight(const Candidate& candidate) const {
    if (candidate.is_event()) return 1;
    const auto index = static_cast<size_t>(candidate.fiber);
    const uint32_t estimate = index < estimates_.size() ? estimates_[index] : estimate_default_;
    const uint32_t done = index < steps_.size() ? steps_[index] : 0;
    return estimate > done ? estimate - done : 1;
  }

  size_t taken(Candidates candidates, size_t i) {
    if (!candidates[i].is_event()) {
      const auto index = static_cast<size_t>(candidates[i].fiber);
      if (index >= steps_.size()) steps_.resize(index + 1);
      ++steps_[index];
    }
    return i;
  }

  ChoiceStream& schedule_;
  std::vector<uint32_t> estimates_;
  uint32_t estimate_default_;
  std::vector<uint32_t> steps_;
};

}  // namespace

std::unique_ptr<Policy> make_walk(const PolicyOptions& options, ChoiceStream& schedule) {
  return std::make_unique<Walk>(options, schedule);
}

}  // namespace raidsim::policies
