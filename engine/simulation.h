// engine/simulation.h: one object owns everything of a run: clock, events, fibers, choices, trace.
//
// Nothing is global; one engine thread runs any number of simulations one after the other, several
// threads run them side by side. Code inside a run reaches its own one through Simulation::current().
//
//        spawn ──> ready list ──┐
//                               ├──> policy picks ──> fiber runs until it suspends
//     schedule ──> event queue ─┘                └──> event's action runs in the event loop
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/choice.h"
#include "engine/event.h"
#include "engine/fiber.h"
#include "engine/kernel.h"
#include "engine/policy/policy.h"
#include "engine/run_end.h"
#include "engine/time.h"
#include "engine/trace/recorder.h"

namespace raidsim {

class LockOrder;
class SyncObserver;

struct SimulationOptions {
  uint64_t seed = 1;
  PolicyOptions policy = {};       ///< fifo with window 0 unless told otherwise
  size_t stack_bytes = 64 * 1024;  ///< usable bytes of each fiber's stack, a guard page below it
  TraceMode trace = TraceMode::off;
  size_t ring_records = 1 << 14;
  bool record_tape = false;    ///< keep every choice, see engine/tape.h
  const Tape* tape = nullptr;  ///< play these choices; a stream that runs out falls back to its seed
};

struct RunLimits {
  SimTime until = sim_never;
  uint64_t events = UINT64_MAX;  ///< scheduling decisions: event actions and fiber resumptions
};

class Simulation {
 public:
  /// Runs, and is destroyed, on the OS thread that made it.
  explicit Simulation(const SimulationOptions& options) : kernel_(*this, options) {}
  ~Simulation() = default;  ///< ends every fiber that is left, in order of logical id
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;

  /// The simulation whose fiber or event runs on this thread now; null outside of run().
  [[nodiscard]] static Simulation* current() noexcept {
    return Kernel::current() == nullptr ? nullptr : &Kernel::current()->simulation();
  }

  [[nodiscard]] SimTime now() const noexcept { return kernel_.now(); }
  [[nodiscard]] uint64_t seed() const noexcept { return kernel_.choices.seed(); }
  [[nodiscard]] Choices& choices() noexcept { return kernel_.choices; }
  [[nodiscard]] Recorder& recorder() noexcept { return kernel_.recorder; }
  [[nodiscard]] const Recorder& recorder() const noexcept { return kernel_.recorder; }

  /// Runs until a limit, the end of all work, stop() or a failure. Called from outside of fibers;
  /// may be called again to go on, except after `failed`. The clock stays at the last event.
  RunEnd run(const RunLimits& limits = {}) { return kernel_.run(limits.until, limits.events); }
  void stop() noexcept { kernel_.stop(); }  ///< run() returns at the next scheduling point
  [[nodiscard]] const Failure* failure() const noexcept { return kernel_.failure(); }
  /// Ends the run as `failed`; a later failure does not replace the first.
  void fail(Failure failure) { kernel_.fail(std::move(failure)); }

  /// Starts a fiber that belongs to no host (workload clients, the harness's own actors).
  /// `name` must outlive the run (a literal); `body` is copied into the fiber, at most 64 bytes.
  template <class Body>
  FiberId spawn(const char* name, Body body) {
    return kernel_.spawn(name, nullptr, false, std::move(body));
  }

  /// Puts `event` in the queue (it must not be pending); its action runs in the event loop at `at`, or
  /// now when `at` has passed.
  void schedule(Event& event, SimTime at) noexcept { kernel_.schedule(event, at); }
  void schedule_after(Event& event, Duration delay) noexcept { kernel_.schedule(event, after(now(), delay)); }
  void cancel(Event& event) noexcept {  ///< no effect when it is not pending
    if (event.pending()) kernel_.queue().remove(event);
  }

  /// Fibers of `host` that are called `name`, also those that are spawned meanwhile, do not run before `lasts` has
  /// passed and `steps` more decisions were taken; when nothing else is left to happen they run at once. Called from an
  /// event's action or outside of run().
  void hold_fibers(const Host& host, std::string_view name, Duration lasts, uint64_t steps) {
    kernel_.hold(std::make_unique<Hold>(host, name, after(now(), lasts), kernel_.steps() + steps));
  }
  void let_go_of_fibers() noexcept { kernel_.let_go_of_all(); }

  [[nodiscard]] uint64_t steps() const noexcept { return kernel_.steps(); }  ///< scheduling decisions so far
  [[nodiscard]] size_t pending_events() const noexcept { return kernel_.pending_events(); }
  [[nodiscard]] size_t live_fibers() const noexcept { return kernel_.live_fibers(); }
  /// The fiber whose code runs now; none in an event's action and outside of run().
  [[nodiscard]] FiberId running_fiber() const noexcept;
  /// The policy that picks; null under fifo.
  [[nodiscard]] const Policy* policy() const noexcept { return kernel_.policy(); }

  /// Fibers that are blocked now, with what they wait for. Daemons (Host::SpawnOptions) are left out.
  [[nodiscard]] std::vector<BlockedFiber> blocked_fibers() const;
  /// People's text of the wait graph: every blocked fiber, what it holds, what it waits for, cycles.
  [[nodiscard]] std::string wait_graph() const;
  /// Lock classes taken while others were held; a cycle here is a potential deadlock.
  [[nodiscard]] LockOrder& lock_order() noexcept { return kernel_.lock_order; }

  /// Told of lock releases (see engine/sync/observer.h); one observer, null for none.
  void set_sync_observer(SyncObserver* observer) noexcept { kernel_.observer = observer; }

  [[nodiscard]] Kernel& kernel() noexcept { return kernel_; }  ///< for the engine's own files

 private:
  Kernel kernel_;
};

/// For code that runs inside a fiber or an event of the current simulation.
[[nodiscard]] inline SimTime now() noexcept { return Kernel::current()->now(); }

inline void sleep_until(SimTime t) {  ///< Suspends
  FiberBlock& me = Kernel::caller();
  me.kernel->sleep_until(me, t);
}
inline void sleep_for(Duration d) {  ///< Suspends
  FiberBlock& me = Kernel::caller();
  me.kernel->sleep_until(me, after(me.kernel->now(), d));
}
inline void yield() {  ///< Suspends when the policy picks another
  FiberBlock& me = Kernel::caller();
  me.kernel->yield(me);
}

}  // namespace raidsim
