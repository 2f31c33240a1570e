#include "engine/simulation.h"

#include "engine/sync/wait_graph.h"

namespace raidsim {

FiberId Simulation::running_fiber() const noexcept {
  const FiberBlock* const fiber = Kernel::current() == &kernel_ ? Kernel::running() : nullptr;
  return fiber == nullptr ? FiberId::none : fiber->id;
}

std::vector<BlockedFiber> Simulation::blocked_fibers() const { return WaitGraph(kernel_).blocked(); }

std::string Simulation::wait_graph() const { return WaitGraph(kernel_).text(); }

}  // namespace raidsim
