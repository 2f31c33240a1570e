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
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/choice.h"
#include "engine/event.h"
#include "engine/fiber.h"
#include "engine/policy/policy.h"
#include "engine/time.h"
#include "engine/trace/recorder.h"

namespace raidsim {

class LockOrder;
class WaitGraph;
class SyncObserver;

struct SimulationOptions {
  uint64_t seed = 1;
  PolicyOptions policy;               ///< fifo with window 0 unless told otherwise
  size_t stack_bytes = 64 * 1024;     ///< usable bytes of each fiber's stack, a guard page below it
  TraceMode trace = TraceMode::off;
  size_t ring_records = 1 << 14;
  bool record_tape = false;           ///< keep every choice, see engine/tape.h
  const Tape* tape = nullptr;         ///< play these choices; a stream that runs out falls back to its seed
};

enum class RunEnd : uint8_t {
  idle,         ///< nothing ready, nothing pending: quiescent or deadlocked, see blocked_fibers()
  time_limit,   ///< the next event lies at or beyond RunLimits::until
  event_limit,  ///< RunLimits::events were used up
  stopped,      ///< stop() was called
  failed,       ///< a RAIDSIM_ASSERT failed or an exception left a fiber; see failure()
};

struct RunLimits {
  SimTime until = sim_never;
  uint64_t events = UINT64_MAX;  ///< scheduling decisions: event actions and fiber resumptions
};

/// Why a run ended as `failed`.
struct Failure {
  std::string what;   ///< the one fact that did not hold
  std::string where;  ///< file:line, path relative to the project
  SimTime at{};
  uint64_t event = 0;  ///< records in the trace at that moment
};

class Simulation {
 public:
  explicit Simulation(const SimulationOptions& options);
  ~Simulation();  ///< ends every fiber that is left, in order of logical id
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;

  /// The simulation whose fiber or event runs on this thread now; null outside of run().
  [[nodiscard]] static Simulation* current() noexcept;

  [[nodiscard]] SimTime now() const noexcept;
  [[nodiscard]] uint64_t seed() const noexcept;
  [[nodiscard]] Choices& choices() noexcept;
  [[nodiscard]] Recorder& recorder() noexcept;

  /// Runs until a limit, the end of all work, stop() or a failure. Called from outside of fibers;
  /// may be called again to go on, except after `failed`.
  RunEnd run(const RunLimits& limits = {});
  void stop() noexcept;  ///< run() returns at the next scheduling point
  [[nodiscard]] const Failure* failure() const noexcept;
  void fail(Failure failure);  ///< ends the run as `failed`; a later failure does not replace the first

  /// Starts a fiber that belongs to no host (workload clients, the harness's own actors).
  /// `name` must outlive the run (a literal); `body` is copied into the fiber, at most 64 bytes.
  template <class Body>
  FiberId spawn(const char* name, Body body);

  /// Puts `event` in the queue (it must not be pending); its action runs in the event loop at `at`.
  void schedule(Event& event, SimTime at) noexcept;
  void schedule_after(Event& event, Duration delay) noexcept;
  void cancel(Event& event) noexcept;  ///< no effect when it is not pending

  [[nodiscard]] uint64_t steps() const noexcept;  ///< scheduling decisions so far
  [[nodiscard]] size_t pending_events() const noexcept;
  [[nodiscard]] size_t live_fibers() const noexcept;

  /// Fibers that are blocked now, with what they wait for. Daemons (Fiber option) are left out.
  [[nodiscard]] std::vector<BlockedFiber> blocked_fibers() const;
  /// People's text of the wait graph: every blocked fiber, what it holds, what it waits for, cycles.
  [[nodiscard]] std::string wait_graph() const;
  /// Lock classes taken while others were held; a cycle here is a potential deadlock.
  [[nodiscard]] LockOrder& lock_order() noexcept;

  /// Told of lock releases (see engine/sync/observer.h); one observer, null for none.
  void set_sync_observer(SyncObserver* observer) noexcept;
};

/// For code that runs inside a fiber or an event of the current simulation.
[[nodiscard]] SimTime now() noexcept;
void sleep_for(Duration d);   ///< Suspends
void sleep_until(SimTime t);  ///< Suspends
void yield();                 ///< Suspends when the policy picks another

}  // namespace raidsim
