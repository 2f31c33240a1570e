// engine/policy/random.cpp: every candidate alike at every point.
//
// The draw is the index itself, so a recorded run under this policy lists its decisions, and any sequence of
// decisions can be written as a tape for it.
#include "engine/choice.h"
#include "engine/policy/policies.h"

namespace raidsim::policies {
namespace {

class RandomPolicy final : public Policy {
 public:
  explicit RandomPolicy(ChoiceStream& schedule) : schedule_(schedule) {}
  size_t pick(Candidates candidates) override { return schedule_.below(candidates.size(), ChoiceKind::schedule); }

 private:
  ChoiceStream& schedule_;
};

}  // namespace

std::unique_ptr<Policy> make_random(ChoiceStream& schedule) { return std::make_unique<RandomPolicy>(schedule); }

}  // namespace raidsim::policies
