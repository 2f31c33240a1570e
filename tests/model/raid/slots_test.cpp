#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <optional>

#include "engine/assert.h"
#include "model/raid/slots.h"

namespace raidsim::raid {
namespace {

constexpr int child = 0;  // any address will do for an owner

int32_t use(SlotTable& table, RowRange rows) {
  const int32_t slot = table.choose(rows).slot;
  if (slot >= 0) table.take(slot, rows, &child);
  return slot;
}
void finish(SlotTable& table, int32_t slot) {
  table.entry_issued(slot);
  table.entry_durable(slot);
  table.release(slot);
}

TEST(SlotTable, RewritesTheSlotWhoseEntryItOverlaps) {
  SlotTable table(4);
  const int32_t first = use(table, {8, 15});
  const int32_t second = use(table, {16, 23});
  finish(table, first);
  finish(table, second);
  EXPECT_EQ(use(table, {20, 21}), second);
}

// Two finished writes of 4 rows each left an entry each; a write over both reuses one slot, and the other
// entry has to go before the new one counts: else replay could put the old rows over the new ones (RL-08).
TEST(SlotTable, FurtherOverlappingEntryIsErased_RH06) {
  SlotTable table(4);
  const int32_t low = use(table, {8, 11}), high = use(table, {12, 15});
  finish(table, low);
  finish(table, high);

  EXPECT_EQ(use(table, {8, 15}), low);
  EXPECT_EQ(table.next_to_erase({8, 15}, &child), high);
  EXPECT_EQ(table.next_to_erase({8, 15}, &child), -1);
  EXPECT_EQ(table.slots()[static_cast<size_t>(high)].flags, SB_INVAL_PEND);

  table.erased(high);
  EXPECT_EQ(table.slots()[static_cast<size_t>(high)].flags, SB_UNUSED);
  EXPECT_TRUE(table.slots()[static_cast<size_t>(high)].rows.empty());
}

// A slot in use still holds its old entry on the medium. Until the new one is durable nobody may log rows of
// the old one, or two valid entries for a row would stand side by side after a crash.
TEST(SlotTable, RowsOfAnOldEntryAreRefusedUntilTheNewOneIsDurable_RH06) {
  SlotTable table(2);
  finish(table, use(table, {8, 9}));
  const int32_t slot = use(table, {9, 20});  // reuses the slot: old entry 8..9
  EXPECT_TRUE(table.choose({8, 8}).overlap);
  EXPECT_EQ(table.choose({8, 8}).slot, -1);
  table.entry_issued(slot);
  table.entry_durable(slot);
  EXPECT_GE(table.choose({8, 8}).slot, 0);
}

// A slot was taken for a column that turned out unusable: nothing was written, the old entry is still there.
TEST(SlotTable, ReleaseWithoutAWriteKeepsTheOldRange_RH06) {
  SlotTable table(3);
  finish(table, use(table, {8, 9}));
  const int32_t slot = use(table, {9, 20});
  table.release(slot);
  EXPECT_EQ(table.slots()[static_cast<size_t>(slot)].rows, (RowRange{8, 9}));
}

// A pre-write that failed may or may not have reached the medium: both ranges count from now on.
TEST(SlotTable, ReleaseAfterAFailedWriteKeepsBothRanges_RH06) {
  SlotTable table(3);
  finish(table, use(table, {8, 9}));
  const int32_t slot = use(table, {9, 20});
  table.entry_issued(slot);
  table.release(slot);
  EXPECT_EQ(table.choose({8, 8}).slot, slot);
  EXPECT_EQ(table.choose({20, 20}).slot, slot);
}

TEST(SlotTable, NoSlotLeftIsSaidBeforehand) {
  SlotTable table(2);
  EXPECT_GE(use(table, {8, 9}), 0);
  EXPECT_TRUE(table.available());
  EXPECT_GE(use(table, {10, 11}), 0);
  EXPECT_FALSE(table.available());
  EXPECT_EQ(table.choose({12, 13}).slot, -1);
}

TEST(SlotTable, ReleaseSaysWhenTheFirstSlotComesFree) {
  SlotTable table(2);
  const int32_t a = use(table, {8, 9}), b = use(table, {10, 11});
  EXPECT_TRUE(table.release(a));
  EXPECT_FALSE(table.release(b));
}

/// What a crash would find on the medium: for each slot the entries that may stand there, and in order of age
/// those of writes that have ended or are past their pre-write stage.
struct Medium {
  struct Write {
    RowRange rows;
    std::vector<int32_t> erases;
    bool logged = false;
  };
  std::map<int32_t, RowRange> entries;  ///< durable entry by slot
  std::map<int32_t, Write> running;     ///< by slot

