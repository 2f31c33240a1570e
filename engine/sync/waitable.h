// engine/sync/waitable.h: what a fiber can wait for, named for reports.
#pragma once

#include <cstdint>
#include <string>

#include "engine/sync/lock_class.h"

namespace raidsim {

struct Waitable {
  const char* name;
  uint32_t instance;
};

/// "unit lock 5": class or object name, and the instance where there is one.
[[nodiscard]] std::string described(const Waitable& waitable);

/// A waitable that has holders: what the order checks and the wait graph know of a mutex or rwlock.
struct Lock : Waitable {
  using Abandon = void (*)(const Lock& lock);
  constexpr Lock(const LockClass& c, uint32_t instance_number, Abandon when_owner_dies) noexcept
      : Waitable{c.name, instance_number}, lock_class(&c), abandon(when_owner_dies) {}
  const LockClass* lock_class;
  Abandon abandon;  ///< the owner has ended: frees the lock. Null where a token outlives the fiber that took it
  mutable uint16_t order_index = 0;  ///< LockOrder's number of the class, looked up at the first request
};

}  // namespace raidsim
