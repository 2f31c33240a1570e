// engine/sync/rwlock.h: reader/writer lock that prefers writers (spec/metadevice.md 5.3).
//
//   reader enters   while no writer holds and none waits
//   writer enters   when no reader and no writer holds; no order among waiting writers
//   release         broadcast; every waiter tests again, so the schedule decides who wins (LK-05, LK-06)
//
// A hold is a token: it may be released by another fiber than the one that took it (a child's unit lock
// is taken by its caller and dropped by the done daemon). Not recursive (LK-04).
#pragma once

#include <cstdint>

#include "engine/fiber.h"
#include "engine/sync/lock_class.h"
#include "engine/sync/wait_list.h"

namespace raidsim {

class RwLock;

/// Token of one reader. Movable; must be released before it dies, except in a killed host.
class ReadHold {
 public:
  ReadHold() = default;
  ReadHold(ReadHold&& other) noexcept;
  ReadHold& operator=(ReadHold&& other) noexcept;
  ~ReadHold();
  void release();
  [[nodiscard]] explicit operator bool() const noexcept { return lock_ != nullptr; }
  [[nodiscard]] bool is_for(const RwLock& lock) const noexcept { return lock_ == &lock; }

 private:
  friend class RwLock;
  RwLock* lock_ = nullptr;
  FiberId taken_by_{};
};

/// Token of the writer.
class WriteHold {
 public:
  WriteHold() = default;
  WriteHold(WriteHold&& other) noexcept;
  WriteHold& operator=(WriteHold&& other) noexcept;
  ~WriteHold();
  void release();
  [[nodiscard]] explicit operator bool() const noexcept { return lock_ != nullptr; }
  [[nodiscard]] bool is_for(const RwLock& lock) const noexcept { return lock_ == &lock; }

 private:
  friend class RwLock;
  RwLock* lock_ = nullptr;
  FiberId taken_by_{};
};

class RwLock {
 public:
  explicit RwLock(const LockClass& lock_class, uint32_t instance = 0) noexcept;
  ~RwLock();

  [[nodiscard]] ReadHold read();    ///< Suspends
  [[nodiscard]] WriteHold write();  ///< Suspends
  [[nodiscard]] bool write_held() const noexcept;
  [[nodiscard]] uint32_t readers() const noexcept;
  [[nodiscard]] uint32_t waiting_writers() const noexcept;
  [[nodiscard]] const LockClass& lock_class() const noexcept;
  [[nodiscard]] uint32_t instance() const noexcept;
};

}  // namespace raidsim
