// model/raid/slots.cpp
#include "model/raid/slots.h"

#include "engine/assert.h"

namespace raidsim::raid {

SlotTable::Choice SlotTable::choose(const RowRange& rows) const {
  Choice choice;
  int32_t first_free = -1;
  for (size_t i = 0; i < slots_.size(); ++i) {
    const Slot& slot = slots_[i];
    const int32_t index = static_cast<int32_t>(i);
    if (slot.free()) {
      if (first_free < 0) first_free = index;
      if (choice.slot < 0 && (slot.rows.overlaps(rows) || slot.old.overlaps(rows))) choice.slot = index;
    } else if (slot.flags == SB_INVAL_PEND) {
      choice.overlap = choice.overlap || slot.rows.overlaps(rows) || slot.old.overlaps(rows);
    } else {
      RAIDSIM_ASSERT(!slot.rows.overlaps(rows));  // RL-07: line locks exclude it
      choice.overlap = choice.overlap || (!slot.durable && slot.old.overlaps(rows));
    }
  }
  if (choice.slot < 0) choice.slot = first_free;
  if (choice.overlap) choice.slot = -1;
  return choice;
}

void SlotTable::take(int32_t index, const RowRange& rows, const void* owner) {
  Slot& slot = slots_[static_cast<size_t>(index)];
  RAIDSIM_ASSERT(slot.free());
  const bool holds_entry = slot.flags == SB_AVAIL;
  slot.old = holds_entry ? hull(slot.rows, slot.old) : RowRange{};
  slot.rows = rows;
  slot.flags = SB_INUSE;
  slot.issued = false;
  slot.durable = false;
  slot.owner = owner;
  --pw_free_;
}

int32_t SlotTable::next_to_erase(const RowRange& rows, const void* owner) {
  for (size_t i = 0; i < slots_.size(); ++i) {
    Slot& slot = slots_[i];
    if (slot.flags != SB_AVAIL || !(slot.rows.overlaps(rows) || slot.old.overlaps(rows))) continue;
    slot.flags = SB_INVAL_PEND;
    slot.owner = owner;
    ++pending_;
    return static_cast<int32_t>(i);
  }
  return -1;
}

void SlotTable::entry_issued(int32_t index) {
  Slot& slot = slots_[static_cast<size_t>(index)];
  RAIDSIM_ASSERT(slot.flags == SB_INUSE);
  slot.issued = true;
}

void SlotTable::entry_durable(int32_t index) {
  Slot& slot = slots_[static_cast<size_t>(index)];
  RAIDSIM_ASSERT(slot.flags == SB_INUSE && slot.issued);
  slot.durable = true;
  slot.old = {};
}

void SlotTable::erased(int32_t index) {
  Slot& slot = slots_[static_cast<size_t>(index)];
  RAIDSIM_ASSERT(slot.flags == SB_INVAL_PEND);
  slot = Slot{};
  slot.rows = {};  // empty: there is no entry, and row 0 is not preferred either
  --pending_;
}

void SlotTable::erase_given_up(int32_t index) {
  Slot& slot = slots_[static_cast<size_t>(index)];
  RAIDSIM_ASSERT(slot.flags == SB_INVAL_PEND);
  slot.flags = SB_AVAIL;
  slot.owner = nullptr;
  --pending_;
}

bool SlotTable::release(int32_t index) {
  Slot& slot = slots_[static_cast<size_t>(index)];
  RAIDSIM_ASSERT(slot.flags == SB_INUSE);
  if (!slot.issued) {  // never written: the medium holds what it held, if anything
    slot.rows = slot.old;
    slot.old = {};
  }
  slot.flags = slot.rows.empty() ? SB_UNUSED : SB_AVAIL;
  slot.owner = nullptr;
  RAIDSIM_ASSERT(pw_free_ < slots_.size());  // RL-06
  return pw_free_++ == 0;
}

void SlotTable::reset() {
  RAIDSIM_ASSERT(pw_free_ == slots_.size() && pending_ == 0);
  for (Slot& slot : slots_) slot = Slot{};
}

}  // namespace raidsim::raid
