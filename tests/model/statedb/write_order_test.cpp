// In which order the blocks of an operation go to the disks, write by write, and what becomes of it when replicas fail
// in the middle (statedb.md 2, 3.4, B.4 to B.6). A change of a replica is its journal, then what is in place
// (docs/decisions/0029).
#include <gtest/gtest.h>

#include <algorithm>

#include "model/statedb/operations.h"
#include "tests/model/statedb/set_world.h"

namespace raidsim::statedb {
namespace {

using testing::SetWorld;

struct Step {
  size_t disk = 0;
  uint64_t logical = 0;
  bool operator==(const Step&) const = default;
};
void PrintTo(const Step& step, std::ostream* out) { *out << 'r' << step.disk << ':' << step.logical; }
using Steps = std::vector<Step>;

constexpr uint64_t list = 0, names = 3, directory = 10, journal = 18;

/// N replicas with two committed records of one block, `a` and `b`; what the disks have written since is steps().
struct Written : SetWorld {
  explicit Written(uint32_t replicas) : SetWorld(replicas) {
    machine.run([&] {
      ASSERT_TRUE(start());
      for (uint32_t* number : {&a, &b}) *number = create_record(set, services, {.user_bytes = 60}).number;
      ASSERT_EQ(commit({a, b}, 1), DbStatus::ok);
      ASSERT_TRUE(full_rescan(set, services));  // as after a boot: all were in use
    });
    at_a = set.contents.at(*set.contents.find(a)).de_blks.front();
    at_b = set.contents.at(*set.contents.find(b)).de_blks.front();
    forget();
  }
  DbStatus commit(std::initializer_list<uint32_t> numbers, int value) {
    const std::vector<std::byte> bytes(60, static_cast<std::byte>(value));
    std::vector<NewData> all;
    for (const uint32_t number : numbers) all.push_back({number, bytes});
    return commit_records(set, services, all);
  }
  void forget() {
    for (const auto& disk : machine.disks) disk->log.clear();
  }
  void refuse_writes(std::initializer_list<size_t> which, int error = EIO) {
    for (const size_t i : which) machine.disks[i]->fail_writes = error;
  }
  /// In order of completion; none begins before the one before it is done.
  Steps steps() const {
    std::vector<std::pair<SimTime, Step>> all;
    for (size_t i = 0; i < machine.disks.size(); ++i) {
      for (const auto& write : machine.disks[i]->log) all.push_back({write.at, {i, write.block - replica_at - 1}});
    }
    std::stable_sort(all.begin(), all.end(), [](const auto& x, const auto& y) { return x.first < y.first; });
    Steps out;
    for (size_t i = 0; i < all.size(); ++i) {
      EXPECT_TRUE(i == 0 || all[i].first - machine.disks[0]->service >= all[i - 1].first) << "write " << i;
      out.push_back(all[i].second);
    }
    return out;
  }
  void expect_on_every_disk(uint32_t number, int value) {
    for (size_t i = 0; i < machine.disks.size(); ++i) {
      const auto disk = read_back(i);
      ASSERT_EQ(disk.contents.fault, BlockFault::none) << "replica " << i;
      EXPECT_EQ(disk.contents.contents.images.at(number).user_data(1)[0], static_cast<std::byte>(value));
    }
  }
  uint32_t a = 0, b = 0;
  uint64_t at_a = 0, at_b = 0;
};

TEST(WriteOrder, AReplicaIsLeftAloneUntilTheOneBeforeItIsDone_INVD15_B4) {
  Written world(3);
  EXPECT_TRUE(world.machine.run([&] { EXPECT_EQ(world.commit({world.a, world.b}, 2), DbStatus::ok); }));
  Steps wanted;
  for (size_t i = 0; i < 3; ++i) {
    wanted.insert(wanted.end(), {{i, journal}, {i, world.at_a}, {i, world.at_b}});
  }
  EXPECT_EQ(world.steps(), wanted);
}

// Until its directory block is written nothing refers to the new record, on no replica.
TEST(WriteOrder, TheEntryOfANewRecordComesAfterAllItsBlocks_INVD15_DBC10_B6) {
  Written world(2);
  uint32_t number = 0;
  EXPECT_TRUE(
      world.machine.run([&] { number = create_record(world.set, world.services, {.user_bytes = 900}).number; }));
  const auto blocks = world.set.contents.at(*world.set.contents.find(number)).de_blks;
  ASSERT_EQ(blocks.size(), 2U);
  EXPECT_EQ(world.steps(), (Steps{{0, blocks[0]},
                                  {1, blocks[0]},
                                  {0, blocks[1]},
                                  {1, blocks[1]},
                                  {0, journal},
                                  {0, directory},
                                  {1, journal},
                                  {1, directory}}));
}

// r1 fails in a group commit. r0 has the group already; r2 is made equal to it; only then do two lists say that r1 is
// out, and only then is the commit acknowledged.
TEST(WriteOrder, WhoIsLeftIsMadeEqualBeforeTheListSaysWhoIsOut_DBQ7_B5) {
  Written world(3);
  world.refuse_writes({1});
  Steps at_acknowledge;
  EXPECT_TRUE(world.machine.run([&] {
    EXPECT_EQ(world.commit({world.a, world.b}, 2), DbStatus::ok);
    at_acknowledge = world.steps();
  }));
  Steps wanted{{0, journal}, {0, world.at_a}, {0, world.at_b}};
  wanted.insert(wanted.end(), {{2, journal}, {2, directory}, {2, world.at_a}, {2, world.at_b}});
  for (const uint64_t block : {list, list, names}) {
    for (const size_t disk : {size_t{0}, size_t{2}}) wanted.insert(wanted.end(), {{disk, journal}, {disk, block}});
  }
  EXPECT_EQ(at_acknowledge, wanted);
}

// r0 is out already, r1 fails now: both are passed over, and r2 and r3 get one image, which does not know of r1 yet.
TEST(WriteOrder, APushGoesOnPastAFailureWithOneImage_DBC3) {
  Written world(4);
  world.set.lb.lb_locators[0].l_flags &= ~MDDB_F_ACTIVE;
  world.refuse_writes({1});
  const uint32_t before = world.set.lb.lb_commitcnt;
  EXPECT_TRUE(world.machine.run([&] {
    EXPECT_FALSE(push_locators(world.set, world.services));
    EXPECT_EQ(world.steps(), (Steps{{2, journal}, {2, list}, {3, journal}, {3, list}}));
    EXPECT_EQ(world.machine.disks[2]->log[1].bytes, world.machine.disks[3]->log[1].bytes);
    EXPECT_EQ(world.set.lb.lb_commitcnt, before + 1);
    EXPECT_TRUE(world.set.lb.lb_locators[1].has(MDDB_F_EWRITE));
    const LocatorBlock pushed = world.read_back(3).locators.block;
    EXPECT_EQ(pushed.lb_commitcnt, before + 1);
    EXPECT_FALSE(pushed.lb_locators[1].has(MDDB_F_EWRITE));
  }));
}

// A commit that was told "not now" is in memory, whole; the operation that finds the replicas back writes it to all.
TEST(WriteOrder, AnUndeterminedCommitIsWrittenWithTheNextOne_DBC6) {
  for (const auto& failing : {std::pair<size_t, size_t>{0, 1}, {1, 2}}) {
    Written world(3);
    EXPECT_TRUE(world.machine.run([&] {
      const uint32_t c = create_record(world.set, world.services, {.user_bytes = 60}).number;
      world.refuse_writes({failing.first, failing.second});
      EXPECT_EQ(world.commit({world.a, world.b}, 2), DbStatus::notnow);
      EXPECT_TRUE(world.set.toofew);
      world.refuse_writes({0, 1, 2}, 0);
      EXPECT_EQ(world.commit({c}, 3), DbStatus::ok);
      world.expect_on_every_disk(world.a, 2);
      world.expect_on_every_disk(world.b, 2);
      world.expect_on_every_disk(c, 3);
    }));
  }
}

TEST(WriteOrder, ADeleteIsOneDirectoryBlockOnEachReplica_DBC11) {
  Written world(2);
  EXPECT_TRUE(world.machine.run([&] {
    EXPECT_EQ(delete_record(world.set, world.services, world.a), DbStatus::ok);
    EXPECT_EQ(world.steps(), (Steps{{0, journal}, {0, directory}, {1, journal}, {1, directory}}));
    EXPECT_FALSE(free_space_of(world.set).used(static_cast<uint32_t>(world.at_a)));
    EXPECT_EQ(world.set.contents.imbalance(), 0U);
    for (size_t i = 0; i < 2; ++i) EXPECT_EQ(world.read_back(i).contents.contents.imbalance(), 0U);
  }));
}

// A delete that no quorum took stands in memory: asked for again it is done, and once only.
TEST(WriteOrder, ADeleteThatFailedIsDoneWhenItIsAskedForAgain_DBC11) {
  Written world(3);
  EXPECT_TRUE(world.machine.run([&] {
    world.refuse_writes({0, 1});
    EXPECT_EQ(delete_record(world.set, world.services, world.a), DbStatus::notnow);
    EXPECT_FALSE(world.set.contents.images.contains(world.a));
    world.refuse_writes({0, 1}, 0);
    EXPECT_EQ(delete_record(world.set, world.services, world.a), DbStatus::ok);
    EXPECT_EQ(delete_record(world.set, world.services, world.a), DbStatus::norecord);
    for (size_t i = 0; i < 3; ++i) EXPECT_FALSE(world.read_back(i).contents.contents.images.contains(world.a)) << i;
  }));
}

// Two of three miss a write and take the next: without them the set has too few, and the second look takes them in.
TEST(WriteOrder, WhenTooFewAreLeftAllAreLookedAtAgain_DBQ6) {
  Written world(3);
  EXPECT_TRUE(world.machine.run([&] {
    world.refuse_writes({0, 1});
    EXPECT_FALSE(write_directory(world.set, world.services, 0));
    world.refuse_writes({0, 1}, 0);
    EXPECT_TRUE(recover(world.set, world.services));
    EXPECT_FALSE(world.set.toofew);
    for (size_t i = 0; i < 3; ++i) {
      EXPECT_TRUE(world.active(i)) << i;
      EXPECT_TRUE(world.read_back(i).contents.contents == world.set.contents) << i;
    }
  }));
}

// The commit has not reached any disk, and who looks at the set does not wait for it.
TEST(WriteOrder, AReaderSeesACommitThatIsBeingWritten_DBL1) {
  Written world(3);
  uint32_t seen = 0;
  size_t written = 1;
  EXPECT_TRUE(world.machine.run([&] {
    world.machine.host.spawn("reader", [&] {
      sleep_for(world.machine.disks[0]->service / 2);
      seen = world.set.contents.images.at(world.a).commitcnt();
      written = world.steps().size();
    });
    EXPECT_EQ(world.commit({world.a}, 2), DbStatus::ok);
  }));
  EXPECT_EQ(seen, 2U);
  EXPECT_EQ(written, 0U);
}

// Replicas fail one after the other, each in another pass of the recovery: it ends, with an answer.
TEST(WriteOrder, RecoveryEndsHoweverReplicasFail_INVD14) {
  for (uint64_t apart = 0; apart < 12; ++apart) {
    Written world(7);
    for (size_t i = 0; i < 7; ++i) world.machine.disks[i]->writes_until_failing = i * apart;
    std::optional<DbStatus> answer;
    EXPECT_TRUE(world.machine.run([&] { answer = world.commit({world.a, world.b}, 2); }));
    ASSERT_TRUE(answer.has_value()) << apart;
    EXPECT_LE(world.steps().size(), 7U * 8U * 12U) << apart;  // replicas, passes, writes to one in a pass
  }
}

// A directory that names a number twice, with a good balance and blocks of its own: the replica is no source.
TEST(WriteOrder, ARecordNumberThatIsThereTwiceSpoilsTheReplica_INVD9) {
  Written world(1);
  EXPECT_TRUE(world.machine.run([&] {
    ASSERT_EQ(world.read_back(0).contents.fault, BlockFault::none);
    DirectoryBlock twice = world.set.contents.directory.front();
    twice.entries.push_back(twice.entries.front());
    twice.entries.back().de_blks = {70};
    twice.db_recsum ^= world.set.contents.images.at(world.a).share();
    std::vector<std::byte> bytes(MDDB_BSIZE);
    encode(twice, bytes);
    const BlockWrite parts[] = {{{70}, world.set.contents.images.at(world.a).bytes()}, {{directory_first}, bytes}};
    ASSERT_TRUE(update_all(world.set, world.services, parts));
    EXPECT_EQ(world.read_back(0).contents.fault, BlockFault::content);
  }));
}

}  // namespace
}  // namespace raidsim::statedb
