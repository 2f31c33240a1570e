// engine/kernel.h: the mechanism behind Simulation: who runs, who is ready, who waits, what is due.
// For the engine's own files (sync/, host.cpp, scheduler.cpp); everyone else uses simulation.h.
//
// A fiber that gives up the processor calls next() on its own stack. next() runs due events until a
// fiber is to go on, and returns it; if that is the caller nothing is switched at all. There is no loop
// fiber: the main stack runs only before the first fiber and after the end of the run.
//
//   KE-1  A block is in at most one of: ready list, list of those set aside, list of killed ones, a wait list (with or
//         without timer).
//   KE-2  No event acts and no other fiber runs while a killed fiber has not ended.
//   KE-4  A fiber that is held off (hold.h) does not run, however ready it is, and no policy sees it.
//   KE-3  Nothing read here depends on addresses or on which pooled worker serves a fiber.
#pragma once

#include <cstdint>
#include <memory>
#include <new>
#include <source_location>
#include <type_traits>
#include <utility>
#include <vector>

#include "engine/choice.h"
#include "engine/event_queue.h"

#include "engine/fiber_block.h"
#include "engine/hold.h"
#include "engine/policy/policy.h"
#include "engine/run_end.h"
#include "engine/scheduler.h"
#include "engine/sync/lock_order.h"
#include "engine/time.h"
#include "engine/trace/kinds.h"
#include "engine/trace/recorder.h"

namespace raidsim {

class Simulation;
class SyncObserver;
struct SimulationOptions;

/// First come first served list of fibers, linked by FiberBlock::next.
struct FiberList {
  FiberBlock* head = nullptr;
  FiberBlock* tail = nullptr;
  void push_back(FiberBlock& fiber) noexcept {
    fiber.next = nullptr;
    (head == nullptr ? head : tail->next) = &fiber;
    tail = &fiber;
  }
  void push_front(FiberBlock& fiber) noexcept {
    fiber.next = head;
    head = &fiber;
    if (tail == nullptr || fiber.next == nullptr) tail = &fiber;
  }
  FiberBlock& pop_front() noexcept {
    FiberBlock& fiber = *head;
    head = fiber.next;
    return fiber;
  }
  void remove(FiberBlock& fiber) noexcept;
};

class Kernel {
 public:
  Kernel(Simulation& simulation, const SimulationOptions& options);
  ~Kernel();
  Kernel(const Kernel&) = delete;
  Kernel& operator=(const Kernel&) = delete;

  /// The one that runs on this thread now; null outside of run().
  [[nodiscard]] static Kernel* current() noexcept { return current_; }
  /// The fiber whose code runs now; null in an event's action and outside of run().
  [[nodiscard]] static FiberBlock* running() noexcept { return current_ == nullptr ? nullptr : current_->running_; }
  /// The same, demanded: a suspension outside of a fiber is the caller's bug.
  [[nodiscard]] static FiberBlock& caller() {
    FiberBlock* const fiber = running();
    if (fiber == nullptr) [[unlikely]]
      not_in_a_fiber();
    return *fiber;
  }

  // Scheduling points of `me`, the running fiber.

  /// Waits until somebody calls make_ready(me). Throws FiberKilled when the fiber is killed meanwhile.
  void block(FiberBlock& me, WaitReason reason, const Waitable* what) {
    wait(me, reason, what);
    if (me.is_killed()) [[unlikely]]
      throw_killed(me);
  }
  /// The same, but returns also when killed.
  void wait(FiberBlock& me, WaitReason reason, const Waitable* what);
  /// Lets the policy run somebody else although `me` could go on. Does nothing under fifo. Never throws.
  void preempt(FiberBlock& me) {
    if (me.slow == FiberBlock::preemptive) [[unlikely]]
      give_way(me, true);
  }
  void yield(FiberBlock& me);
  void sleep_until(FiberBlock& me, SimTime at);

  void make_ready(FiberBlock& fiber) noexcept {
    fiber.ready = true;
    (fiber.is_held_off() ? set_aside_ : ready_).push_back(fiber);
  }
  void start_timer(FiberBlock& me, SimTime at) { queue_.push(me.timer, at < now_ ? now_ : at); }
  void stop_timer(FiberBlock& fiber) noexcept {
    if (fiber.timer.pending()) queue_.remove(fiber.timer);
  }
  /// Throws FiberKilled, or returns when the fiber unwinds already.
  static void throw_killed(FiberBlock& me);
  /// True when a killed fiber must do nothing here. Throws FiberKilled when it may still be thrown.
  [[nodiscard]] static bool dead_end(FiberBlock& me) {
    if (!me.is_killed()) [[likely]]
      return false;
    throw_killed(me);
    return true;
  }

  // Fibers.

  template <class Body>
  FiberId spawn(const char* name, Host* host, bool daemon, Body body);
  static void run_fiber(FiberBlock& worker);  ///< a worker's turn: one body, then the next fiber
  static void wake_by_timer(Event& event);    ///< the action of every FiberBlock::timer
  void kill(FiberBlock& fiber) noexcept;      ///< ends before anything else runs
  void end_killed(FiberBlock& me);            ///< `me`, just killed, waits for its turn to end
  uint32_t add_host(Host& host);              ///< returns its number in the run, from 1
  void remove_host(Host& host) noexcept;
  void host_is_dying(Host& host) noexcept;
  void end_all_fibers(Host* host) noexcept;  ///< outside of run(): at once; null for all
  [[nodiscard]] FiberBlock* first_live() const noexcept { return live_head_; }
  [[nodiscard]] size_t live_fibers() const noexcept { return live_count_; }
  [[nodiscard]] bool alive(const FiberBlock* fiber, FiberId id) const noexcept {
    return fiber != nullptr && fiber->live && fiber->kernel == this && fiber->id == id;
  }

