// model/raid/line_lock.h: row-range locks of a unit and the queue of writers that wait for one.
//
//   reader   waits on un_linlck_cv while a writer holds an overlapping range; queued writers do not count
//   writer   never waits: gets range and pre-write slots at once, or is queued on io_list (FIFO)
//   exit     leaves the chain, wakes readers, releases slots, then runs the queue
//
//   RL-01  two members of the chain with overlapping ranges are both readers
//   RL-02  LLOCKD: in the chain exactly once; WAITING: in the queue exactly once; never both
//
// Source  spec/raid-io.md 4
#pragma once

#include <cstdint>

#include "engine/sync/condition.h"
#include "engine/sync/mutex.h"
#include "model/md/locks.h"
#include "model/raid/request.h"

namespace raidsim::raid {

/// Whether taking a reader lock moves the resync line past its last row.
enum class WithResync : bool { no, yes };

/// un_linlck_chn, io_list and their locks. Order  un_linlck_mx -> io_list_mutex, un_linlck_mx -> un_mx
class LineLocks {
 public:
  explicit LineLocks(uint32_t minor)
      : un_linlck_mx(md::locks::line_chain, minor),
        un_linlck_cv("un_linlck_cv", minor),
        io_list_mutex(md::locks::io_list, minor) {}

  Mutex un_linlck_mx;
  CondVar un_linlck_cv;
  Mutex io_list_mutex;

  // For judges: members of the chain by chain_next, of the queue by queue_next, oldest first.
  [[nodiscard]] const Child* chain() const noexcept { return chain_; }
  [[nodiscard]] const Child* queue() const noexcept { return queue_head_; }
  [[nodiscard]] uint32_t queue_length() const noexcept { return queue_length_; }
  [[nodiscard]] uint32_t chain_length() const noexcept { return chain_length_; }
  [[nodiscard]] bool readers_wait() const noexcept { return un_linlck_flg_; }

  /// Whether a holder that excludes a lock of this kind on `rows` is in the chain. Locks  un_linlck_mx
  [[nodiscard]] bool blocked(const RowRange& rows, bool writer) const noexcept;

 private:
  friend void raid_line_reader_lock(Child&, WithResync);
  friend bool raid_line_writer_lock(Child&, bool);
  friend void raid_line_exit(Child&);
  friend void raid_io_startup(RaidUnit&, const MutexLock&);
  friend class RowReaderLock;
  void join(Child& cs) noexcept;
  void leave(Child& cs) noexcept;
  void append(Child& cs) noexcept;

  Child* chain_ = nullptr;
  Child* queue_head_ = nullptr;
  Child* queue_tail_ = nullptr;
  uint32_t chain_length_ = 0;
  uint32_t chain_writers_ = 0;  ///< none: no reader needs to look at the chain
  uint32_t queue_length_ = 0;
  bool un_linlck_flg_ = false;
};

/// Suspends while a writer holds some of the rows.
void raid_line_reader_lock(Child& cs, WithResync resync = WithResync::no);
/// Takes rows and slots, or (lock) queues the child. True: held. Locks  takes un_linlck_mx, io_list_mutex, un_mx
[[nodiscard]] bool raid_line_writer_lock(Child& cs, bool lock);
/// Gives up rows and slots and starts what can start now. Shape  the unit lock is not held by `cs`
void raid_line_exit(Child& cs);
/// Runs the queue: every queued writer whose rows and slots are free is handed to md_mstr_daemon.
void raid_io_startup(RaidUnit& unit, const MutexLock& held_un_linlck_mx);

/// Reader lock of rows for resync, regeneration and verify; released by its destructor.
/// Locks  between io lock (R) and unit lock
class RowReaderLock {
 public:
  /// Suspends.
  RowReaderLock(RaidUnit& unit, RowIndex first, uint64_t rows, WithResync resync = WithResync::no);
  ~RowReaderLock();
  RowReaderLock(const RowReaderLock&) = delete;
  RowReaderLock& operator=(const RowReaderLock&) = delete;
  void release();  ///< earlier than the destructor; no effect the second time
  [[nodiscard]] const RowRange& rows() const noexcept { return child_.rows; }

 private:
  Child child_;
};

}  // namespace raidsim::raid
