// model/raid/slot_wait.cpp
#include "model/raid/slot_wait.h"

#include "model/raid/pre_write.h"

namespace raidsim::raid {

void SlotWaiters::append(SlotWaiter& waiter) noexcept {
  SlotWaiter** end = &first_;
  while (*end != nullptr) end = &(*end)->next;
  *end = &waiter;
}

void SlotWaiters::remove(SlotWaiter& waiter) noexcept {
  SlotWaiter** link = &first_;
  while (*link != &waiter) link = &(*link)->next;
  *link = waiter.next;
}

void SlotWaiters::wake(uint32_t most) {
  for (SlotWaiter** link = &first_; *link != nullptr && most > 0;) {
    SlotWaiter& waiter = **link;
    if (!slots_available(*waiter.child)) {
      link = &waiter.next;
      continue;
    }
    *link = waiter.next;
    waiter.woken = true;
    --most;
    waiter.slot.notify_one();
  }
}

}  // namespace raidsim::raid
