#include "engine/sync/mutex.h"

#include "engine/assert.h"
#include "engine/kernel.h"

namespace raidsim {

inline void Mutex::take(FiberBlock& me) {
  owner_ = &me;
  me.held.add(*this);
}

void Mutex::lock() {
  FiberBlock& me = Kernel::caller();
  if (owner_ == nullptr && me.slow == 0) [[likely]] {
    me.kernel->lock_order.requested(*this, me.held, me.id, me.kernel->now());
    take(me);
    return;
  }
  lock_slowly(me);
}

void Mutex::lock_slowly(FiberBlock& me) {
  Kernel& kernel = *me.kernel;
  kernel.preempt(me);
  if (!me.is_killed()) {
    kernel.lock_order.requested(*this, me.held, me.id, kernel.now());
    if (owner_ == nullptr) return take(me);
    RAIDSIM_ASSERT(owner_ != &me);  // taken twice: it would wait for itself
    waiters_.push_back(me);
    kernel.wait(me, WaitReason::mutex, this);  // pass_on() made it ours
  }
  if (me.is_killed() && !lock_class().leaf) kernel.throw_killed(me);
}

bool Mutex::try_lock() {
  FiberBlock& me = Kernel::caller();
  if (Kernel::dead_end(me)) return false;
  if (owner_ != nullptr) return false;
  take(me);
  return true;
}

void Mutex::unlock() {
  FiberBlock* const me = Kernel::running();
  if (me == nullptr || me->is_killed()) [[unlikely]]
    return;
  if (owner_ != me) [[unlikely]]
    return note_broken("a mutex is unlocked by its owner");
  me->held.remove(*this);
  if (pass_on()) [[unlikely]]
    me->kernel->preempt(*me);
}

bool Mutex::pass_on() noexcept {
  if (waiters_.empty()) [[likely]] {
    owner_ = nullptr;
    return false;
  }
  FiberBlock& next = waiters_.pop_front();
  take(next);
  next.kernel->make_ready(next);
  return true;
}

void Mutex::owner_died(const Lock& lock) {
  auto& mutex = const_cast<Mutex&>(static_cast<const Mutex&>(lock));
  (void)mutex.pass_on();
}

void Mutex::died_in_use() noexcept {
  note_broken("a mutex that is destroyed is neither held nor waited for");
  if (owner_ != nullptr) owner_->held.remove(*this);
  waiters_.detach_all();
}

FiberId Mutex::owner() const noexcept { return owner_ == nullptr ? FiberId::none : owner_->id; }

}  // namespace raidsim
