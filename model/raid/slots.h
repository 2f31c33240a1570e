// model/raid/slots.h: who owns which pre-write slot, and which rows each slot's entry covers (RH-06).
//
//   allocate ──> SB_INUSE, rows = new, old = what the medium still holds ──> entry durable: old forgotten
//        '─ further free slots whose entry overlaps ──> SB_INVAL_PEND ──> header rewritten: SB_UNUSED, empty
//   release  ──> SB_AVAIL; rows are those that a valid entry on the medium may cover
//
//   RL-06  each slot in use belongs to exactly one child; pw_free = slots not in use
//   RL-07  row ranges of in-use slots of one column are pairwise disjoint
//   RL-08  valid entries on one column's medium are pairwise disjoint, but for (old, new) of a pre-write
//
// Locks  all of it under un_linlck_mx. Source  spec/raid-data-model.md 6.4, spec/raid-hardening.md RH-06
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "model/raid/layout.h"

namespace raidsim::raid {

enum SlotFlag : uint8_t { SB_AVAIL = 0x1, SB_INUSE = 0x2, SB_UNUSED = 0x4, SB_INVAL_PEND = 0x8 };

struct Slot {
  SlotFlag flags = SB_UNUSED;
  bool issued = false;          ///< in use: a write of the new entry has begun
  bool durable = false;         ///< in use: the new entry is on the medium, the old one is gone
  RowRange rows{0, 0};          ///< entry last stored; 0..0 for a slot never used
  RowRange old;                 ///< another entry the medium may hold instead; empty: none
  const void* owner = nullptr;  ///< child that uses or erases it

  [[nodiscard]] bool free() const noexcept { return (flags & (SB_AVAIL | SB_UNUSED)) != 0; }
};

/// Slots of one column.
class SlotTable {
 public:
  explicit SlotTable(uint32_t count = 0) : slots_(count), pw_free_(count) {}

  /// What allocation would do.
  struct Choice {
    int32_t slot = -1;     ///< -1: none can be had now
    bool overlap = false;  ///< refused because an entry that is not durable yet covers some of the rows
  };
  [[nodiscard]] Choice choose(const RowRange& rows) const;
  [[nodiscard]] bool available() const noexcept { return pw_free_ > pending_; }  ///< some slot can be chosen

  /// Shape  `slot` came from choose(rows) with nothing in between
  void take(int32_t slot, const RowRange& rows, const void* owner);
  /// Marks the next further free slot whose entry overlaps `rows`; -1 when there is none left.
  [[nodiscard]] int32_t next_to_erase(const RowRange& rows, const void* owner);

  void entry_issued(int32_t slot);
  void entry_durable(int32_t slot);
  void erased(int32_t slot);          ///< header rewritten and durable
  void erase_given_up(int32_t slot);  ///< the write ended without it: the old entry may still be there
  /// True when the column went from no free slot to one.
  bool release(int32_t slot);

  /// After the column's log was initialised: every slot unused, with its range as built. Shape  none in use
  void reset();

  [[nodiscard]] std::span<const Slot> slots() const noexcept { return slots_; }
  [[nodiscard]] uint32_t pw_free() const noexcept { return pw_free_; }
  [[nodiscard]] uint32_t pending() const noexcept { return pending_; }  ///< slots being erased

 private:
  std::vector<Slot> slots_;
  uint32_t pw_free_;
  uint32_t pending_ = 0;  // SB_INVAL_PEND: counted in pw_free, but not to be chosen
};

}  // namespace raidsim::raid
