// harness/invariants/lock_rules.h: RL-01 to RL-10 as questions to what a unit's accessors show.
#pragma once

#include <span>
#include <vector>

#include "harness/invariants/unit_rules.h"
#include "model/raid/raid_unit.h"

namespace raidsim::harness {

/// A holder or waiter of row locks.
struct LockMember {
  const void* child = nullptr;
  raid::RowRange rows;
  bool writer = false;
  bool locked = false;   ///< LLOCKD
  bool waiting = false;  ///< WAITING
};
[[nodiscard]] Broken broken_chain(std::span<const LockMember> chain);  ///< RL-01
/// RL-02.
[[nodiscard]] Broken broken_membership(std::span<const LockMember> chain, std::span<const LockMember> queue);

/// Who says that a slot is its own: a child's slot number, or one that it erases.
struct SlotClaim {
  const void* child = nullptr;
  uint64_t column = 0;
  int32_t slot = -1;
};
[[nodiscard]] Broken broken_slots(uint64_t column, std::span<const raid::Slot> slots, uint32_t pw_free,
                                  std::span<const SlotClaim> claims);                       ///< RL-06
[[nodiscard]] Broken broken_slot_rows(uint64_t column, std::span<const raid::Slot> slots);  ///< RL-07

struct ParentCounts {
  uint32_t frags = 0, pwfrags = 0, live_children = 0;
};
[[nodiscard]] Broken broken_parent(const ParentCounts& parent);  ///< RL-10

[[nodiscard]] std::vector<LockMember> chain_of(const raid::RaidUnit& unit);
[[nodiscard]] std::vector<LockMember> queue_of(const raid::RaidUnit& unit);

}  // namespace raidsim::harness
