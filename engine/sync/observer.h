// engine/sync/observer.h: lets a judge look at the world at each release of a writer lock, when what
// the lock protects is whole. The observer must not suspend and must not change anything.
#pragma once

namespace raidsim {

class RwLock;

class SyncObserver {
 public:
  virtual void on_write_release(const RwLock& lock) = 0;  ///< just before waiters are woken

 protected:
  ~SyncObserver() = default;
};

}  // namespace raidsim
