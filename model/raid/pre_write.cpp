// model/raid/pre_write.cpp
#include "model/raid/pre_write.h"

#include <optional>

#include "engine/assert.h"
#include "model/raid/prewrite_header.h"
#include "model/raid/stage.h"

namespace raidsim::raid {
namespace {

constexpr Duration md_wr_wait = 500ms;

/// Columns the write logs to and their slots, in order of allocation: data, further data columns, parity. Ends
/// with the first false.
template <class AnyChild, class Visit>
bool each_logged_column(AnyChild& cs, Visit visit) {
  if (!visit(cs.cs_dcolumn, cs.cs_dpwslot)) return false;
  for (uint32_t i = 0; i < cs.buflist_count; ++i) {
    if (!visit(cs.cs_buflist[i].column, cs.cs_buflist[i].slot)) return false;
  }
  return visit(cs.cs_pcolumn, cs.cs_ppwslot);
}

void take_slot(Child& cs, ColumnIndex column, int32_t slot) {
  SlotTable& table = cs.unit->slots[column.value];
  table.take(slot, cs.rows, &cs);
  for (int32_t further = table.next_to_erase(cs.rows, &cs); further >= 0; further = table.next_to_erase(cs.rows, &cs)) {
    RAIDSIM_SOMETIMES(true, "log: an older entry of the same rows is erased");
    SlotErase& erase = cs.unit->pool.erase();
    erase.column = column;
    erase.slot = further;
    erase.now.used = erase.now.failed = erase.alt.used = erase.alt.failed = false;
    erase.next = cs.erases;
    cs.erases = &erase;
  }
}

/// At most one waiter for each column that has a slot more. Locks  un_linlck_mx
void wake_slot_waiters(RaidUnit& unit, uint32_t columns) {
  if (unit.slot_waiters.empty()) return;  // only ever added to under un_linlck_mx, which is held here
  MutexLock words(unit.un_mx);
  unit.slot_waiters.wake(columns);
  if (unit.slot_waiters.empty()) unit.un_rflags &= ~uint32_t{MD_RFLAG_NEEDPW};
}

void mark_durable(Child& cs, ColumnIndex column, int32_t slot, const Transfer& transfer) {
  if (transfer.used && !transfer.failed) cs.unit->slots[column.value].entry_durable(slot);
}

uint64_t slot_block(const RaidUnit& unit, ColumnIndex column, Target target, int32_t slot) {
  return unit.group(column, target).pwstart + static_cast<uint64_t>(slot) * unit.un.un_iosize;
}

}  // namespace

bool slots_available(const Child& cs) noexcept {
  return each_logged_column(cs, [&](ColumnIndex c, int32_t) { return cs.unit->slots[c.value].available(); });
}

bool allocate_slots(Child& cs) {
  RaidUnit& unit = *cs.unit;
  const bool all = each_logged_column(cs, [&](ColumnIndex c, int32_t& slot) {
    slot = unit.slots[c.value].choose(cs.rows).slot;
    return slot >= 0;
  });
  if (!all) {
    each_logged_column(cs, [](ColumnIndex, int32_t& slot) { return (slot = -1) < 0; });
    return false;
  }
  {
    MutexLock words(unit.un_mx);
    cs.cs_pwid = ++unit.un.un_pwid;
  }
  each_logged_column(cs, [&](ColumnIndex c, int32_t& slot) {
    take_slot(cs, c, slot);
    return true;
  });
  cs.cs_flags |= MD_RCS_HAVE_PW_SLOTS;
  return true;
}

void release_slots(Child& cs) {
  RaidUnit& unit = *cs.unit;
  each_logged_column(cs, [&](ColumnIndex c, int32_t& slot) {
    if (slot >= 0) unit.slots[c.value].release(slot);
    slot = -1;
    return true;
  });
  while (cs.erases != nullptr) {
    SlotErase& erase = *cs.erases;
    cs.erases = erase.next;
    unit.slots[erase.column.value].erase_given_up(erase.slot);
    unit.pool.put(erase);
  }
  cs.cs_flags &= ~uint32_t{MD_RCS_HAVE_PW_SLOTS};
  wake_slot_waiters(unit, cs.buflist_count + 2);
}

void wait_for_slots(Child& cs) {
  RaidUnit& unit = *cs.unit;
  for (;;) {
    // un_mx is taken before un_linlck_mx is dropped: a release after the test finds the waiter (K18).
    std::optional<MutexLock> chain(std::in_place, unit.lines.un_linlck_mx);
    if (slots_available(cs)) return;
    MutexLock words(unit.un_mx);
    ++unit.statistics.slot_waits;
    RAIDSIM_SOMETIMES(true, "log: a write waits for a free slot");
    SlotWaiter waiter(cs);
    {
      const SlotWaiters::Place place(unit.slot_waiters, waiter);
      unit.un_rflags |= MD_RFLAG_NEEDPW;
      chain.reset();
      (void)waiter.slot.wait_for(words, md_wr_wait);
    }
    if (waiter.woken) continue;
    if (unit.slot_waiters.empty()) unit.un_rflags &= ~uint32_t{MD_RFLAG_NEEDPW};
  }
}

void issue_pre_write(Child& cs, Transfer& transfer, Transfer* alternate, ColumnIndex column, int32_t slot,
                     std::byte* buffer, int32_t partner, uint32_t colcount) {
  RaidUnit& unit = *cs.unit;
  const PreWriteEntry entry{.column = column,
                            .partner = partner,
                            .row = RowIndex{cs.rows.first},
                            .blocks = cs.cs_blkcnt,
                            .pwid = cs.cs_pwid,
                            .colcount = colcount};
  const std::span<const std::byte> payload(buffer + block_bytes, cs.payload_bytes());
  encode(live_header(unit.un, entry, payload), HeaderBlock(buffer, block_bytes));
  const uint32_t blocks = cs.cs_blkcnt + 1;
  if (alternate != nullptr && unit.column(column).writes_alternate()) {
    issue(cs, *alternate, IoOp::write, column, Target::alt, Purpose::pre_write,
          slot_block(unit, column, Target::alt, slot), blocks, buffer);
  }
  unit.slots[column.value].entry_issued(slot);
  issue(cs, transfer, IoOp::write, column, Target::now, Purpose::pre_write, slot_block(unit, column, Target::now, slot),
        blocks, buffer);
}

void issue_erases(Child& cs, ColumnIndex column) {
  RaidUnit& unit = *cs.unit;
  for (SlotErase* erase = cs.erases; erase != nullptr; erase = erase->next) {
    if (erase->column != column) continue;
    encode(empty_header(unit.un, column), HeaderBlock(erase->block, block_bytes));
    if (unit.column(column).writes_alternate()) {
      issue(cs, erase->alt, IoOp::write, column, Target::alt, Purpose::erase,
            slot_block(unit, column, Target::alt, erase->slot), 1, erase->block);
    }
    issue(cs, erase->now, IoOp::write, column, Target::now, Purpose::erase,
          slot_block(unit, column, Target::now, erase->slot), 1, erase->block);
    ++unit.statistics.erased_slots;
  }
}

void pre_writes_durable(Child& cs) {
  RaidUnit& unit = *cs.unit;
  MutexLock chain(unit.lines.un_linlck_mx);
  mark_durable(cs, cs.cs_dcolumn, cs.cs_dpwslot, cs.cs_dbuf);
  mark_durable(cs, cs.cs_pcolumn, cs.cs_ppwslot, cs.cs_pbuf);
  for (uint32_t i = 0; i < cs.buflist_count; ++i) {
    mark_durable(cs, cs.cs_buflist[i].column, cs.cs_buflist[i].slot, cs.cs_buflist[i].transfer);
  }
  uint32_t erased = 0;
  for (SlotErase** link = &cs.erases; *link != nullptr;) {
    SlotErase& erase = **link;
    if (!erase.now.used || erase.now.failed) {
      link = &erase.next;
      continue;
    }
    *link = erase.next;
    unit.slots[erase.column.value].erased(erase.slot);
    unit.pool.put(erase);
    ++erased;
  }
  if (erased > 0) wake_slot_waiters(unit, erased);
  raid_io_startup(unit, chain);
}

}  // namespace raidsim::raid
