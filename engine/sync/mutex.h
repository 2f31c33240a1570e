// engine/sync/mutex.h: mutual exclusion between fibers, first come first served.
#pragma once

#include <cstdint>

#include "engine/fiber.h"
#include "engine/sync/lock_class.h"
#include "engine/sync/wait_list.h"

namespace raidsim {

class Mutex {
 public:
  /// `instance` orders and names locks of one class (a unit's minor, a queue's number).
  explicit Mutex(const LockClass& lock_class, uint32_t instance = 0) noexcept;
  ~Mutex();  ///< asserts that nobody holds or waits, unless the fibers were killed

  void lock();  ///< Suspends. Not recursive: taking it twice is reported as a self-deadlock
  [[nodiscard]] bool try_lock();
  void unlock();  ///< by the owner only
  [[nodiscard]] FiberId owner() const noexcept;
  [[nodiscard]] size_t waiters() const noexcept;
  [[nodiscard]] const LockClass& lock_class() const noexcept;
  [[nodiscard]] uint32_t instance() const noexcept;
};

/// Holds a mutex for a scope, and is the witness that a function with a `held` parameter demands.
class MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) : mutex_(&mutex) { mutex.lock(); }
  ~MutexLock() { mutex_->unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;
  [[nodiscard]] bool is_for(const Mutex& mutex) const noexcept { return mutex_ == &mutex; }
  [[nodiscard]] Mutex& mutex() const noexcept { return *mutex_; }

 private:
  Mutex* mutex_;
};

}  // namespace raidsim
