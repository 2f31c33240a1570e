// engine/sync/condition.h: condition variable of fibers. Waiters re-test: after a wake-up anyone may win.
#pragma once

#include <cstddef>

#include "engine/sync/mutex.h"
#include "engine/time.h"

namespace raidsim {

class CondVar : private Waitable {
 public:
  /// `label` must outlive the object.
  explicit CondVar(const char* label, uint32_t number = 0) noexcept : Waitable{label, number} {}
  CondVar(const CondVar&) = delete;
  CondVar& operator=(const CondVar&) = delete;
  ~CondVar() {  ///< asserts that nobody waits, unless the fibers were killed
    if (!waiters_.empty()) [[unlikely]]
      died_in_use();
  }

  void wait(MutexLock& held);  ///< Suspends; the mutex is free meanwhile
  /// False when `timeout` passed without a signal. Suspends.
  [[nodiscard]] bool wait_for(MutexLock& held, Duration timeout);
  void notify_one();  ///< scheduling point, does not block; also allowed from an event's action
  void notify_all();
  [[nodiscard]] size_t waiters() const noexcept { return waiters_.size(); }

 private:
  void wait_released(FiberBlock& me, Mutex& mutex);
  void wake_first() noexcept;
  void died_in_use() noexcept;

  WaitList waiters_;
};

}  // namespace raidsim
