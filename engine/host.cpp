#include "engine/host.h"

#include "engine/assert.h"
#include "engine/simulation.h"

namespace raidsim {

Host::Host(Simulation& simulation, const char* name)
    : kernel_(&simulation.kernel()), name_(name), number_(kernel_->add_host(*this)) {}

Host::~Host() {
  if (kernel_ != nullptr) kernel_->remove_host(*this);
}

Simulation& Host::simulation() const noexcept { return kernel_->simulation(); }

uint32_t Host::joined() noexcept {
  ++fibers_;
  return number_;
}

bool Host::may_spawn() const {
  if (up()) [[likely]]
    return true;
  const FiberBlock* const spawner = Kernel::running();
  RAIDSIM_ASSERT(spawner != nullptr && spawner->is_killed());  // only the dying may still try
  return false;
}

void Host::crash() {
  if (!up()) return;
  state_ = State::dying;
  kernel_->record(trace_kind::host_crash, number_, epoch_, fibers_);
  for (FiberBlock* fiber = kernel_->first_live(); fiber != nullptr; fiber = fiber->live_next) {
    if (fiber->host == this) kernel_->kill(*fiber);
  }
  kernel_->host_is_dying(*this);
  FiberBlock* const me = Kernel::running();
  if (me != nullptr && me->host == this) kernel_->end_killed(*me);
}

void Host::finish_crash() {
  state_ = State::dead;
  kernel_->record(trace_kind::host_dead, number_, epoch_);
  if (on_dead_ != nullptr) EventQueue::act(*on_dead_);
}

void Host::boot() {
  RAIDSIM_ASSERT(dead());
  ++epoch_;
  state_ = State::up;
  kernel_->record(trace_kind::host_boot, number_, epoch_);
}

}  // namespace raidsim
