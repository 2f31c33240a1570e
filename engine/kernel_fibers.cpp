// Birth and death of fibers.
#include <algorithm>

#include "engine/assert.h"
#include "engine/host.h"
#include "engine/kernel.h"

namespace raidsim {

void FiberList::remove(FiberBlock& fiber) noexcept {
  FiberBlock* before = nullptr;
  for (FiberBlock* at = head; at != &fiber; at = at->next) before = at;
  (before == nullptr ? head : before->next) = fiber.next;
  if (tail == &fiber) tail = before;
}

FiberBlock& Kernel::new_fiber(const char* name, Host* host, bool daemon) {
  FiberBlock& fiber = scheduler_.take_worker(stack_bytes_);
  fiber.kernel = this;
  fiber.id = FiberId{++last_id_};
  fiber.name = name;
  fiber.parent = running_ == nullptr ? FiberId::none : running_->id;
  fiber.daemon = daemon;
  fiber.host = host;
  fiber.slow = asked_ == nullptr ? 0 : FiberBlock::preemptive;
  fiber.reason = WaitReason::ready;
  fiber.waits_for = nullptr;
  fiber.timed_out = false;
  fiber.idle_waits = 0;
  if (!holds_.empty() && is_held(fiber)) [[unlikely]]
    fiber.slow |= FiberBlock::held_off;
  fiber.live = true;
  fiber.live_next = nullptr;
  fiber.live_previous = live_tail_;
  (live_tail_ == nullptr ? live_head_ : live_tail_->live_next) = &fiber;
  live_tail_ = &fiber;
  ++live_count_;
  return fiber;
}

void Kernel::launch(FiberBlock& fiber) {
  const uint32_t host = fiber.host == nullptr ? 0 : fiber.host->joined();
  record(trace_kind::fiber_spawn, static_cast<uint32_t>(fiber.id), static_cast<uint64_t>(fiber.parent), host,
         fiber.daemon);
  make_ready(fiber);
  if (running_ != nullptr) preempt(*running_);
}

void Kernel::run_fiber(FiberBlock& worker) {
  Kernel& kernel = *worker.kernel;
  kernel.running_ = &worker;
  worker.reason = WaitReason::none;
  kernel.run_body(worker);
  kernel.running_ = nullptr;
  kernel.end_fiber(worker);
  Scheduler& scheduler = kernel.scheduler_;
  // From here on the worker may be given a new fiber by an event that next() runs; then it is chosen
  // itself, nothing is switched, and the body begins on the warm stack.
  FiberBlock& chosen = kernel.next();
  if (&chosen != &worker) scheduler.switch_to(worker, chosen);
}

void Kernel::run_body(FiberBlock& me) noexcept {
  try {
    me.invoke(me.body, !me.is_killed());
  } catch (const FiberKilled&) {
    if (!me.is_killed()) fail_by_exception();
  } catch (...) {
    if (!me.is_killed()) fail_by_exception();  // the dead report nothing
  }
}

void Kernel::end_fiber(FiberBlock& me) noexcept {
  record(trace_kind::fiber_exit, static_cast<uint32_t>(me.id));
  me.live = false;
  for (const Lock* lock : me.held.all()) {
    if (lock->abandon == nullptr) continue;  // the token of a reader or writer may live on elsewhere
    note_failure("a fiber that ends holds no mutex");
    lock->abandon(*lock);
  }
  me.held.clear();
  (me.live_previous == nullptr ? live_head_ : me.live_previous->live_next) = me.live_next;
  (me.live_next == nullptr ? live_tail_ : me.live_next->live_previous) = me.live_previous;
  --live_count_;
  if (me.host != nullptr && me.host->left()) interrupt();
  scheduler_.give_back(me);
}

/// Takes the fiber out of everything it waits in and puts it into the list of those who end next.
void Kernel::kill(FiberBlock& fiber) noexcept {
  if (fiber.is_killed()) return;
  record(trace_kind::fiber_kill, static_cast<uint32_t>(fiber.id), 0, 0, static_cast<uint16_t>(fiber.reason));
  fiber.slow |= FiberBlock::killed;
  stop_timer(fiber);
  if (fiber.wait_list != nullptr) fiber.wait_list->remove(fiber);
  if (fiber.ready) (fiber.is_held_off() ? set_aside_ : ready_).remove(fiber);
  fiber.ready = false;
  fiber.slow &= static_cast<uint8_t>(~FiberBlock::held_off);
  for (const Lock* lock : fiber.held.all()) {
    if (lock->abandon != nullptr) lock->abandon(*lock);  // survivors that wait must not wait for the dead
  }
  fiber.held.clear();
  FiberBlock** place = &killed_;
  while (*place != nullptr && (*place)->id < fiber.id) place = &(*place)->next;
  fiber.next = *place;
  *place = &fiber;
  interrupt();
}

void Kernel::host_is_dying(Host& host) noexcept {
  dying_.push_back(&host);
  interrupt();
}

uint32_t Kernel::add_host(Host& host) {
  hosts_.push_back(&host);
  return ++last_host_;
}

void Kernel::remove_host(Host& host) noexcept {
  if (running_ == nullptr && current_ == nullptr) end_all_fibers(&host);
  if (host.fibers() != 0) note_failure("a host that is destroyed has no fibers");
  for (FiberBlock* fiber = live_head_; fiber != nullptr; fiber = fiber->live_next) {
    if (fiber->host == &host) fiber->host = nullptr;
  }
  for (size_t i = holds_.size(); i-- > 0;) {
    if (holds_[i]->host == &host) let_go(i);
  }
  std::erase(dying_, &host);
  std::erase(hosts_, &host);
}

/// False when no host could be finished.
bool Kernel::finish_dying_hosts() {
  for (auto host = dying_.begin(); host != dying_.end(); ++host) {
    if ((*host)->fibers() != 0) continue;
    Host& dead = **host;
    dying_.erase(host);
    dead.finish_crash();
    return true;
  }
  return false;
}

void Kernel::end_all_fibers(Host* host) noexcept {
  for (FiberBlock* fiber = live_head_; fiber != nullptr; fiber = fiber->live_next) {
    if (host == nullptr || fiber->host == host) kill(*fiber);
  }
  if (killed_ == nullptr) return;
  if (current_ != nullptr) assertion_failed("fibers are ended from outside of a run");  // no way back: ends the program
  current_ = this;
  only_killed_ = true;
  step_end_ = 0;
  FiberBlock& first = next();
  if (&first != &scheduler_.main()) scheduler_.switch_to(scheduler_.main(), first);
  only_killed_ = false;
  current_ = nullptr;
}

}  // namespace raidsim
