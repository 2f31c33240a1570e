// model/md/ioctl_lock.h: one administrative command at a time (spec/metadevice.md 5.7, 8.1, 8.2).
//
//   ordinary         waits for the ordinary one before it, then until no multi-threaded one runs
//   multi-threaded   waits for nobody, so it may start while an ordinary one runs (LK-13): what it uses and has not
//                    opened it holds by the array lock (R)
//
//   INV-M12  At most one ordinary command runs, and it started while no multi-threaded one ran.
#pragma once

#include <cstdint>

#include "engine/sync/rwlock.h"
#include "engine/sync/semaphore.h"
#include "model/md/locks.h"

namespace raidsim::md {

class IoctlLock {
 public:
  /// A multi-threaded command that runs.
  class MultiThreaded {
   public:
    explicit MultiThreaded(IoctlLock& lock) : lock_(lock) { ++lock_.md_mtioctl_cnt_; }
    ~MultiThreaded() { lock_.leave(); }
    MultiThreaded(const MultiThreaded&) = delete;
    MultiThreaded& operator=(const MultiThreaded&) = delete;

   private:
    IoctlLock& lock_;
  };

  /// For an ordinary command. Suspends
  [[nodiscard]] WriteHold enter();
  /// MD_GBL_IOCTL_LOCK
  [[nodiscard]] bool owned() const noexcept { return lock_.write_held(); }
  [[nodiscard]] uint32_t md_mtioctl_cnt() const noexcept { return md_mtioctl_cnt_; }

 private:
  void leave();
  RwLock lock_{locks::ioctl_lock};  ///< taken for writing only
  uint32_t md_mtioctl_cnt_ = 0;
  bool waited_for_ = false;  ///< the ordinary command that has the lock waits until none runs
  Semaphore none_runs_{"multi-threaded ioctls"};
};

}  // namespace raidsim::md
