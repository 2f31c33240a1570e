// Replicas that are added and deleted, also while others are away.
#include "model/statedb/replica_admin.h"

#include <gtest/gtest.h>

#include "tests/model/statedb/database_world.h"

namespace raidsim::statedb {
namespace {

using testing::DatabaseWorld;
using testing::replica_at;

/// The boot list is the tool's: shortened before a deletion.
DbStatus remove_replica(DatabaseWorld& world, size_t index) {
  const auto all = world.database->replicas();
  std::erase_if(world.boot_list, [&](const ReplicaPlace& each) { return each.device == all[index].place.device; });
  return world.database->delete_replica(index);
}

TEST(ReplicaAdmin, AReplicaThatIsAddedHoldsEverything_DBA2) {
  DatabaseWorld world(1);
  testing::TestDisk& second = world.machine.add_disk(replica_at + 100);
  md::RecordId a = 0;
  world.machine.run([&] {
    a = world.create("text");
    world.commit({a});
    EXPECT_EQ(world.add(second), DbStatus::ok);
  });
  EXPECT_EQ(world.machine.heard(md::EventSubclass::ESC_SVM_CREATE), 2U);
  world.machine.crash();
  world.machine.simulation.run();
  world.options.load.half_is_enough = true;
  world.disk(0).present = false;
  ASSERT_TRUE(world.reboot());
  EXPECT_EQ(world.texts()[a], "text");
}

TEST(ReplicaAdmin, WhatCannotBeAReplicaIsRefused_DBA2) {
  DatabaseWorld world(1);
  testing::TestDisk& small = world.machine.add_disk(replica_at + 40);
  testing::TestDisk& empty = world.machine.add_disk(replica_at + 100);
  world.machine.run([&] {
    EXPECT_EQ(world.add(world.disk(0)), DbStatus::exists);
    EXPECT_EQ(world.add(small), DbStatus::toosmall);
    const ReplicaPlace place{.device = empty.number(), .id = empty.id, .block = replica_at};
    EXPECT_EQ(world.database->add_replica({.place = place, .path = "/dev/dsk/x", .driver = "sd"}), DbStatus::master);
  });
  EXPECT_EQ(world.database->replicas().size(), 1U);
}

TEST(ReplicaAdmin, FiftyReplicasAreTheMost) {
  DatabaseWorld world(0);
  for (uint32_t i = 0; i < MDDB_NLB + 1; ++i) world.machine.add_disk(replica_at + 40);
  world.machine.run([&] {
    world.make();
    for (uint32_t i = 0; i < MDDB_NLB; ++i) EXPECT_EQ(world.add(world.disk(i)), DbStatus::ok) << i;
    EXPECT_EQ(world.add(world.disk(MDDB_NLB)), DbStatus::toomany);
  });
  ASSERT_TRUE(world.reboot());
  EXPECT_EQ(world.set().active(), MDDB_NLB);
}

TEST(ReplicaAdmin, ADeletedSlotIsUsedAgain) {
  DatabaseWorld world(3);
  testing::TestDisk& fourth = world.machine.add_disk(replica_at + 100);
  world.machine.run([&] {
    EXPECT_EQ(remove_replica(world, 1), DbStatus::ok);
    EXPECT_EQ(world.database->delete_replica(2), DbStatus::invalid);
    EXPECT_EQ(world.add(fourth), DbStatus::ok);
  });
  EXPECT_EQ(world.set().lb.lb_locators.size(), 3U);
  ASSERT_TRUE(world.reboot());
  EXPECT_EQ(world.set().active(), 3U);
}

// Three replicas, the third is deleted, the second dies: one is left of two, and the deleted one, which comes back with
// its disk and stands in an old boot list, does not help it to a majority (D-16, DB-A5).
TEST(ReplicaAdmin, ADeletedReplicaHasNoVote_D16) {
  DatabaseWorld world(3);
  const BootList before = world.boot_list;
  world.machine.run([&] { EXPECT_EQ(world.database->delete_replica(2), DbStatus::ok); });
  world.boot_list = before;
  world.disk(1).present = false;
  ASSERT_TRUE(world.reboot());
  EXPECT_TRUE(world.database->stale());
}

// The way out of STALE: delete what is dead, then load again (3.7).
TEST(ReplicaAdmin, DeletingTheDeadOnesEndsStale_DBA4) {
  DatabaseWorld world(3);
  md::RecordId a = 0;
  world.machine.run([&] {
    a = world.create("text");
    world.commit({a});
  });
  world.disk(0).present = world.disk(2).present = false;
  ASSERT_TRUE(world.reboot());
  ASSERT_TRUE(world.database->stale());
  world.machine.run([&] {
    EXPECT_EQ(remove_replica(world, 2), DbStatus::ok);
    EXPECT_EQ(remove_replica(world, 0), DbStatus::ok);
    EXPECT_TRUE(world.database->stale());  // until it is loaded anew
  });
  ASSERT_TRUE(world.reboot());
  EXPECT_FALSE(world.database->stale());
  EXPECT_EQ(world.texts()[a], "text");
}

// The set is STALE and the one replica that would be left takes no writes: no list on any disk would say that the other
// is gone, and the next boot would find both.
TEST(ReplicaAdmin, ADeletionThatReachesNoReplicaIsNotDone_DBA4) {
  DatabaseWorld world(3);
  world.machine.crash();
  world.machine.simulation.run();
  world.disk(1).present = world.disk(2).present = false;
  ASSERT_TRUE(world.reboot());
  ASSERT_TRUE(world.set().stale);
  world.disk(0).fail_writes = EIO;
  world.machine.run([&] {
    EXPECT_EQ(world.database->delete_replica(1), DbStatus::notnow);
    EXPECT_EQ(world.database->delete_replica(1), DbStatus::notnow);
  });
  EXPECT_EQ(world.machine.heard(md::EventSubclass::ESC_SVM_DELETE), 0U);
}

// Of two replicas one fails as the other is to go, so that it cannot: to delete the failed one then would leave nobody,
// and what is committed afterwards would be written nowhere.
TEST(ReplicaAdmin, NobodyStaysIsRefused_INVD4) {
  DatabaseWorld world(2);
  md::RecordId a = 0;
  world.machine.run([&] {
    a = world.create("before");
    world.commit({a});
    world.disk(1).fail_writes = EIO;
    EXPECT_EQ(world.database->delete_replica(0), DbStatus::notnow);
    EXPECT_EQ(world.database->delete_replica(1), DbStatus::toofew);
    world.disk(1).fail_writes = 0;
    world.notes[a]->text = "after";
    world.commit({a});
  });
  ASSERT_TRUE(world.reboot());
  EXPECT_EQ(world.texts()[a], "after");
}

/// Adds or deletes a replica; the host dies in write `n`. Over two boots the records are there, and the set is
/// writable.
void crash_at(uint64_t n, bool adding, bool& reached) {
  DatabaseWorld world(3);
  testing::TestDisk& fourth = world.machine.add_disk(replica_at + 100);
  md::RecordId a = 0;
  world.machine.run([&] {
    a = world.create("text");
    world.commit({a});
  });
  uint64_t left = n;
  for (const auto& disk : world.machine.disks) {
    disk->on_cut = [&] { world.machine.crash(); };
  }
  // Each disk counts for itself: the first that gets to its write number n stops the host.
  world.machine.run([&] {
    for (const auto& disk : world.machine.disks) disk->writes_until_cut = left;
    static_cast<void>(adding ? world.add(fourth) : remove_replica(world, 1));
  });
  reached = !world.machine.host.up();
  for (const auto& disk : world.machine.disks) disk->writes_until_cut.reset();
  for (int boot = 0; boot < 2; ++boot) {
    ASSERT_TRUE(world.reboot()) << "write " << n;
    EXPECT_FALSE(world.database->stale()) << "write " << n;
    EXPECT_EQ(world.texts()[a], "text") << "write " << n;
  }
}

TEST(ReplicaAdmin, TheHostDiesWhileAReplicaComesOrGoes_DBA3_DBA5) {
  for (const bool adding : {true, false}) {
    bool reached = true;
    uint64_t n = 0;
    for (; reached; ++n) crash_at(n, adding, reached);
    EXPECT_GE(n, 2U);
  }
}

}  // namespace
}  // namespace raidsim::statedb
