// engine/sync/mutex.h: mutual exclusion between fibers, first come first served.
//
// unlock() hands the mutex to the fiber that waited longest; nobody can barge in between. When its owner
// is killed the mutex goes to the next waiter, so fibers of other hosts never wait for the dead.
#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/fiber.h"
#include "engine/sync/lock_class.h"
#include "engine/sync/wait_list.h"
#include "engine/sync/waitable.h"

namespace raidsim {

struct FiberBlock;

class Mutex : private Lock {
 public:
  /// `number` orders and names locks of one class (a unit's minor, a queue's number).
  explicit Mutex(const LockClass& kind, uint32_t number = 0) noexcept : Lock(kind, number, &Mutex::owner_died) {}
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;
  ~Mutex() {  ///< asserts that nobody holds or waits, unless the fibers were killed
    if (owner_ != nullptr || !waiters_.empty()) [[unlikely]]
      died_in_use();
  }

  /// Suspends. Not recursive: taking it twice is reported as a self-deadlock. In a fiber that is being
  /// killed it returns without the mutex if it is of a leaf class, so that destructors may take leaves;
  /// otherwise it throws FiberKilled.
  void lock();
  [[nodiscard]] bool try_lock();
  void unlock();  ///< by the owner only
  [[nodiscard]] FiberId owner() const noexcept;
  [[nodiscard]] size_t waiters() const noexcept { return waiters_.size(); }
  [[nodiscard]] const LockClass& lock_class() const noexcept { return *Lock::lock_class; }
  [[nodiscard]] uint32_t instance() const noexcept { return Lock::instance; }

 private:
  friend class CondVar;
  static void owner_died(const Lock& lock);
  void lock_slowly(FiberBlock& me);
  void take(FiberBlock& me);
  /// Gives the mutex to the next waiter, if any; true if there was one.
  bool pass_on() noexcept;
  void died_in_use() noexcept;

  FiberBlock* owner_ = nullptr;
  WaitList waiters_;
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
