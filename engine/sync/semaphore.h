// engine/sync/semaphore.h: counting semaphore, first come first served; also the one-shot wait of a
// synchronous transfer (count 0, released by the completion).
#pragma once

#include <cstdint>

#include "engine/sync/wait_list.h"

namespace raidsim {

class Semaphore {
 public:
  explicit Semaphore(const char* name, uint64_t count = 0) noexcept;
  ~Semaphore();
  void acquire();  ///< Suspends while the count is 0
  [[nodiscard]] bool try_acquire();
  void release(uint64_t n = 1);  ///< also allowed from an event's action
  [[nodiscard]] uint64_t count() const noexcept;
  [[nodiscard]] size_t waiters() const noexcept;
};

}  // namespace raidsim