  // Fibers that are held off (hold.h).

  void hold(std::unique_ptr<Hold> hold);
  void let_go_of_all() noexcept;
  static void hold_is_over(Event& event);  ///< the action of every Hold

  // The run.

  RunEnd run(SimTime until, uint64_t events);
  void stop() noexcept;
  void fail(Failure failure) noexcept;
  /// As fail(); nothing in a killed fiber, whose world is half torn down.
  void note_failure(const char* fact, std::source_location where = std::source_location::current()) noexcept;
  /// Whether mark number `site` (assert.h) was reached for the first time in this run.
  [[nodiscard]] bool first_reach(size_t site);
  [[nodiscard]] const Failure* failure() const noexcept { return failure_.get(); }

  void schedule(Event& event, SimTime at) { queue_.push(event, at < now_ ? now_ : at); }

  void record(TraceKind kind, uint32_t actor, uint64_t a = 0, uint64_t b = 0, uint16_t flags = 0) {
    recorder.add(now_, kind, actor, a, b, flags);
  }
  [[nodiscard]] SimTime now() const noexcept { return now_; }
  [[nodiscard]] uint64_t steps() const noexcept { return steps_; }
  [[nodiscard]] size_t pending_events() const noexcept { return queue_.size(); }
  [[nodiscard]] EventQueue& queue() noexcept { return queue_; }
  [[nodiscard]] Simulation& simulation() const noexcept { return simulation_; }
  [[nodiscard]] const Policy* policy() const noexcept { return policy_.get(); }

  Choices choices;
  Recorder recorder;
  LockOrder lock_order;
  SyncObserver* observer = nullptr;

 private:
  [[noreturn]] static void not_in_a_fiber();
  void give_way(FiberBlock& me, bool first);
  [[nodiscard]] bool sleeps_alone(SimTime at) const noexcept;
  void switch_away(FiberBlock& me);
  FiberBlock& next() noexcept;
  FiberBlock* next_by_policy();
  void act(Event& event) {
    if (event.due() > now_) now_ = event.due();
    EventQueue::act(event);
  }
  FiberBlock* interrupted();
  bool finish_dying_hosts();
  FiberBlock& end_run(RunEnd end) noexcept;
  void fail_by_exception() noexcept;
  void interrupt() noexcept { step_end_ = 0; }
  [[nodiscard]] bool is_held(const FiberBlock& fiber) const noexcept;
  void let_go(size_t hold) noexcept;
  /// Ends the holds whose steps are over; the first step at which one of the others is.
  uint64_t let_go_by_steps() noexcept;
  /// Nothing else is left to happen: false when nobody is set aside either.
  bool let_go_when_idle() noexcept;
  FiberBlock& new_fiber(const char* name, Host* host, bool daemon);
  void launch(FiberBlock& fiber);
  void end_fiber(FiberBlock& me) noexcept;
  void run_body(FiberBlock& me) noexcept;
  [[nodiscard]] static bool spawner_is_dead() noexcept { return running() != nullptr && running()->is_killed(); }
  void note_leaf_wait(const FiberBlock& me, WaitReason reason, const Waitable* what);

  inline static constinit thread_local Kernel* current_ = nullptr;

  // The loop's own.
  SimTime now_{};
  uint64_t steps_ = 0;
  uint64_t step_end_ = UINT64_MAX;  ///< steps_ compares with it once per decision; 0 calls for a look around
  FiberBlock* running_ = nullptr;
  FiberList ready_;
  SimTime until_ = sim_never;
  EventQueue queue_;
  Policy* asked_ = nullptr;  ///< null under fifo
  Scheduler& scheduler_;

  // Asked seldom.
  Simulation& simulation_;
  FiberBlock* live_head_ = nullptr;
  FiberBlock* live_tail_ = nullptr;
  size_t live_count_ = 0;
  uint32_t last_id_ = 0;
  size_t stack_bytes_;
  uint64_t step_limit_ = UINT64_MAX;
  FiberBlock* killed_ = nullptr;  ///< by logical id, linked by FiberBlock::next
  std::vector<Host*> dying_;
  std::vector<Host*> hosts_;
  uint32_t last_host_ = 0;
  uint32_t last_hold_ = 0;
  std::vector<bool> marks_;
  FiberList set_aside_;  ///< ready, but held off
  std::vector<std::unique_ptr<Hold>> holds_;
  bool stop_ = false;
  bool only_killed_ = false;  ///< end_all_fibers() is at work
  RunEnd end_{};
  std::unique_ptr<Failure> failure_;
  Duration window_;
  std::unique_ptr<Policy> policy_;
  std::vector<Candidate> candidates_;
  std::vector<FiberBlock*> candidate_fibers_;
  std::vector<Event*> candidate_events_;
};

template <class Body>
FiberId Kernel::spawn(const char* name, Host* host, bool daemon, Body body) {
  static_assert(sizeof(Body) <= FiberBlock::body_bytes, "a fiber's body is stored in place: capture less");
  static_assert(alignof(Body) <= 16);
  if (spawner_is_dead()) [[unlikely]]
    return FiberId::none;
  FiberBlock& fiber = new_fiber(name, host, daemon);
  const FiberId id = fiber.id;
  ::new (static_cast<void*>(fiber.body)) Body(std::move(body));
  fiber.invoke = [](void* place, bool run) {
    struct Destroy {
      Body& body;
      ~Destroy() { body.~Body(); }
    } const held{*std::launder(static_cast<Body*>(place))};
    if (run) held.body();
  };
  launch(fiber);
  return id;
}

}  // namespace raidsim
