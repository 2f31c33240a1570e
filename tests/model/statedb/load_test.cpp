// What a boot makes of the replicas that it finds: votes, the choice of the source, repair.
#include "model/statedb/load.h"

#include <gtest/gtest.h>

#include "tests/model/statedb/loaded_world.h"

namespace raidsim::statedb {
namespace {

using testing::DatabaseWorld;
using testing::Loaded;
using testing::logical;
using testing::replica_at;
using testing::spoil;
using testing::TestDisk;

class Quorum : public ::testing::TestWithParam<uint32_t> {};

// For every set of replicas that is there: more than half boot writable, others with a source STALE, none refused.
TEST_P(Quorum, BoundariesAtBootAreExact_INVD27_INVD29_DBB8_B7) {
  const uint32_t replicas = GetParam();
  Loaded world(replicas);
  for (uint32_t there = 0; there < 1U << replicas; ++there) {
    uint32_t votes = 0;
    for (uint32_t i = 0; i < replicas; ++i) {
      world.disk(i).present = (there >> i & 1) != 0;
      votes += there >> i & 1;
    }
    std::vector<std::vector<std::byte>> before;
    for (const auto& disk : world.machine.disks) before.push_back(disk->bytes());
    const bool loaded = world.reboot();
    EXPECT_EQ(loaded, votes != 0) << "set " << there;
    if (loaded) {
      EXPECT_EQ(world.database->stale(), 2 * votes <= replicas) << "set " << there;
      EXPECT_EQ(world.texts()[world.record], "new");
    }
    const bool quiet = !loaded || world.database->stale();
    for (size_t i = 0; quiet && i < before.size(); ++i) EXPECT_TRUE(world.disk(i).bytes() == before[i]);  // INV-D31
    if (!quiet) {  // the next set is looked at from the same beginning
      for (const auto& disk : world.machine.disks) disk->present = true;
      ASSERT_TRUE(world.reboot());
      ASSERT_EQ(world.set().active(), replicas);  // INV-D41
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Replicas, Quorum, ::testing::Range(1U, 8U));

enum class Ill { well, absent, unreadable, corrupt, foreign };

void make_ill(TestDisk& disk, Ill how) {
  switch (how) {
    case Ill::well:
      return;
    case Ill::absent:
      disk.present = false;
      return;
    case Ill::unreadable:
      disk.bad_block = logical(locator_block_first);
      return;
    case Ill::corrupt:
      spoil(disk, logical(locator_block_first + 1));
      return;
    case Ill::foreign:
      spoil(disk, replica_at, 36);  // the number of its set
      return;
  }
}

// Whatever makes a replica no vote, only its being no vote counts: every mixture of five.
TEST(Load, OnlyTheNumberOfVotesCounts_F55_F57) {
  for (uint32_t mixture = 0; mixture < 3125; mixture += 7) {  // 7 and 5 have no common factor: all kinds at all places
    Loaded world(5);
    uint32_t votes = 0, rest = mixture;
    for (uint32_t i = 0; i < 5; ++i, rest /= 5) {
      make_ill(world.disk(i), static_cast<Ill>(rest % 5));
      votes += rest % 5 == 0 ? 1 : 0;
    }
    const bool loaded = world.reboot();
    ASSERT_EQ(loaded, votes != 0) << mixture;
    if (!loaded) continue;
    EXPECT_EQ(world.database->stale(), votes < 3) << mixture;
    EXPECT_EQ(world.texts()[world.record], "new") << mixture;
  }
}

// A bit flips in any sector of any one replica: the same boots, and the replica is whole again.
TEST(Load, OneFlippedSectorNeverChangesWhatBoots_F57) {
  Loaded world(3);
  const uint64_t end = logical(world.set().lb.lb_jlfirstblk + world.set().lb.lb_jlblkcnt) + 12;
  for (uint32_t replica = 0; replica < 3; ++replica) {
    for (uint64_t block = replica_at; block < end; ++block) {
      spoil(world.disk(replica), block, block * 37 % block_bytes);
      ASSERT_TRUE(world.reboot()) << "replica " << replica << " block " << block;
      EXPECT_FALSE(world.database->stale());
      EXPECT_EQ(world.texts()[world.record], "new") << "replica " << replica << " block " << block;
      if (block == replica_at) spoil(world.disk(replica), block, block * 37 % block_bytes);  // the tool's to repair
      ASSERT_TRUE(world.reboot());
      EXPECT_EQ(world.set().active(), 3U) << "replica " << replica << " block " << block;
    }
  }
}

// F56: the first replica lies about one commit, whole. Its checksums are good; the others know better (D-16).
TEST(Load, AReplicaThatMissesACommitIsNeverTheSource_D16_DBB14) {
  Loaded world(3);
  const std::vector<std::byte> old = world.disk(0).bytes();
  world.machine.run([&] {
    world.notes[world.record]->text = "newer";
    world.commit({world.record});
  });
  world.machine.crash();
  world.machine.simulation.run();
  world.disk(0).set_bytes(old);
  ASSERT_TRUE(world.reboot());
  EXPECT_EQ(world.texts()[world.record], "newer");
  EXPECT_TRUE(world.has(1, MDDB_F_MASTER));
  ASSERT_TRUE(world.reboot());
  EXPECT_TRUE(world.has(0, MDDB_F_MASTER));  // it was made good
}

// A disk that was away for some commits comes back among fewer others: its list is old, it is no source.
TEST(Load, AReplicaThatWasDroppedComesBackAsACopy_F32) {
  Loaded world(3);
  world.disk(0).fail_writes = EIO;
  world.machine.run([&] {
    world.notes[world.record]->text = "newer";
    world.commit({world.record});
  });
  world.disk(0).fail_writes = 0;
  world.machine.crash();
  world.machine.simulation.run();
  world.disk(2).present = false;
  ASSERT_TRUE(world.reboot());
  EXPECT_EQ(world.texts()[world.record], "newer");
  EXPECT_TRUE(world.has(0, MDDB_F_ACTIVE));
  world.disk(2).present = true;
  world.disk(1).present = false;
  ASSERT_TRUE(world.reboot());
  EXPECT_EQ(world.texts()[world.record], "newer");
}

// The first of three was dropped and is back; of the others one is away, and of the one with the present list the
// directory cannot be read. There is a majority, and nobody who may speak: better no database than the past.
TEST(Load, WhoWasDroppedIsNoSourceAlsoWhenNobodyElseIs_DBB11_D16) {
  Loaded world(3);
  world.leave_behind(0);
  world.disk(2).present = false;
  world.disk(1).bad_block = logical(directory_first);
  EXPECT_FALSE(world.reboot());
  world.disk(1).bad_block = ~uint64_t{0};
  ASSERT_TRUE(world.reboot());
  EXPECT_EQ(world.texts()[world.record], "newer");
}

// Of two replicas one was dropped: it alone is exactly half, and knows only the past.
TEST(Load, ExactlyHalfIsNotWritable_DBQ0) {
  for (const size_t behind : {size_t{0}, size_t{1}}) {
    Loaded world(2);
    world.leave_behind(behind);
    world.disk(1 - behind).present = false;
    ASSERT_TRUE(world.reboot());
    EXPECT_TRUE(world.database->stale());
    EXPECT_EQ(world.texts()[world.record], "new");
    world.disk(1 - behind).present = true;
    ASSERT_TRUE(world.reboot());
    EXPECT_FALSE(world.database->stale());
    EXPECT_EQ(world.texts()[world.record], "newer");
  }
}

TEST(Load, ASecondLoadWritesNothing_INVD26) {
  Loaded world(3);
  ASSERT_TRUE(world.reboot());
  const uint64_t before = world.writes();
  ASSERT_TRUE(world.reboot());
  EXPECT_EQ(world.writes(), before);
}

TEST(Load, OneGoodEntryOfTheBootListIsEnough_DBB2) {
  Loaded world(3);
  world.boot_list = {world.boot_list[2]};
  ASSERT_TRUE(world.reboot());
  EXPECT_EQ(world.set().active(), 3U);
  EXPECT_FALSE(world.database->stale());
}

TEST(Load, DisksThatChangeNumbersAreFoundByTheirIds_F38) {
  Loaded world(3);
  world.machine.crash();
  world.machine.simulation.run();
  for (uint32_t i = 0; i < 3; ++i) world.disk(i).renumber(disk_slice(2 - i, 0));
  ASSERT_TRUE(world.reboot());
  EXPECT_EQ(world.set().active(), 3U);
  EXPECT_EQ(world.database->replicas()[0].place.device, world.disk(0).number());
}

// In plain style a number is all there is: replicas that stand elsewhere are none of this set (C.3, F38).
TEST(Load, InPlainStyleAReplicaIsWhereItsNumberSays) {
  DatabaseWorld world(0);
  for (int i = 0; i < 3; ++i) world.machine.add_disk(replica_at + 100);
  world.options.device_ids = false;
  world.machine.run([&] {
    world.make();
    for (const auto& disk : world.machine.disks) EXPECT_EQ(world.add(*disk), DbStatus::ok);
  });
  for (ReplicaPlace& place : world.boot_list) place.id = 0;
  ASSERT_TRUE(world.reboot());
  EXPECT_EQ(world.set().active(), 3U);
  world.machine.crash();
  world.machine.simulation.run();
  for (uint32_t i = 0; i < 3; i += 2) world.disk(i).renumber(disk_slice(10 + i, 0));
  EXPECT_TRUE(world.reboot());  // the one in the middle has its old number
  EXPECT_TRUE(world.database->stale());
}

TEST(Load, HalfIsEnoughWhereTheAdministratorSaidSo_DBB9) {
  Loaded world(2);
  world.disk(0).present = false;
  ASSERT_TRUE(world.reboot());
  EXPECT_TRUE(world.database->stale());
  world.options.load.half_is_enough = true;
  ASSERT_TRUE(world.reboot());
  EXPECT_FALSE(world.database->stale());
}

}  // namespace
}  // namespace raidsim::statedb
