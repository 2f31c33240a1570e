#include "model/md/ioctl_lock.h"

namespace raidsim::md {

WriteHold IoctlLock::enter() {
  WriteHold held = lock_.write();
  while (md_mtioctl_cnt_ != 0) {
    waited_for_ = true;
    none_runs_.acquire();
  }
  return held;
}

void IoctlLock::leave() {
  if (--md_mtioctl_cnt_ != 0 || !waited_for_) return;
  waited_for_ = false;
  none_runs_.release();
}

}  // namespace raidsim::md
