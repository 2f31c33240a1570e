// engine/sync/lock_order.h: in which order lock classes were taken, and what is wrong with it.
//
// Each request of a lock while others are held is an edge from the held class to the requested one. A
// cycle of edges is a potential deadlock, also in a run that did not deadlock. Independently, a class
// with a level (lock_class.h) must be taken in the order of the lock table.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/fiber.h"
#include "engine/sync/held_locks.h"
#include "engine/time.h"

namespace raidsim {

/// First time that a lock of class `requested` was asked for while one of class `held` was held.
struct LockOrderEdge {
  const LockClass* held = nullptr;
  const LockClass* requested = nullptr;
  uint32_t held_instance = 0;
  uint32_t requested_instance = 0;
  FiberId fiber{};
  SimTime at{};
};

struct LockOrderViolation {
  enum class Rule : uint8_t {
    level,      ///< a held lock has a higher level, or the same level and not a lower instance
    leaf_wait,  ///< the fiber waited for something other than a leaf lock while it held a leaf lock
  };
  Rule rule{};
  LockOrderEdge edge;     ///< for leaf_wait `requested` may be null
  std::string waits_for;  ///< leaf_wait only
  uint64_t times = 0;     ///< how often, for this pair of classes
};

class LockOrder {
 public:
  /// Called when `lock` is asked for, before it is had.
  void requested(const Lock& lock, const HeldLocks& held, FiberId fiber, SimTime now) {
    if (held.size() != 0) note_request(lock, held, fiber, now);
  }
  void leaf_held_in_wait(const Lock& leaf, const Waitable* waits_for, FiberId fiber, SimTime now);

  [[nodiscard]] const std::vector<LockOrderEdge>& edges() const noexcept { return edges_; }
  [[nodiscard]] const std::vector<LockOrderViolation>& violations() const noexcept { return violations_; }
  /// For each class at most one cycle that begins with it and holds none seen earlier; a class alone when two locks
  /// of it were taken in both orders.
  [[nodiscard]] std::vector<std::vector<const LockClass*>> cycles() const;
  /// People's text: violations and cycles, one per line; empty when there are none.
  [[nodiscard]] std::string report() const;

 private:
  static constexpr size_t most_classes = 256;
  struct Row {
    const LockClass* lock_class = nullptr;
    std::array<uint64_t, most_classes / 64> seen{};  ///< classes requested while this one was held
    bool ascending = false;                          ///< two locks of this class, by instance
    bool descending = false;
  };
  [[nodiscard]] size_t index_of(const Lock& lock);
  void note_request(const Lock& lock, const HeldLocks& held, FiberId fiber, SimTime now);
  void violate(LockOrderViolation::Rule rule, const LockOrderEdge& edge, const Waitable* waits_for);

  std::vector<Row> rows_;  ///< by order_index - 1, in order of first request
  std::vector<LockOrderEdge> edges_;
  std::vector<LockOrderViolation> violations_;
};

}  // namespace raidsim
