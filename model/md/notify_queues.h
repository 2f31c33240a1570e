// model/md/notify_queues.h: named queues of events for processes on the host (spec/events-errors.md B.6).
//
//   event ──> put ──> every queue: [ oldest ... newest ], at most 512 ──> read, or get_wait ──> a process
//
// A full queue loses its oldest event and says so at the next read. A queue goes with its creator unless it is PERM;
// the reaper sees to that now and then. Room for all of its events is taken when a queue is made, so that an event
// allocates nothing and none is lost for want of memory.
//
//   INV-E01  size = number of events <= 512
//   INV-E02  events are read in the order of append; a gap is preceded by exactly one EQ_NOTIFY_LOST
//   INV-E03  at most one queue of a name is not DESTROY
//   INV-E06  an event never waits for a reader
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/sync/semaphore.h"
#include "model/md/environment.h"
#include "model/md/ioctl_lock.h"
#include "model/md/notify_event.h"

namespace raidsim::md {

inline constexpr uint32_t notify_queue_limit = 512;
inline constexpr uint32_t notify_puts_per_reap = 32;
inline constexpr size_t notify_name_longest = 64;

using ProcessId = uint64_t;  ///< who asks

class NotifyQueues {
 public:
  explicit NotifyQueues(const Environment& environment);
  ~NotifyQueues();

  /// EQ_ON. Errors  0; EEXIST; ENOMEM
  [[nodiscard]] int create(std::string_view name, bool permanent, ProcessId creator);
  [[nodiscard]] bool exists(std::string_view name) const { return find(name) != nullptr; }
  /// EQ_OFF: its readers leave with EINTR, then it is gone. Errors  0; ENOENT
  [[nodiscard]] int destroy(std::string_view name);
  /// EQ_PUT. Errors  0; ENOENT: there is no queue
  [[nodiscard]] int put_from_user(const NotifyEvent& event);
  /// Appends to every queue; a scheduling point when somebody waits for it.
  void put(const NotifyEvent& event);
  /// EQ_GET_NOWAIT. Errors  0; ENOENT, EAGAIN: `out` is the empty answer
  [[nodiscard]] int read(std::string_view name, NotifyEvent& out);
  /// EQ_GET_WAIT. Locks  `held`, the ioctl lock, is free while it waits, and held again on return. Suspends
  /// Errors  0; ENOENT, EINTR (the queue was destroyed): `out` is the empty answer
  [[nodiscard]] int get_wait(std::string_view name, IoctlLock& ioctl, WriteHold& held, NotifyEvent& out);
  /// The process is gone; the reaper will find its queues.
  void process_gone(ProcessId process);
  /// MD_HALT_UNLOAD: 4 times, a second apart, all readers are woken. False: some did not leave, the queues stay.
  /// Suspends
  [[nodiscard]] bool unload();

  // For judges.
  [[nodiscard]] size_t queues() const noexcept { return queues_.size(); }
  [[nodiscard]] uint32_t size(std::string_view name) const;  ///< 0 for an unknown one

 private:
  struct Queue;
  [[nodiscard]] Queue* find(std::string_view name) const;
  [[nodiscard]] NotifyEvent empty_answer() const;
  [[nodiscard]] int take(Queue& queue, NotifyEvent& out) const;
  void append(Queue& queue, const NotifyEvent& event);
  static void call(Queue& queue, uint32_t readers);
  void ring();
  void reap();
  void free_storage(Queue& queue);

  Memory& memory_;
  WallClock& wall_;
  std::vector<std::unique_ptr<Queue>> queues_;  // newest first
  uint32_t puts_ = 0;                           // since the last reap
};

}  // namespace raidsim::md
