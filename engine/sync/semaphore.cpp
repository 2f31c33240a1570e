#include "engine/sync/semaphore.h"

#include "engine/kernel.h"
#include "engine/run_end.h"

namespace raidsim {

void Semaphore::acquire() {
  FiberBlock& me = Kernel::caller();
  if (me.slow != 0) [[unlikely]] {
    if (Kernel::dead_end(me)) return;
    me.kernel->preempt(me);
    if (Kernel::dead_end(me)) return;
  }
  if (!take_or_wait(me)) [[unlikely]]
    Kernel::throw_killed(me);
}

bool Semaphore::acquire_unless_killed() {
  FiberBlock& me = Kernel::caller();
  if (me.slow != 0) [[unlikely]] {
    if (me.is_killed()) return false;
    me.kernel->preempt(me);
    if (me.is_killed()) return false;
  }
  return take_or_wait(me);
}

/// False: killed while it waited.
inline bool Semaphore::take_or_wait(FiberBlock& me) {
  if (count_ > 0) {
    --count_;
    return true;
  }
  waiters_.push_back(me);
  me.kernel->wait(me, WaitReason::semaphore, this);  // release() gave us one
  return !me.is_killed();
}

bool Semaphore::try_acquire() {
  FiberBlock* const me = Kernel::running();
  if (count_ == 0 || (me != nullptr && me->is_killed())) return false;
  --count_;
  return true;
}

void Semaphore::release(uint64_t n) {
  FiberBlock* const me = Kernel::running();
  if (me != nullptr && me->is_killed()) [[unlikely]]
    return;
  const bool wakes = n > 0 && !waiters_.empty();
  for (; n > 0 && !waiters_.empty(); --n) {
    FiberBlock& fiber = waiters_.pop_front();
    fiber.kernel->make_ready(fiber);
  }
  count_ += n;
  if (wakes && me != nullptr) me->kernel->preempt(*me);
}

void Semaphore::died_in_use() noexcept {
  note_broken("a semaphore that is destroyed is not waited for");
  waiters_.detach_all();
}

}  // namespace raidsim
