// engine/sync/semaphore.h: counting semaphore, first come first served; also the one-shot wait of a
// synchronous transfer (count 0, released by the completion).
#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/sync/wait_list.h"
#include "engine/sync/waitable.h"

namespace raidsim {

struct FiberBlock;

class Semaphore : private Waitable {
 public:
  /// `label` must outlive the object.
  explicit Semaphore(const char* label, uint64_t count = 0) noexcept : Waitable{label, 0}, count_(count) {}
  Semaphore(const Semaphore&) = delete;
  Semaphore& operator=(const Semaphore&) = delete;
  ~Semaphore() {  ///< asserts that nobody waits, unless the fibers were killed
    if (!waiters_.empty()) [[unlikely]]
      died_in_use();
  }

  void acquire();  ///< Suspends while the count is 0
  /// The same, but a fiber that is killed meanwhile is told so, instead of being unwound: false, and it has acquired
  /// nothing. For loops that wait for work and hold nothing then: they return at once. Ending a host full of idle
  /// daemons by exceptions would cost more than all that they did.
  [[nodiscard]] bool acquire_unless_killed();
  [[nodiscard]] bool try_acquire();
  void release(uint64_t n = 1);  ///< scheduling point; also allowed from an event's action
  [[nodiscard]] uint64_t count() const noexcept { return count_; }
  [[nodiscard]] size_t waiters() const noexcept { return waiters_.size(); }

 private:
  [[nodiscard]] bool take_or_wait(FiberBlock& me);
  void died_in_use() noexcept;

  uint64_t count_;  ///< above 0 only while nobody waits
  WaitList waiters_;
};

}  // namespace raidsim
