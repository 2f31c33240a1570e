// engine/sync/condition.h: condition variable of fibers. Waiters re-test: after a wake-up anyone may win.
#pragma once

#include "engine/sync/mutex.h"
#include "engine/time.h"

namespace raidsim {

class CondVar {
 public:
  explicit CondVar(const char* name, uint32_t instance = 0) noexcept;
  ~CondVar();

  void wait(MutexLock& held);  ///< Suspends; the mutex is free meanwhile
  /// False when `timeout` passed without a signal. Suspends.
  [[nodiscard]] bool wait_for(MutexLock& held, Duration timeout);
  void notify_one();  ///< scheduling point, does not block; also allowed from an event's action
  void notify_all();
  [[nodiscard]] size_t waiters() const noexcept;
};

}  // namespace raidsim
