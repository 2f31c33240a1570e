// engine/policy/pct.cpp: probabilistic concurrency testing.
//
// Every fiber and every event has a random priority and the highest one runs. At d-1 random decisions the one
// about to run drops below all others, to a rank of its own. A bug that needs d ordering constraints among n
// parties in k decisions is found by one run with probability 1 / (n k^(d-1)) at least.
//
// Decisions are counted where there was something to choose. A change point that the theory would place on a step
// without alternative acts the same at the next decision, so counting fewer steps only raises the bound. A fiber
// is one party; an event is a party of one step, and counts in n where events compete with each other.
//
// Source  Burckhardt et al., "A randomized scheduler with probabilistic guarantees of finding bugs", ASPLOS 2010
#include <algorithm>

#include "engine/choice.h"
#include "engine/policy/policies.h"

namespace raidsim::policies {
namespace {

constexpr uint64_t priorities = uint64_t{1} << 32;  ///< of fibers and events that were never lowered

class Pct final : public Policy {
 public:
  Pct(const PolicyOptions& options, ChoiceStream& schedule) : schedule_(schedule) {
    const uint64_t steps = std::max<uint64_t>(options.pct_steps, 1);
    for (uint32_t point = 1; point < options.pct_depth; ++point) {
      const uint64_t before_last = schedule_.below(steps, ChoiceKind::schedule);
      change_points_.push_back(steps - 1 - before_last);  // draw 0: at the end, where it disturbs least
    }
    event_salt_ = schedule_.below(priorities, ChoiceKind::schedule);
  }

  size_t pick(Candidates candidates) override {
    size_t best = highest(candidates);
    for (size_t point = 0; point < change_points_.size(); ++point) {
      if (change_points_[point] != step_) continue;
      lower(candidates[best], point);
      best = highest(candidates);
    }
    ++step_;
    return best;
  }

 private:
  struct LoweredEvent {
    uint64_t sequence;
    uint64_t rank;
  };

  size_t highest(Candidates candidates) {
    size_t best = 0;
    uint64_t best_priority = priority(candidates[0]);
    for (size_t i = 1; i < candidates.size(); ++i) {
      const uint64_t each = priority(candidates[i]);
      if (each > best_priority) {  // equals: the earlier candidate, as fifo would
        best = i;
        best_priority = each;
      }
    }
    return best;
  }

  // Ranks of lowered parties are 0 .. d-2; all others lie above them.
  uint64_t first_rank() const { return change_points_.size(); }

  uint64_t priority(const Candidate& candidate) {
    return candidate.is_event() ? event_priority(candidate.sequence) : fiber_priority(candidate.fiber);
  }

  uint64_t fiber_priority(FiberId fiber) {
    const auto index = static_cast<size_t>(fiber);
    if (index >= fiber_priorities_.size()) fiber_priorities_.resize(index + 1);
    uint64_t& known = fiber_priorities_[index];  // 0: not met yet, else priority + 1
    if (known == 0) known = first_rank() + schedule_.below(priorities, ChoiceKind::schedule) + 1;
    return known - 1;
  }

  // Events come by the million and are met once or twice: their priorities are a hash and take no memory.
  uint64_t event_priority(uint64_t sequence) const {
    for (const LoweredEvent& lowered : lowered_events_) {
      if (lowered.sequence == sequence) return lowered.rank;
    }
    if (event_salt_ == 0) return first_rank();
    uint64_t mixed = sequence ^ (event_salt_ << 32);
    return first_rank() + split_mix(mixed) % priorities;
  }

  void lower(const Candidate& candidate, uint64_t rank) {
    if (!candidate.is_event()) {
      fiber_priorities_[static_cast<size_t>(candidate.fiber)] = rank + 1;
      return;
    }
    for (LoweredEvent& lowered : lowered_events_) {
      if (lowered.sequence == candidate.sequence) {
        lowered.rank = rank;
        return;
      }
    }
    lowered_events_.push_back({candidate.sequence, rank});
  }

  ChoiceStream& schedule_;
  std::vector<uint64_t> change_points_;  ///< decision at which the party about to run drops to that index's rank
  std::vector<uint64_t> fiber_priorities_;
  std::vector<LoweredEvent> lowered_events_;
  uint64_t event_salt_ = 0;
  uint64_t step_ = 0;
};

}  // namespace

std::unique_ptr<Policy> make_pct(const PolicyOptions& options, ChoiceStream& schedule) {
  return std::make_unique<Pct>(options, schedule);
}

}  // namespace raidsim::policies
