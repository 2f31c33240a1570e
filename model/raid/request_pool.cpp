// model/raid/request_pool.cpp
#include "model/raid/request_pool.h"

#include <utility>

#include "engine/assert.h"

namespace raidsim::raid {

Parent& RequestPool::parent() {
  if (free_parents_ == nullptr) free_parents_ = &parents_.make();
  Parent& ps = *std::exchange(free_parents_, free_parents_->next_free);
  ps.next_free = nullptr;
  ps.ps_flags = MD_RPS_INUSE;
  ps.ps_error = 0;
  ps.residual_bytes = 0;
  ++parents_in_use_;
  return ps;
}

void RequestPool::put(Parent& ps) noexcept {
  ps.unit = nullptr;
  ps.ps_bp = nullptr;
  ps.ps_flags = 0;
  ps.next_free = std::exchange(free_parents_, &ps);
  --parents_in_use_;
}

Child& RequestPool::child() {
  if (free_children_ == nullptr) free_children_ = &children_.make();
  Child& cs = *std::exchange(free_children_, free_children_->queue_next);
  cs.queue_next = nullptr;
  ++children_in_use_;
  return cs;
}

void RequestPool::put(Child& cs) noexcept {
  cs.unit = nullptr;
  cs.cs_ps = nullptr;
  cs.cs_flags = 0;
  cs.cs_stage = Stage::RAID_NONE;
  cs.buflist_count = 0;
  cs.queue_next = std::exchange(free_children_, &cs);
  --children_in_use_;
}

SlotErase& RequestPool::erase() {
  if (free_erases_ == nullptr) free_erases_ = &erases_.make();
  SlotErase& erase = *std::exchange(free_erases_, free_erases_->next);
  erase.next = nullptr;
  return erase;
}

void RequestPool::put(SlotErase& erase) noexcept { erase.next = std::exchange(free_erases_, &erase); }

}  // namespace raidsim::raid
