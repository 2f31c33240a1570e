// model/raid/slot_wait.h: callers that wait for a pre-write slot before they ask for the line (raid-io.md 7.1).
//
// First come first served, each on a condition of its own: with one condition for all, every release would wake
// every waiter, and thirty clients on ten slots would spend their time testing. A waiter is woken only when
// its own columns have a slot; the half-second timeout is a safety net, not the way on (K18).
#pragma once

#include "engine/sync/condition.h"

namespace raidsim::raid {

struct Child;

struct SlotWaiter {
  explicit SlotWaiter(const Child& waiting) : child(&waiting) {}
  const Child* child;
  CondVar slot{"write slot"};
  bool woken = false;  ///< and out of the list
  SlotWaiter* next = nullptr;
};

class SlotWaiters {
 public:
  /// Stands in the list for a scope; leaves it also when the host dies, while others still walk it.
  class Place {
   public:
    Place(SlotWaiters& list, SlotWaiter& waiter) noexcept : list_(list), waiter_(waiter) { list.append(waiter); }
    ~Place() {
      if (!waiter_.woken) list_.remove(waiter_);
    }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

   private:
    SlotWaiters& list_;
    SlotWaiter& waiter_;
  };

  [[nodiscard]] bool empty() const noexcept { return first_ == nullptr; }
  void append(SlotWaiter& waiter) noexcept;
  /// Gave up waiting. Shape  still in the list
  void remove(SlotWaiter& waiter) noexcept;
  /// Wakes up to `most` waiters whose columns all have a slot now.
  void wake(uint32_t most);

 private:
  SlotWaiter* first_ = nullptr;
};

}  // namespace raidsim::raid
