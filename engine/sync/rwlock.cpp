#include "engine/sync/rwlock.h"

#include <utility>

#include "engine/assert.h"
#include "engine/kernel.h"
#include "engine/sync/observer.h"

namespace raidsim {

RwHold::RwHold(RwLock& lock, FiberBlock& taker) noexcept : lock_(&lock), taker_(&taker), taken_by_(taker.id) {
  taker.held.add(lock);
}

RwHold::RwHold(RwHold&& other) noexcept
    : lock_(std::exchange(other.lock_, nullptr)), taker_(other.taker_), taken_by_(other.taken_by_) {}

RwHold& RwHold::operator=(RwHold&& other) noexcept {
  if (this == &other) return *this;
  if (!has_nothing_to_release()) note_broken("a hold that is assigned to holds nothing");
  lock_ = std::exchange(other.lock_, nullptr);
  taker_ = other.taker_;
  taken_by_ = other.taken_by_;
  return *this;
}

bool RwHold::has_nothing_to_release() const noexcept { return lock_ == nullptr || Kernel::running() == nullptr; }

void RwHold::detach() noexcept {
  if (lock_ == nullptr || taker_ == nullptr) return;
  if (taker_->live && taker_->id == taken_by_) taker_->held.remove(*lock_);
  taker_ = nullptr;
}

RwLock* RwHold::give_up() noexcept {
  RwLock* const lock = std::exchange(lock_, nullptr);
  const FiberBlock* const me = Kernel::running();
  if (me != nullptr && me->is_killed()) [[unlikely]]
    return nullptr;
  if (lock == nullptr) [[unlikely]] {
    note_broken("a hold is released once");
    return nullptr;
  }
  const bool taker_lives = taker_ != nullptr && taker_->live && taker_->id == taken_by_;
  if (taker_lives) taker_->held.remove(*lock);
  return lock;
}

void ReadHold::release() {
  RwLock* const lock = give_up();
  if (lock != nullptr) lock->leave_reader();
}

void WriteHold::release() {
  RwLock* const lock = give_up();
  if (lock != nullptr) lock->leave_writer();
}

bool RwLock::enter(FiberBlock& me) {
  if (me.slow != 0) [[unlikely]] {
    if (Kernel::dead_end(me)) return false;
    me.kernel->preempt(me);
    if (Kernel::dead_end(me)) return false;
  }
  me.kernel->lock_order.requested(*this, me.held, me.id, me.kernel->now());
  return true;
}

bool RwLock::wait(FiberBlock& me, WaitReason reason) {
  waiters_.push_back(me);
  me.kernel->block(me, reason, this);
  return !me.is_killed();
}

ReadHold RwLock::read() {
  FiberBlock& me = Kernel::caller();
  if (!enter(me)) return {};
  while (writer_ || wanabe_ != 0) {
    if (!wait(me, WaitReason::read_lock)) return {};
  }
  ++readers_;
  return {*this, me};
}

WriteHold RwLock::write() {
  FiberBlock& me = Kernel::caller();
  if (!enter(me)) return {};
  while (writer_ || readers_ != 0) {
    ++wanabe_;
    if (!wait(me, WaitReason::write_lock)) return {};
    --wanabe_;
  }
  writer_ = true;
  return {*this, me};
}

bool RwLock::try_upgrade(ReadHold& from, WriteHold& to) {
  FiberBlock& me = Kernel::caller();
  if (Kernel::dead_end(me)) return false;
  RAIDSIM_ASSERT(from.is_for(*this));
  if (readers_ != 1) return false;
  (void)from.give_up();
  readers_ = 0;
  writer_ = true;
  to = WriteHold(*this, me);
  return true;
}

ReadHold RwLock::downgrade(WriteHold& from) {
  FiberBlock& me = Kernel::caller();
  if (Kernel::dead_end(me)) return {};
  RAIDSIM_ASSERT(from.is_for(*this));
  (void)from.give_up();
  ++readers_;
  ReadHold result(*this, me);
  leave_writer();
  return result;
}

void RwLock::leave_reader() {
  if (writer_ || readers_ == 0) return note_broken("a reader that leaves was inside");  // tokens die: no throw
  --readers_;
  if (wanabe_ != 0 && readers_ == 0) broadcast();
}

void RwLock::leave_writer() {
  if (!writer_) return note_broken("a writer that leaves was inside");
  writer_ = false;
  Kernel* const kernel = Kernel::current();
  if (kernel != nullptr) {
    const FiberBlock* const me = Kernel::running();
    kernel->record(trace_kind::write_release, me == nullptr ? 0 : static_cast<uint32_t>(me->id), instance(),
                   waiters_.size(), lock_class().level);
    if (kernel->observer != nullptr) kernel->observer->on_write_release(*this);
  }
  broadcast();
}

void RwLock::broadcast() {
  if (waiters_.empty()) return;
  while (!waiters_.empty()) {
    FiberBlock& fiber = waiters_.pop_front();
    fiber.kernel->make_ready(fiber);
  }
  FiberBlock* const me = Kernel::running();
  if (me != nullptr) me->kernel->preempt(*me);
}

void RwLock::died_in_use() noexcept {
  const bool at_work = Kernel::running() != nullptr && !Kernel::running()->is_killed();
  if (at_work) note_broken("a reader/writer lock that is destroyed is neither held nor waited for");
  waiters_.detach_all();
}

}  // namespace raidsim
