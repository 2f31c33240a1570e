// engine/sync/rwlock.h: reader/writer lock that prefers writers (spec/metadevice.md 5.3).
//
//   reader enters   while no writer holds and none waits
//   writer enters   when no reader and no writer holds; no order among waiting writers
//   release         broadcast; every waiter tests again, so the schedule decides who wins (LK-05, LK-06)
//
// A hold is a token: it may be released by another fiber than the one that took it (a child's unit lock
// is taken by its caller and dropped by the done daemon). Not recursive (LK-04). All its users die
// together: a lock is shared by the fibers of one host, or of none.
#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/fiber.h"
#include "engine/sync/lock_class.h"
#include "engine/sync/wait_list.h"
#include "engine/sync/waitable.h"

namespace raidsim {

struct FiberBlock;
class RwLock;

/// What both tokens share: whose hold it is.
class RwHold {
 public:
  [[nodiscard]] explicit operator bool() const noexcept { return lock_ != nullptr; }
  [[nodiscard]] bool is_for(const RwLock& lock) const noexcept { return lock_ == &lock; }
  /// From here on the hold belongs to an activity (a request), not to the fiber that took it: that fiber may
  /// ask for the same lock again, for another activity. Order checks and wait graph forget the fiber.
  void detach() noexcept;

 protected:
  RwHold() = default;
  RwHold(RwLock& lock, FiberBlock& taker) noexcept;
  RwHold(RwHold&& other) noexcept;
  RwHold& operator=(RwHold&& other) noexcept;  ///< onto a token that holds nothing
  ~RwHold() = default;
  /// Takes the lock out of the token and out of the taker's list. Null when there is nothing to release:
  /// the fiber is killed.
  [[nodiscard]] RwLock* give_up() noexcept;
  /// Nothing to release: no lock is held, or the memory of a killed host is being freed outside of fibers.
  [[nodiscard]] bool has_nothing_to_release() const noexcept;

 private:
  friend class RwLock;

  RwLock* lock_ = nullptr;
  FiberBlock* taker_ = nullptr;
  FiberId taken_by_{};
};

/// Token of one reader. Movable; releases the lock when it dies, if nobody has before.
class ReadHold : public RwHold {
 public:
  ReadHold() = default;
  ReadHold(ReadHold&&) noexcept = default;
  ReadHold& operator=(ReadHold&&) noexcept = default;
  ~ReadHold() {
    if (*this && !has_nothing_to_release()) release();
  }
  void release();

 private:
  friend class RwLock;
  using RwHold::RwHold;
};

/// Token of the writer; the same.
class WriteHold : public RwHold {
 public:
  WriteHold() = default;
  WriteHold(WriteHold&&) noexcept = default;
  WriteHold& operator=(WriteHold&&) noexcept = default;
  ~WriteHold() {
    if (*this && !has_nothing_to_release()) release();
  }
  void release();

 private:
  friend class RwLock;
  using RwHold::RwHold;
};

class RwLock : private Lock {
 public:
  explicit RwLock(const LockClass& kind, uint32_t number = 0) noexcept : Lock(kind, number, nullptr) {}
  RwLock(const RwLock&) = delete;
  RwLock& operator=(const RwLock&) = delete;
  ~RwLock() {  ///< asserts that nobody holds or waits, unless the fibers were killed
    if (writer_ || readers_ != 0 || !waiters_.empty()) [[unlikely]]
      died_in_use();
  }

  [[nodiscard]] ReadHold read();    ///< Suspends
  [[nodiscard]] WriteHold write();  ///< Suspends
  /// Turns the only reader into the writer; false, and nothing changes, while others read.
  [[nodiscard]] bool try_upgrade(ReadHold& from, WriteHold& to);
  /// Turns the writer into a reader and lets others in.
  [[nodiscard]] ReadHold downgrade(WriteHold& from);
  [[nodiscard]] bool write_held() const noexcept { return writer_; }
  [[nodiscard]] uint32_t readers() const noexcept { return readers_; }
  [[nodiscard]] uint32_t waiting_writers() const noexcept { return wanabe_; }
  [[nodiscard]] const LockClass& lock_class() const noexcept { return *Lock::lock_class; }
  [[nodiscard]] uint32_t instance() const noexcept { return Lock::instance; }

 private:
  friend class RwHold;
  friend class ReadHold;
  friend class WriteHold;
  /// Scheduling point before a request. False: the fiber is killed and goes away empty-handed.
  [[nodiscard]] bool enter(FiberBlock& me);
  [[nodiscard]] bool wait(FiberBlock& me, WaitReason reason);
  void leave_reader();
  void leave_writer();
  void broadcast();
  void died_in_use() noexcept;

  uint32_t readers_ = 0;  ///< ui_readercnt
  uint32_t wanabe_ = 0;   ///< ui_wanabecnt; WANABEWRITER is set while it is not 0
  bool writer_ = false;   ///< WRITER
  WaitList waiters_;      ///< one condition for everything
};

}  // namespace raidsim
