// engine/policy/fifo.cpp: first come, first served; draws nothing.
#include "engine/policy/policies.h"

namespace raidsim::policies {
namespace {

class Fifo final : public Policy {
 public:
  size_t pick(Candidates) override { return 0; }
};

}  // namespace

std::unique_ptr<Policy> make_fifo() { return std::make_unique<Fifo>(); }

}  // namespace raidsim::policies
