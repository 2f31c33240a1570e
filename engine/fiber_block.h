// engine/fiber_block.h: all that the engine knows of one fiber. A block belongs to a pooled worker and
// serves one fiber after the other; id, name and the rest are set anew by each spawn, so nothing of the
// pool's history can be seen from inside.
#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/event.h"
#include "engine/fiber.h"
#include "engine/stack.h"
#include "engine/sync/held_locks.h"
#include "engine/sync/wait_list.h"

namespace raidsim {

class Host;
class Kernel;
struct FiberBlock;

struct FiberTimer : Event {
  FiberTimer(Action action, FiberBlock& owner) : Event(action), fiber(&owner) {}
  FiberBlock* fiber;
};

struct FiberBlock {
  static constexpr size_t body_bytes = 64;
  /// Why the fast path of a scheduling point is closed.
  enum Slow : uint8_t { preemptive = 1, killed = 2, unwound = 4, held_off = 8 };

  explicit FiberBlock(Event::Action timer_action) : timer(timer_action, *this) {}

  // What a switch touches.
  void* context = nullptr;          ///< the stack-switch library's handle
  FiberBlock* next = nullptr;       ///< in the ready list, the list of killed ones, or the pool
  uint64_t exceptions[2] = {0, 0};  ///< this fiber's share of __cxa_get_globals(), while it does not run
  Kernel* kernel = nullptr;
  FiberId id{};
  WaitReason reason{};
  uint8_t slow = 0;
  bool ready = false;      ///< in the ready list; of one that is held off, in the list of those set aside
  bool timed_out = false;  ///< the timer ended the wait
  SimTime since{};         ///< when the wait began
  const Waitable* waits_for = nullptr;

  // Waiting.
  WaitList* wait_list = nullptr;
  FiberBlock* wait_next = nullptr;
  FiberBlock* wait_previous = nullptr;
  FiberTimer timer;
  HeldLocks held;

  // Identity.
  const char* name = "";
  FiberId parent{};
  bool daemon = false;
  bool live = false;
  Host* host = nullptr;
  FiberBlock* live_next = nullptr;  ///< all fibers of the run, by logical id
  FiberBlock* live_previous = nullptr;
  uint32_t idle_waits = 0;  ///< suspensions that did nothing because the fiber is killed

  // The body, copied here by spawn. With `run` false it is destroyed unrun.
  void (*invoke)(void* body, bool run) = nullptr;
  alignas(16) std::byte body[body_bytes];

  // The worker.
  size_t stack_bytes = 0;
  StackRange stack;
  void* fake_stack = nullptr;  ///< AddressSanitizer's
  bool retire = false;         ///< the worker's loop ends

  [[nodiscard]] bool is_held_off() const noexcept { return (slow & held_off) != 0; }
  [[nodiscard]] bool is_killed() const noexcept { return (slow & killed) != 0; }
};

inline void WaitList::push_back(FiberBlock& fiber) noexcept {
  fiber.wait_list = this;
  fiber.wait_next = nullptr;
  fiber.wait_previous = tail_;
  (tail_ == nullptr ? head_ : tail_->wait_next) = &fiber;
  tail_ = &fiber;
  ++size_;
}

inline void WaitList::remove(FiberBlock& fiber) noexcept {
  (fiber.wait_previous == nullptr ? head_ : fiber.wait_previous->wait_next) = fiber.wait_next;
  (fiber.wait_next == nullptr ? tail_ : fiber.wait_next->wait_previous) = fiber.wait_previous;
  fiber.wait_list = nullptr;
  --size_;
}

inline FiberBlock& WaitList::pop_front() noexcept {
  FiberBlock& fiber = *head_;
  remove(fiber);
  return fiber;
}

}  // namespace raidsim
