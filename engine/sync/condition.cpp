#include "engine/sync/condition.h"

#include "engine/assert.h"
#include "engine/kernel.h"

namespace raidsim {

void CondVar::wait_released(FiberBlock& me, Mutex& mutex) {
  RAIDSIM_ASSERT(mutex.owner_ == &me);
  waiters_.push_back(me);
  me.timed_out = false;
  me.held.remove(mutex);
  (void)mutex.pass_on();
  me.kernel->block(me, WaitReason::condition, this);
  mutex.lock();
}

void CondVar::wait(MutexLock& held) {
  FiberBlock& me = Kernel::caller();
  if (Kernel::dead_end(me)) return;
  wait_released(me, held.mutex());
}

bool CondVar::wait_for(MutexLock& held, Duration timeout) {
  FiberBlock& me = Kernel::caller();
  if (Kernel::dead_end(me)) return false;
  me.kernel->start_timer(me, after(me.kernel->now(), timeout));
  wait_released(me, held.mutex());
  return !me.timed_out;
}

void CondVar::wake_first() noexcept {
  FiberBlock& fiber = waiters_.pop_front();
  fiber.kernel->stop_timer(fiber);
  fiber.kernel->make_ready(fiber);
}

void CondVar::notify_one() {
  FiberBlock* const me = Kernel::running();
  if (waiters_.empty() || (me != nullptr && me->is_killed())) return;
  wake_first();
  if (me != nullptr) me->kernel->preempt(*me);
}

void CondVar::notify_all() {
  FiberBlock* const me = Kernel::running();
  if (waiters_.empty() || (me != nullptr && me->is_killed())) return;
  while (!waiters_.empty()) wake_first();
  if (me != nullptr) me->kernel->preempt(*me);
}

void CondVar::died_in_use() noexcept {
  note_broken("a condition that is destroyed is not waited for");
  waiters_.detach_all();
}

}  // namespace raidsim
