// What of a replica is in use, what is free, and which replica is too small; layout and order of what lies there
// (statedb.md 1.1, 1.2, 1.6, 1.10).
#include <gtest/gtest.h>

#include "model/statedb/format/fields.h"
#include "model/statedb/operations.h"
#include "tests/model/statedb/loaded_world.h"
#include "tests/model/statedb/set_world.h"

namespace raidsim::statedb {
namespace {

using testing::DatabaseWorld;
using testing::SetWorld;

// Two stamps are taken in one microsecond, the second of a second that ends; then the clock is set back.
TEST(Stamps, AreNeverTheSameTwice_DBF4) {
  struct StuckClock final : md::WallClock {
    int64_t wall_ns() override { return now; }
    int64_t now = 7'999'999'000;
  } clock;
  testing::Machine machine;
  md::Environment environment = machine.environment();
  environment.wall = &clock;
  Services services(environment);
  EXPECT_EQ(services.now(), (Timeval32{7, 999'999}));
  EXPECT_EQ(services.now(), (Timeval32{8, 0}));
  clock.now = 0;
  EXPECT_EQ(services.now(), (Timeval32{8, 1}));
}

uint32_t word(const testing::TestDisk& disk, uint64_t block, size_t offset = 0) {
  const auto& bytes = const_cast<testing::TestDisk&>(disk).bytes();
  uint32_t out = 0;  // low byte first, whatever machine this is
  for (size_t i = 4; i-- > 0;) out = out << 8 | static_cast<uint32_t>(bytes[block * block_bytes + offset + i]);
  return out;
}

// By the numbers of the specification, and not by those of the code.
TEST(Layout, EveryStructureIsInItsPlaceOnTheDisk_DBF6_DBF3) {
  DatabaseWorld world(1);
  const auto& disk = world.disk(0);
  constexpr uint64_t master = 16, first = 17;
  EXPECT_EQ(word(disk, master), 0x6d646d62U);
  EXPECT_EQ(word(disk, first), 0x6d646c62U);
  EXPECT_EQ(word(disk, first + 3), 0x6d646c6eU);
  EXPECT_EQ(word(disk, first + 10), 0x6d646462U);
  EXPECT_EQ(word(disk, first + 12), 0x6d646469U);
  const std::pair<size_t, uint32_t> fields[] = {{76, 12}, {80, 6},  {84, 11}, {88, 1},
                                                {104, 3}, {108, 3}, {112, 7}, {116, 10}};
  for (const auto& [offset, value] : fields) EXPECT_EQ(word(disk, first, offset), value) << "lb offset " << offset;
}

// Nine records fill a directory block and begin another; one goes, and its number comes back behind the others of the
// block with room. Both blocks stay when all records are gone.
TEST(Layout, RecordsComeInTheOrderOfTheirEntries_DBF7) {
  DatabaseWorld world(2);
  std::vector<md::RecordId> ids;
  EXPECT_TRUE(world.machine.run([&] {
    for (int i = 0; i < 9; ++i) {
      ids.push_back(world.create("x"));
      world.commit({ids.back()});
    }
    world.remove({ids[3]});
    EXPECT_EQ(world.create("again"), ids[3]);
    world.commit({ids[3]});
  }));
  ASSERT_TRUE(world.reboot());
  std::vector<md::RecordId> order;
  for (const auto& record : world.database->loaded()) order.push_back(record.id);
  EXPECT_EQ(order, (std::vector{ids[0], ids[1], ids[2], ids[4], ids[5], ids[6], ids[7], ids[3], ids[8]}));

  EXPECT_TRUE(world.machine.run([&] { static_cast<void>(world.database->remove(ids)); }));
  ASSERT_TRUE(world.reboot());
  EXPECT_TRUE(world.texts().empty());
  EXPECT_EQ(world.set().contents.directory.size(), 2U);
}

// Nothing on a disk says what is free: it is what has no owner.
TEST(Space, WhatHasNoOwnerIsFree_DBF11) {
  SetWorld world(2);  // logical blocks 0 to 79, the journal in 18 to 48
  world.add_record(1, 60);
  world.add_record(2, 70);
  EXPECT_TRUE(world.machine.run([&] {
    ASSERT_TRUE(world.start());
    const FreeSpace space = free_space_of(world.set);
    for (uint32_t block = 0; block < 80; ++block) {
      EXPECT_EQ(space.used(block), block < 49 || block == 60 || block == 70) << block;
    }
    EXPECT_EQ(space.free(), 80U - 49 - 2);
    ASSERT_EQ(delete_record(world.set, world.services, 1), DbStatus::ok);
    EXPECT_FALSE(free_space_of(world.set).used(60));
  }));
}

/// Replicas of these many logical blocks.
struct Sizes : SetWorld {
  explicit Sizes(std::initializer_list<uint32_t> sizes) : SetWorld(static_cast<uint32_t>(sizes.size()), 80) {
    size_t i = 0;
    for (const uint32_t blocks : sizes) testing::write_master_block(*machine.disks[i++], blocks + 1);
  }
};

TEST(Space, TheSmallestReplicaThatIsThereIsTheMeasure_DBF12) {
  Sizes world({80, 60, 70});
  EXPECT_TRUE(world.machine.run([&] {
    ASSERT_TRUE(world.start());
    EXPECT_EQ(blocks_of(world.set), 60U);
    world.set.members[1].replica.reset();  // its disk does not come up: EMASTER
    EXPECT_EQ(blocks_of(world.set), 70U);
    world.set.lb.lb_locators[2].l_flags = MDDB_F_DELETED;
    EXPECT_EQ(blocks_of(world.set), 80U);
  }));
  EXPECT_EQ(blocks_of(SetState{}), 100U);
  SetWorld large(1, 9000);
  EXPECT_TRUE(large.machine.run([&] {
    ASSERT_TRUE(large.start());
    EXPECT_EQ(blocks_of(large.set), 8192U);
  }));
}

// Block 70 is in use. A replica of 71 blocks holds it, one of 70 does not: that one is out, and yet nothing is given
// out that it would not hold. When the record is gone it comes back.
TEST(Space, AReplicaThatIsTooSmallIsOutAndStillTheMeasure_DBF13_DBF15) {
  Sizes world({80, 71, 70});
  world.add_record(1, 70);
  EXPECT_TRUE(world.machine.run([&] {
    ASSERT_TRUE(world.start());
    EXPECT_TRUE(world.active(1));
    EXPECT_FALSE(world.active(2));
    EXPECT_TRUE(world.set.lb.lb_locators[2].has(MDDB_F_TOOSMALL));
    EXPECT_EQ(blocks_of(world.set), 70U);
    const FreeSpace space = free_space_of(world.set);
    for (uint32_t block = 70; block < space.blocks(); ++block) EXPECT_TRUE(space.used(block)) << block;

    ASSERT_EQ(delete_record(world.set, world.services, 1), DbStatus::ok);
    ASSERT_TRUE(full_rescan(world.set, world.services));
    EXPECT_TRUE(world.active(2));
    EXPECT_FALSE(world.set.lb.lb_locators[2].has(MDDB_F_TOOSMALL));
    EXPECT_TRUE(world.read_back(2).contents.contents == world.set.contents);
  }));
}

// The small one leaves the set: from then on there is more room.
TEST(Space, ADeletedReplicaIsNoMeasure_DBF15) {
  Sizes world({80, 80, 60});
  EXPECT_TRUE(world.machine.run([&] {
    ASSERT_TRUE(world.start());
    EXPECT_TRUE(free_space_of(world.set).used(60));
    ASSERT_EQ(delete_replica(world.set, world.services, 2), DbStatus::ok);
    EXPECT_FALSE(free_space_of(world.set).used(60));
    EXPECT_FALSE(free_space_of(world.set).used(79));
  }));
}

}  // namespace
}  // namespace raidsim::statedb
