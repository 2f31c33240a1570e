// Replicas fail while the set runs: who is out, that the others are equal, and that the list says so on every disk
// before the operation counts as done (DB-Q3 to Q8, INV-D1, D5).
#include "model/statedb/equalise.h"

#include <gtest/gtest.h>

#include "tests/model/statedb/set_world.h"

namespace raidsim::statedb {
namespace {

using testing::SetWorld;
using testing::TestDisk;

void expect_equal(SetWorld& world, size_t index) {
  const auto disk = world.read_back(index);
  EXPECT_EQ(disk.contents.fault, BlockFault::none) << "replica " << index;
  EXPECT_TRUE(disk.contents.contents == world.set.contents) << "replica " << index;
  EXPECT_EQ(disk.locators.fault, BlockFault::none) << "replica " << index;
  EXPECT_EQ(disk.locators.block.lb_commitcnt, world.set.lb.lb_commitcnt) << "replica " << index;
}

TEST(Equalise, AllThatAreThereAreWrittenAndListed_INVD1) {
  SetWorld world(3);
  world.machine.run([&] {
    world.add_record(1, 70);
    ASSERT_TRUE(world.start());
    EXPECT_EQ(world.set.lb.lb_commitcnt, 2U);  // two pushes (DB-Q5)
    for (size_t i = 0; i < 3; ++i) expect_equal(world, i);
    EXPECT_TRUE(quick_rescan(world.set, world.services));  // nothing failed: nothing to do
    EXPECT_EQ(world.set.lb.lb_commitcnt, 2U);
  });
}

// One replica refuses a directory block: it is out, and each other disk says so when recovery returns.
TEST(Equalise, AFailedReplicaIsOutOnEveryOtherDiskBeforeItIsOver_INVD5) {
  for (size_t bad = 0; bad < 3; ++bad) {
    SetWorld world(3);
    world.machine.run([&] {
      ASSERT_TRUE(world.start());
      world.add_record(1, 70);
      world.machine.disks[bad]->fail_writes = EIO;
      const auto& image = world.set.contents.images.at(1);
      EXPECT_FALSE(write_new_to_all(world.set, world.services, {{70}, image.bytes()}));
      static_cast<void>(write_directory(world.set, world.services, 0));  // skips it now (DB-C2)
      ASSERT_TRUE(recover(world.set, world.services));
      EXPECT_EQ(world.set.lb.lb_commitcnt, 4U);
      for (size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(world.active(i), i != bad);
        if (i == bad) continue;
        expect_equal(world, i);
        EXPECT_FALSE(world.read_back(i).locators.block.lb_locators[bad].has(MDDB_F_ACTIVE));
      }
      EXPECT_EQ(world.machine.heard(md::EventSubclass::ESC_SVM_ERRED), 1U);
    });
  }
}

// DB-Q8: it comes back in working order, but stays out as long as the set runs well without it.
TEST(Equalise, ADroppedReplicaStaysOutUntilAFullRescan_DBQ8) {
  SetWorld world(3);
  world.machine.run([&] {
    ASSERT_TRUE(world.start());
    world.machine.disks[0]->fail_writes = EIO;
    static_cast<void>(write_directory(world.set, world.services, 0));
    ASSERT_TRUE(recover(world.set, world.services));
    world.machine.disks[0]->fail_writes = 0;
    world.add_record(1, 70);
    EXPECT_TRUE(quick_rescan(world.set, world.services));
    EXPECT_FALSE(world.active(0));
    ASSERT_TRUE(full_rescan(world.set, world.services));
    for (size_t i = 0; i < 3; ++i) EXPECT_TRUE(world.active(i));
    expect_equal(world, 0);  // it was out, so all of it is written (SUSPECT)
  });
}

// A replica that was out comes back, and fails at any write of the pass that takes it in: whatever list the others have
// got by then, in the end they have the one that the host goes by.
TEST(Equalise, AReplicaThatFailsAsItComesBackIsOutOnEveryDisk_INVD5_DBQ4) {
  uint64_t writes_to_come_back = 0;
  for (uint64_t nth = 0; nth <= writes_to_come_back; ++nth) {
    SetWorld world(3);
    world.machine.run([&] {
      TestDisk& disk = *world.machine.disks[0];
      ASSERT_TRUE(world.start());
      disk.fail_writes = EIO;
      static_cast<void>(write_directory(world.set, world.services, 0));
      ASSERT_TRUE(recover(world.set, world.services));
      disk.fail_writes = 0;
      const size_t before = disk.log.size();
      disk.writes_until_failing = nth == 0 ? UINT64_MAX : nth - 1;
      ASSERT_TRUE(full_rescan(world.set, world.services));
      if (nth == 0) writes_to_come_back = disk.log.size() - before;
      EXPECT_EQ(world.active(0), nth == 0) << "write " << nth;
      for (size_t i = 1; i < 3; ++i) {
        expect_equal(world, i);
        const Locator listed = world.read_back(i).locators.block.lb_locators[0];
        EXPECT_EQ(listed.has(MDDB_F_ACTIVE), world.active(0)) << "write " << nth;
      }
    });
  }
  EXPECT_GT(writes_to_come_back, 4U);
}

// Exactly half may go on, less may not; when enough are back a probe makes all equal again.
TEST(Equalise, RunsOnHalfAndStopsBelowIt_DBQ0_DBQ4) {
  for (uint32_t replicas = 1; replicas <= 7; ++replicas) {
    for (uint32_t failing = 1; failing <= replicas; ++failing) {
      SetWorld world(replicas);
      world.machine.run([&] {
        ASSERT_TRUE(world.start());
        for (uint32_t i = 0; i < failing; ++i) world.machine.disks[i]->fail_writes = EIO;
        EXPECT_FALSE(write_directory(world.set, world.services, 0));
        EXPECT_EQ(recover(world.set, world.services), enough_to_run(replicas - failing, replicas))
            << failing << " of " << replicas;
        EXPECT_EQ(world.set.toofew, !enough_to_run(replicas - failing, replicas));

        for (uint32_t i = 0; i < failing; ++i) world.machine.disks[i]->fail_writes = 0;
        EXPECT_TRUE(full_rescan(world.set, world.services));
        EXPECT_FALSE(world.set.toofew);
        for (uint32_t i = 0; i < replicas; ++i) expect_equal(world, i);
      });
    }
  }
}

// Two replicas miss one directory block each and work again at once. A replica that missed a write and stays in would
// count for the quorum, get no further creates (DB-C2 skips it without a word), and one more failure later only one
// disk would hold what is acknowledged.
TEST(Equalise, WhoeverMissedAWriteIsOutOrEqual_INVD4) {
  for (const auto& [first, second] : {std::pair{0, 1}, {1, 3}, {2, 3}}) {
    SetWorld world(4);
    world.machine.run([&, one = static_cast<size_t>(first), two = static_cast<size_t>(second)] {
      ASSERT_TRUE(world.start());
      world.add_record(1, 70);
      for (const size_t bad : {one, two}) world.machine.disks[bad]->fail_writes = EIO;
      EXPECT_FALSE(write_new_to_all(world.set, world.services, {{70}, world.set.contents.images.at(1).bytes()}));
      for (const size_t bad : {one, two}) world.machine.disks[bad]->fail_writes = 0;
      static_cast<void>(write_directory(world.set, world.services, 0));
      ASSERT_TRUE(recover(world.set, world.services));
      for (size_t i = 0; i < 4; ++i) {
        EXPECT_EQ(world.active(i), world.set.writable(i)) << "replica " << i;
        EXPECT_EQ(world.active(i), i != one && i != two) << "replica " << i;
        if (world.active(i)) expect_equal(world, i);
      }
    });
  }
}

// INV-D31: a stale set writes nothing, and no rescan makes it whole.
TEST(Equalise, AStaleSetWritesNothing_DBQ2) {
  SetWorld world(3);
  world.machine.run([&] {
    ASSERT_TRUE(world.start());
    world.set.stale = true;
    for (const auto& disk : world.machine.disks) disk->log.clear();
    EXPECT_FALSE(full_rescan(world.set, world.services));
    EXPECT_FALSE(recover(world.set, world.services));
    for (const auto& disk : world.machine.disks) EXPECT_TRUE(disk->log.empty());
    EXPECT_TRUE(world.set.stale);
  });
}

}  // namespace
}  // namespace raidsim::statedb
