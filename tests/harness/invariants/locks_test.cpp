// RL-01 to RL-10 on lists that a test can bend.
#include "harness/invariants/lock_rules.h"

#include <gtest/gtest.h>

namespace raidsim::harness {
namespace {

const int a = 0, b = 0, c = 0;

LockMember reader(const void* child, uint64_t first, uint64_t last) {
  return {.child = child, .rows = {first, last}, .writer = false, .locked = true, .waiting = false};
}
LockMember writer(const void* child, uint64_t first, uint64_t last) {
  return {.child = child, .rows = {first, last}, .writer = true, .locked = true, .waiting = false};
}

TEST(Chain, OverlapIsForReadersOnly_RL01) {
  const LockMember good[] = {reader(&a, 0, 7), reader(&b, 4, 9), writer(&c, 10, 12)};
  EXPECT_EQ(broken_chain(good), "");
  const LockMember bad[] = {reader(&a, 0, 7), writer(&b, 7, 9)};
  EXPECT_NE(broken_chain(bad), "");
}

TEST(Chain, MembersAreWhereTheirFlagsSay_RL02) {
  LockMember queued = writer(&b, 0, 7);
  queued.locked = false;
  queued.waiting = true;
  const LockMember chain[] = {writer(&a, 0, 7)};
  const LockMember queue[] = {queued};
  EXPECT_EQ(broken_membership(chain, queue), "");
  queued.child = &a;
  const LockMember twice[] = {queued};
  EXPECT_NE(broken_membership(chain, twice), "");
  const LockMember unmarked[] = {queued, queued};
  EXPECT_NE(broken_membership({}, unmarked), "");
  EXPECT_NE(broken_membership({}, chain), "");
}

TEST(Slots, HaveOneOwner_RL06) {
  raid::Slot slots[3];
  slots[1] = {.flags = raid::SB_INUSE, .issued = false, .durable = false, .rows = {0, 3}, .old = {}, .owner = &a};
  const SlotClaim mine[] = {{&a, 2, 1}};
  EXPECT_EQ(broken_slots(2, slots, 2, mine), "");
  EXPECT_NE(broken_slots(2, slots, 3, mine), "");  // miscounted
  EXPECT_NE(broken_slots(2, slots, 2, {}), "");    // nobody's
  const SlotClaim two[] = {{&a, 2, 1}, {&b, 2, 1}};
  EXPECT_NE(broken_slots(2, slots, 2, two), "");
  const SlotClaim free_one[] = {{&a, 2, 1}, {&b, 2, 0}};
  EXPECT_NE(broken_slots(2, slots, 2, free_one), "");
}

TEST(Slots, InUseCoverDisjointRows_RL07) {
  raid::Slot slots[2];
  slots[0].rows = {0, 3};
  slots[1].rows = {3, 5};
  EXPECT_EQ(broken_slot_rows(0, slots), "");  // not in use: old entries may say what they like
  slots[0].flags = slots[1].flags = raid::SB_INUSE;
  EXPECT_NE(broken_slot_rows(0, slots), "");
  slots[1].rows = {4, 5};
  EXPECT_EQ(broken_slot_rows(0, slots), "");
}

TEST(Parent, CountsItsPieces_RL10) {
  EXPECT_EQ(broken_parent({.frags = 3, .pwfrags = 2, .live_children = 3}), "");
  EXPECT_NE(broken_parent({.frags = 2, .pwfrags = 3, .live_children = 2}), "");
  EXPECT_NE(broken_parent({.frags = 1, .pwfrags = 0, .live_children = 2}), "");
  EXPECT_NE(broken_parent({.frags = 0xffffffff, .pwfrags = 0, .live_children = 0}), "");
}

}  // namespace
}  // namespace raidsim::harness
