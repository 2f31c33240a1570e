#include "engine/sync/wait_list.h"

#include "engine/fiber_block.h"

namespace raidsim {

void WaitList::detach_all() noexcept {
  while (!empty()) pop_front();
}

}  // namespace raidsim
