// What a block of a disk is for (D-10): every protocol point rests on this map.
#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "harness/world/disk_roles.h"

namespace raidsim::harness {
namespace {

constexpr uint64_t slice0 = 1'024;
constexpr uint64_t log_blocks = 330;
constexpr DeviceNumber slice(uint32_t disk, uint32_t number) { return disk_slice(disk, number); }

// Three columns on disks 0 to 2: log at block 32 of slice 0, ten lines of 16 blocks behind it.
raid::Unit unit() {
  raid::Unit u;
  u.un_segsize = 16;
  u.un_segsincolumn = 10;
  u.un_pwsize = log_blocks;
  for (uint32_t c = 0; c < 3; ++c) {
    raid::Column column;
    column.orig = {slice(c, 0), 32, 32 + log_blocks};
    column.now = column.orig;
    u.columns.push_back(column);
  }
  return u;
}

const disk::DeviceTree five_disks(5);

DiskRoles roles(const raid::Unit& u) {
  DiskRoles out(std::vector<SliceLayout>(5, SliceLayout{slice0, 4'096}), five_disks);
  out.add(0, u);
  return out;
}

TEST(DiskRoles, EachAreaBeginsAndEndsWhereTheUnitSays) {
  const DiskRoles map = roles(unit());
  const uint64_t log = slice0 + 32;
  const uint64_t data = log + log_blocks;

  EXPECT_EQ(map.find(1, slice0 - 1).role, Role::replica);
  EXPECT_EQ(map.find(1, slice0).role, Role::unused);  // label
  EXPECT_EQ(map.find(1, log - 1).role, Role::unused);
  EXPECT_EQ(map.find(1, log).role, Role::log);
  EXPECT_EQ(map.find(1, data - 1).role, Role::log);
  EXPECT_EQ(map.find(1, data - 1).offset, log_blocks - 1);
  EXPECT_EQ(map.find(1, data).role, Role::data);
  EXPECT_EQ(map.find(1, data).offset, 0U);
  EXPECT_EQ(map.find(1, data).column, 1U);
  EXPECT_TRUE(map.find(1, data).current);
  EXPECT_EQ(map.find(1, data + 159).offset, 159U);
  EXPECT_EQ(map.find(1, data + 160).role, Role::unused);
  EXPECT_EQ(map.find(3, data).role, Role::unused);  // no unit's disk
}

// Column 1 was hot spared to disk 3: writes there are the column's, and its old disk still carries its old blocks.
TEST(DiskRoles, SpareIsCurrentAndTheOriginalIsNot) {
  raid::Unit u = unit();
  u.columns[1].un_hs_id = 7;
  u.columns[1].now = {slice(3, 0), 0, log_blocks};
  const DiskRoles map = roles(u);

  const Place spare = map.find(3, slice0 + log_blocks + 5);
  EXPECT_EQ(spare.role, Role::data);
  EXPECT_EQ(spare.group, Group::spare);
  EXPECT_EQ(spare.column, 1U);
  EXPECT_EQ(spare.offset, 5U);
  EXPECT_TRUE(spare.current);
  const Place original = map.find(1, slice0 + 32 + log_blocks + 5);
  EXPECT_EQ(original.group, Group::original);
  EXPECT_FALSE(original.current);
}

// Copy-back: the spare serves, and the second write target is told from it.
TEST(DiskRoles, SecondTargetOfACopyIsTheAlternate) {
  raid::Unit u = unit();
  u.columns[1].un_hs_id = 7;
  u.columns[1].now = {slice(3, 0), 0, log_blocks};
  u.columns[1].alt = u.columns[1].orig;
  const DiskRoles map = roles(u);

  EXPECT_EQ(map.find(1, slice0 + 32 + log_blocks).group, Group::alternate);
  EXPECT_FALSE(map.find(1, slice0 + 32 + log_blocks).current);
  EXPECT_EQ(map.find(3, slice0 + log_blocks).group, Group::spare);
}

TEST(DiskRoles, BlocksOfOtherSlicesAreCountedFromTheDisksBeginning) {
  const DiskRoles map = roles(unit());

  EXPECT_EQ(map.disk_block(slice(2, 0), 10), slice0 + 10);
  EXPECT_EQ(map.disk_block(slice(2, 7), 10), 10U);
  EXPECT_EQ(map.disk_of(slice(2, 7)), 2U);
  EXPECT_EQ(map.disk_of(no_device), UINT32_MAX);
}

// Disks 0 and 1 have changed numbers (F38): what number 0 serves lies on disk 1.
TEST(DiskRoles, FollowTheNumbersOfTheDisks_F38) {
  disk::DeviceTree tree(5);
  const std::array<disk::DiskIndex, 2> swapped{0, 1};
  tree.rotate(swapped);
  DiskRoles map(std::vector<SliceLayout>(5, SliceLayout{slice0, 4'096}), tree);
  map.add(0, unit());

  EXPECT_EQ(map.disk_of(slice(0, 0)), 1U);
  EXPECT_EQ(map.number_of(0, 7), slice(1, 7));
  EXPECT_EQ(map.by_index(slice(1, 0)), slice(0, 0));
  EXPECT_EQ(map.find(1, slice0 + 32).column, 0U);
  EXPECT_EQ(map.find(0, slice0 + 32).column, 1U);
}

TEST(DiskRoles, ForgetsEveryUnit) {
  DiskRoles map = roles(unit());
  map.clear();
  EXPECT_EQ(map.find(1, slice0 + 32).role, Role::unused);
}

}  // namespace
}  // namespace raidsim::harness
