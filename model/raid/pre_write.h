// model/raid/pre_write.h: a write's slots and log entries (spec/raid-data-model.md 6, RH-06, RH-12).
//
//   line lock (W) ──> allocate_slots ──> pre-write stage: entries with FUA, further overlapping entries erased
//        ──> pre_writes_durable ──> home writes ──> line exit: release_slots
//
//   RL-11  no home write of a row is issued before all pre-writes of that write are durable.
#pragma once

#include "engine/sync/mutex.h"
#include "model/raid/raid_unit.h"

namespace raidsim::raid {

/// Availability test: something could be chosen in every column the write logs to. Locks  un_linlck_mx
[[nodiscard]] bool slots_available(const Child& cs) noexcept;
/// Slots in every column the write logs to, or none at all; a new pwid; further overlapping free slots marked.
/// Locks  un_linlck_mx; takes un_mx
[[nodiscard]] bool allocate_slots(Child& cs);
/// Wakes who waits for them. Locks  un_linlck_mx; takes un_mx
void release_slots(Child& cs);
/// Waits, at most half a second at a time, until the availability test says yes. Suspends
void wait_for_slots(Child& cs);

/// Issues one column's pre-write, to its alternate too when it has one to be written (`alternate` is null when a
/// full line writes: no copy runs then).
void issue_pre_write(Child& cs, Transfer& transfer, Transfer* alternate, ColumnIndex column, int32_t slot,
                     std::byte* buffer, int32_t partner, uint32_t colcount);
/// Issues the erasures of this column's slots that allocation marked.
void issue_erases(Child& cs, ColumnIndex column);
/// The pre-write stage ended well: old entries are gone, and what waited for that may start. Takes un_linlck_mx
void pre_writes_durable(Child& cs);

}  // namespace raidsim::raid