  bool locked(const RowRange& rows) const {
    return std::any_of(running.begin(), running.end(), [&](const auto& r) { return r.second.rows.overlaps(rows); });
  }
};

// Random writers on one column, with line locks as the only other rule: allocate, log (durable), end.
RC_GTEST_PROP(SlotTable, ValidEntriesStayDisjoint_RL06_RL07_RL08, ()) {
  const auto count = *rc::gen::inRange<uint32_t>(2, 7);
  SlotTable table(count);
  Medium medium;
  const auto steps = *rc::gen::inRange(1, 120);
  for (int step = 0; step < steps; ++step) {
    const auto kind = *rc::gen::inRange(0, 3);
    if (kind == 0) {
      const auto first = *rc::gen::inRange<uint64_t>(0, 24), length = *rc::gen::inRange<uint64_t>(1, 9);
      const RowRange rows{first, first + length - 1};
      if (medium.locked(rows)) continue;
      const int32_t slot = table.choose(rows).slot;
      if (slot < 0) continue;
      RC_ASSERT(!medium.running.contains(slot));
      table.take(slot, rows, &child);
      Medium::Write write{.rows = rows, .erases = {}, .logged = false};
      for (int32_t e = table.next_to_erase(rows, &child); e >= 0; e = table.next_to_erase(rows, &child)) {
        write.erases.push_back(e);
      }
      medium.running.emplace(slot, std::move(write));
      continue;
    }
    if (medium.running.empty()) continue;
    const auto pick = *rc::gen::inRange<size_t>(0, medium.running.size());
    const auto chosen = std::next(medium.running.begin(), static_cast<std::ptrdiff_t>(pick));
    Medium::Write& write = chosen->second;
    const int32_t slot = chosen->first;
    if (kind == 1 && !write.logged) {
      table.entry_issued(slot);
      table.entry_durable(slot);
      medium.entries[slot] = write.rows;
      for (const int32_t e : std::exchange(write.erases, {})) {
        table.erased(e);
        medium.entries.erase(e);
      }
      write.logged = true;
      for (const auto& [other, rows] : medium.entries) {  // RL-08, a write past its pre-write stage
        RC_ASSERT(other == slot || !rows.overlaps(write.rows));
      }
    } else if (kind == 2) {
      if (!write.logged && *rc::gen::inRange(0, 2) == 1) {  // failed: it may have arrived
        table.entry_issued(slot);
        if (*rc::gen::inRange(0, 2) == 1) medium.entries[slot] = write.rows;
      }
      for (const int32_t e : write.erases) table.erase_given_up(e);
      table.release(slot);
      medium.running.erase(chosen);
    }
    const auto in_use = static_cast<uint32_t>(
        std::count_if(table.slots().begin(), table.slots().end(), [](const Slot& s) { return s.flags == SB_INUSE; }));
    RC_ASSERT(in_use == medium.running.size());  // RL-06
    RC_ASSERT(table.pw_free() == count - in_use);
    for (size_t i = 0; i < count; ++i) {  // the table knows every entry that may be there
      const auto entry = medium.entries.find(static_cast<int32_t>(i));
      if (entry == medium.entries.end()) continue;
      const Slot& s = table.slots()[i];
      RC_ASSERT(hull(s.rows, s.old).first <= entry->second.first && entry->second.last <= hull(s.rows, s.old).last);
    }
  }
}

}  // namespace
}  // namespace raidsim::raid
