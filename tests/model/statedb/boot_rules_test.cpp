// Rules of a boot, one by one: which replicas it finds, what it takes from them, what it repairs, and what it leaves
// alone (statedb.md 4, 6.2).
#include <gtest/gtest.h>

#include "model/statedb/candidates.h"
#include "model/statedb/load.h"
#include "tests/model/statedb/loaded_world.h"

namespace raidsim::statedb {
namespace {

using testing::contents_on;
using testing::list_on;
using testing::Loaded;
using testing::logical;
using testing::spoil;
using testing::Texts;

/// And a second record, "other", committed last: the journals hold that commit, and `record` is in place alone.
struct TwoRecords : Loaded {
  explicit TwoRecords(uint32_t replicas) : Loaded(replicas) {
    machine.run([&] {
      other = create("other");
      commit({other});
      commit({other});
    });
    at_record = place_of(record);
    stop();
  }
  md::RecordId other = 0;
  uint64_t at_record = 0;
  Texts wanted() const { return {{record, "new"}, {other, "other"}}; }
  uint32_t flags(size_t index) const { return set().lb.lb_locators[index].l_flags; }

  /// In a fiber: INV-D1, and nothing is under way.
  void expect_repaired() {
    EXPECT_FALSE(database->busy() || set().stale || set().toofew);
    for (size_t i = 0; i < machine.disks.size(); ++i) {
      EXPECT_TRUE(has(i, MDDB_F_ACTIVE)) << "replica " << i;
      const ContentsRead read = contents_on(disk(i));
      EXPECT_EQ(read.fault, BlockFault::none) << "replica " << i;
      EXPECT_TRUE(read.contents == set().contents) << "replica " << i;
      EXPECT_EQ(list_on(disk(i)).block.lb_commitcnt, set().lb.lb_commitcnt) << "replica " << i;
    }
  }
};

uint64_t reads(const Loaded& world) {
  uint64_t sum = 0;
  for (const auto& disk : world.machine.disks) sum += disk->reads;
  return sum;
}

TEST(Boot, ASecondCallerWaitsAndFindsTheSetLoaded_DBB1) {
  Loaded world(3);
  uint64_t before = reads(world);
  ASSERT_TRUE(world.reboot());
  const uint64_t one_load = reads(world) - before;
  world.stop();
  world.machine.boot();
  before = reads(world);
  bool first = false, second = false;
  EXPECT_TRUE(world.machine.run([&] {
    world.make();
    world.machine.host.spawn("second", [&] { second = world.database->load(); });
    first = world.database->load();
  }));
  EXPECT_TRUE(first && second);
  EXPECT_EQ(reads(world) - before, one_load);
  EXPECT_EQ(world.texts().size(), 1U);
}

TEST(Boot, TheBootListComesFirstAndEveryPlaceOnce_DBB3) {
  Loaded world(3);
  const BootList list = {world.boot_list[2], world.boot_list[0], world.boot_list[2]};
  world.stop();
  world.machine.boot();
  EXPECT_TRUE(world.machine.run([&] {
    Services services(world.machine.environment());
    const auto candidates = collect_candidates(services, 0, list);
    ASSERT_EQ(candidates.size(), 3U);
    for (const auto& [at, disk, named] : {std::tuple{0, 2, true}, {1, 0, true}, {2, 1, false}}) {
      const Candidate& each = candidates[static_cast<size_t>(at)];
      EXPECT_EQ(each.place.device, world.disk(static_cast<size_t>(disk)).number());
      EXPECT_EQ((each.flags & MDDB_F_PTCHED) != 0, named);
    }
  }));
}

// What a running host noted of its replicas is written with the list, votes too. At the next boot two of the three are
// away: what they were then counts for nothing.
TEST(Boot, OnlyActiveIsKeptOfWhatAListSays_DBB7) {
  Loaded world(3);
  ASSERT_TRUE(world.reboot());
  world.disk(1).fail_writes = EIO;
  EXPECT_TRUE(world.machine.run([&] { EXPECT_GT(world.create("x"), 0); }));
  ASSERT_FALSE(world.has(1, MDDB_F_ACTIVE));
  world.disk(1).fail_writes = 0;
  EXPECT_TRUE(world.machine.run([&] {
    const auto& stored = list_on(world.disk(0)).block.lb_locators;
    ASSERT_TRUE(stored[1].has(MDDB_F_LOCACC) && stored[2].has(MDDB_F_LOCACC) && stored[1].has(MDDB_F_EWRITE));
  }));
  world.stop();
  world.disk(1).present = world.disk(2).present = false;
  ASSERT_TRUE(world.reboot());
  EXPECT_TRUE(world.database->stale());
  for (const size_t away : {size_t{1}, size_t{2}}) {
    EXPECT_TRUE(world.has(away, MDDB_F_EMASTER)) << away;
    EXPECT_FALSE(world.has(away, MDDB_F_LOCACC | MDDB_F_EWRITE | MDDB_F_UP2DATE)) << away;
  }
}

TEST(Boot, TheFirstGoodNamesAreTakenAndWithoutAnyThereIsNoDatabase_DBB10) {
  TwoRecords world(3);
  world.disk(0).bad_block = logical(locator_names_first);
  spoil(world.disk(1), logical(locator_names_first + 2));
  ASSERT_TRUE(world.reboot());
  EXPECT_EQ(world.database->replicas()[0].name, "/dev/dsk/s7");
  EXPECT_EQ(world.flags(0) & (MDDB_F_EDATA | MDDB_F_EREAD | MDDB_F_EFMT), MDDB_F_EDATA | MDDB_F_EREAD);
  EXPECT_EQ(world.flags(1) & (MDDB_F_EDATA | MDDB_F_EREAD | MDDB_F_EFMT), MDDB_F_EDATA | MDDB_F_EFMT);
  world.disk(0).bad_block = ~uint64_t{0};
  ASSERT_TRUE(world.reboot());
  EXPECT_FALSE(world.has(1, MDDB_F_EDATA));  // written anew
  EXPECT_TRUE(world.machine.run([&] {
    const md::RecordId id = world.create("x");
    world.commit({id});
    world.commit({id});
  }));
  world.stop();
  for (size_t i = 0; i < 3; ++i) spoil(world.disk(i), logical(locator_names_first));
  EXPECT_FALSE(world.reboot());
}

enum class Damage { record, directory, unreadable_record };

// Whatever part of the first replica is bad, all of it is passed over, and it is told how.
TEST(Boot, AReplicaThatIsBadAnywhereIsNoSource_DBB12_INVD25) {
  for (const Damage damage : {Damage::record, Damage::directory, Damage::unreadable_record}) {
    TwoRecords world(3);
    const bool unread = damage == Damage::unreadable_record;
    if (unread) world.disk(0).bad_block = world.at_record;
    if (!unread) {
      spoil(world.disk(0), damage == Damage::record ? world.at_record : logical(directory_first));
    }
    ASSERT_TRUE(world.reboot());
    EXPECT_EQ(world.texts(), world.wanted());
    EXPECT_TRUE(world.has(0, MDDB_F_EDATA));
    EXPECT_TRUE(world.has(0, unread ? MDDB_F_EREAD : MDDB_F_EFMT));
    EXPECT_TRUE(world.has(1, MDDB_F_MASTER));
    world.disk(0).bad_block = ~uint64_t{0};
    EXPECT_TRUE(world.machine.run([&] { world.expect_repaired(); }));
  }
}

// Each of two replicas has one record that is bad, another one each: together they would have all. They are not mixed.
TEST(Boot, AllRecordsComeFromOneReplica_INVD22_DBB12) {
  TwoRecords world(2);
  world.boot_list = {world.boot_list[0], world.boot_list[1]};
  ASSERT_TRUE(world.reboot());
  EXPECT_TRUE(world.machine.run([&] {
    const md::RecordId third = world.create("third");
    world.commit({third});
    world.commit({third});
  }));
  const uint64_t a = world.place_of(world.record), b = world.place_of(world.other);
  world.stop();
  spoil(world.disk(0), a);
  spoil(world.disk(1), b);
  EXPECT_FALSE(world.reboot());
  spoil(world.disk(1), b);
  ASSERT_TRUE(world.reboot());
  EXPECT_EQ(world.texts().size(), 3U);
  EXPECT_TRUE(world.has(1, MDDB_F_MASTER));
}

// One block of the first replica is that of the commit before, with good checksums, and its journal is gone: nothing
// names the members of a commit, but the balance of the whole is off.
TEST(Boot, APartOfACommitIsNoticedWithoutAListOfItsMembers_DBC12_DBC6) {
  Loaded world(3);
  md::RecordId other = 0;
  EXPECT_TRUE(world.machine.run([&] {
    other = world.create("one");
    world.commit({other});
  }));
  const size_t at = static_cast<size_t>(world.place_of(world.record)) * block_bytes;
  const auto block_of = [&](size_t disk) { return world.disk(disk).bytes().begin() + static_cast<std::ptrdiff_t>(at); };
  const std::vector<std::byte> old(block_of(0), block_of(0) + block_bytes);
  EXPECT_TRUE(world.machine.run([&] {
    world.notes[world.record]->text = "two";
    world.notes[other]->text = "two";
    world.commit({world.record, other});
  }));
  world.stop();
  std::vector<std::byte> bytes = world.disk(0).bytes();
  std::copy(old.begin(), old.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at));
  world.disk(0).set_bytes(std::move(bytes));
  spoil(world.disk(0), logical(journal_first));
  ASSERT_TRUE(world.reboot());
  EXPECT_TRUE(world.has(0, MDDB_F_EDATA));
  EXPECT_EQ(world.texts(), (Texts{{world.record, "two"}, {other, "two"}}));
}

// Marks of a driver's memory stand in a record on the disk (they are under no checksum): they mean nothing after a
// boot.
TEST(Boot, MarksOfTheMemoryAreNotReadFromTheDisk_DBB13) {
  TwoRecords world(2);
  for (size_t i = 0; i < 2; ++i) {
    for (const size_t byte : {size_t{16}, size_t{20}}) spoil(world.disk(i), world.at_record, byte);
  }
  ASSERT_TRUE(world.reboot());
  EXPECT_EQ(world.texts(), world.wanted());
  const auto bytes = world.set().contents.images.at(static_cast<uint32_t>(world.record)).bytes().subspan(16, 8);
  for (const std::byte each : bytes) EXPECT_EQ(each, std::byte{0});
}

// A replica whose records are bad is written again, and no list is: who is in use has not changed. A replica whose list
// is torn gets one, though the specification lets it be (docs/decisions/0029).
TEST(Boot, TheListIsWrittenOnlyWhereItIsMissing_DBB15) {
  TwoRecords world(3);
  const uint32_t count = [&] {
    EXPECT_TRUE(world.reboot());
    return world.set().lb.lb_commitcnt;
  }();
  world.stop();
  spoil(world.disk(0), world.at_record);
  ASSERT_TRUE(world.reboot());
  EXPECT_TRUE(world.has(0, MDDB_F_EDATA));
  EXPECT_EQ(world.set().lb.lb_commitcnt, count);
  EXPECT_TRUE(world.machine.run([&] { world.expect_repaired(); }));
  world.stop();
  spoil(world.disk(0), logical(locator_block_first));
  ASSERT_TRUE(world.reboot());
  EXPECT_EQ(world.set().lb.lb_commitcnt, count + 2);
}

// The disks can be read and refuse writes; the first replica is behind, the second damaged. The set is loaded, with too
// few replicas, and goes on when they take writes again.
TEST(Boot, ARescanThatFailsIsNoFailureOfTheLoad_DBB16) {
  Loaded world(3);
  world.leave_behind(0);
  spoil(world.disk(1), logical(directory_first));
  for (const auto& disk : world.machine.disks) disk->fail_writes = EIO;
  ASSERT_TRUE(world.reboot());
  EXPECT_TRUE(world.set().toofew);
  EXPECT_FALSE(world.database->stale());
  EXPECT_EQ(world.texts()[world.record], "newer");
  for (const auto& disk : world.machine.disks) disk->fail_writes = 0;
  EXPECT_TRUE(world.machine.run([&] { EXPECT_GT(world.create("x"), 0); }));
  EXPECT_FALSE(world.set().toofew);
  EXPECT_EQ(world.set().active(), 3U);
}

}  // namespace
}  // namespace raidsim::statedb
