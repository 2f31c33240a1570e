// engine/scheduler.h: one OS thread's stacks and the switch between them.
//
// Boost.Fiber gives each worker its stack and its life; which one runs is our decision alone. The fiber
// that gives up the processor has already chosen its successor (engine/kernel.h) and jumps straight to
// it: Boost's dispatcher, ready queue, sleep queue and clock are never on the way.
//
// Boost.Fiber is included by scheduler.cpp and nowhere else.
#pragma once

#include <memory>
#include <vector>

#include "engine/fiber_block.h"

namespace raidsim {

class Scheduler {
 public:
  /// This thread's one, made at first use; at the thread's end its workers are ended and joined.
  [[nodiscard]] static Scheduler& of_this_thread();

  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;
  ~Scheduler();

  /// Stands for the thread's own stack, where Simulation::run() was called.
  [[nodiscard]] FiberBlock& main() noexcept { return main_; }

  /// An idle worker, recycled or new. Errors  std::bad_alloc: no memory for another stack
  [[nodiscard]] FiberBlock& take_worker(size_t stack_bytes);
  /// The worker's fiber has ended. The last one given back is the first one taken: its stack is warm.
  void give_back(FiberBlock& worker) noexcept;

  /// Leaves `from`, which runs, for `to`; returns when somebody switches to `from` again. Each fiber keeps
  /// its own exceptions in flight: the C++ run-time counts them per thread, and two fibers that block
  /// inside `catch` would otherwise rethrow each other's.
  void switch_to(FiberBlock& from, FiberBlock& to) noexcept;

  [[nodiscard]] size_t workers() const noexcept { return blocks_.size(); }

 private:
  Scheduler();
  struct Boost;
  struct Pool {
    size_t stack_bytes;
    FiberBlock* idle;
  };
  FiberBlock& new_worker(size_t stack_bytes);
  Pool& pool(size_t stack_bytes);

  FiberBlock main_;
  uint64_t* exceptions_;  ///< the two words behind __cxa_get_globals(), fixed for a thread
  std::vector<Pool> pools_;
  std::vector<std::unique_ptr<FiberBlock>> blocks_;
  std::unique_ptr<Boost> boost_;
};

}  // namespace raidsim
