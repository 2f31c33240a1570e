// Create, commit and delete on several replicas: order of writing, groups, space, and what a failure leaves.
#include "model/statedb/operations.h"

#include <gtest/gtest.h>

#include "tests/model/statedb/set_world.h"

namespace raidsim::statedb {
namespace {

using testing::SetWorld;

std::vector<std::byte> text(size_t size, int value) {
  return std::vector<std::byte>(size, static_cast<std::byte>(value));
}

DbStatus commit(SetWorld& world, std::initializer_list<uint32_t> numbers, int value) {
  const auto bytes = text(60, value);
  std::vector<NewData> list;
  for (const uint32_t number : numbers) list.push_back({number, bytes});
  return commit_records(world.set, world.services, list);
}

void expect_all_equal(SetWorld& world) {
  for (size_t i = 0; i < world.machine.disks.size(); ++i) {
    if (!world.active(i)) continue;
    const auto disk = world.read_back(i);
    EXPECT_EQ(disk.contents.fault, BlockFault::none) << "replica " << i;
    EXPECT_TRUE(disk.contents.contents == world.set.contents) << "replica " << i;
  }
}

TEST(Operations, ACommitGoesFromReplicaToReplica_DBC4) {
  SetWorld world(3);
  world.machine.run([&] {
    ASSERT_TRUE(world.start());
    const uint32_t a = create_record(world.set, world.services, {.user_bytes = 60}).number;
    const uint32_t b = create_record(world.set, world.services, {.user_bytes = 60}).number;
    EXPECT_EQ(a, 1U);
    EXPECT_EQ(b, 2U);
    for (const auto& disk : world.machine.disks) disk->log.clear();
    world.machine.disks[1]->fail_writes = EIO;
    EXPECT_EQ(commit(world, {a, b}, 7), DbStatus::ok);
    // r0 had both before r1 was tried; r2 is copied by the recovery (B.5).
    ASSERT_GE(world.machine.disks[0]->log.size(), 2U);
    EXPECT_EQ(world.machine.disks[0]->log[0].bytes.size(), journal_entry_blocks(2) * MDDB_BSIZE);
    EXPECT_FALSE(world.active(1));
    EXPECT_EQ(world.set.contents.imbalance(), 0U);
    expect_all_equal(world);
  });
}

TEST(Operations, AListWithAnUnknownRecordChangesNothing_DBC4) {
  SetWorld world(2);
  world.machine.run([&] {
    ASSERT_TRUE(world.start());
    const uint32_t a = create_record(world.set, world.services, {.user_bytes = 60}).number;
    const Contents before = world.set.contents;
    EXPECT_EQ(commit(world, {a, 9}, 7), DbStatus::norecord);
    EXPECT_TRUE(world.set.contents == before);
    EXPECT_EQ(commit(world, {a, a}, 8), DbStatus::ok);  // named twice: committed twice, no harm
    EXPECT_EQ(world.set.contents.images.at(a).commitcnt(), 2U);
    EXPECT_EQ(world.set.contents.imbalance(), 0U);
    expect_all_equal(world);
  });
}

// B.3: eight one-block records fit a directory block, the ninth opens another.
TEST(Operations, TheNinthRecordOpensADirectoryBlockAndNumbersAreReused_DBC8) {
  SetWorld world(2);
  world.machine.run([&] {
    ASSERT_TRUE(world.start());
    for (uint32_t n = 1; n <= 9; ++n) {
      EXPECT_EQ(create_record(world.set, world.services, {.user_bytes = 60}).number, n);
      EXPECT_EQ(world.set.contents.directory.size(), n < 9 ? 1U : 2U);
    }
    expect_all_equal(world);
    EXPECT_EQ(delete_record(world.set, world.services, 4), DbStatus::ok);
    EXPECT_EQ(delete_record(world.set, world.services, 4), DbStatus::norecord);
    EXPECT_EQ(create_record(world.set, world.services, {.user_bytes = 60}).number, 4U);
    expect_all_equal(world);
  });
}

TEST(Operations, AFullDatabaseSaysSoAndIsAsItWas_DBC8) {
  SetWorld world(2);
  world.machine.run([&] {
    ASSERT_TRUE(world.start());
    EXPECT_EQ(create_record(world.set, world.services, {.user_bytes = record_user_bytes_most + 1}).status,
              DbStatus::invalid);
    Created last;
    uint32_t made = 0;
    while ((last = create_record(world.set, world.services, {.user_bytes = 1000})).status == DbStatus::ok) ++made;
    EXPECT_EQ(last.status, DbStatus::nospace);
    EXPECT_GE(made, 5U);
    expect_all_equal(world);
    EXPECT_EQ(delete_record(world.set, world.services, 1), DbStatus::ok);
    EXPECT_EQ(create_record(world.set, world.services, {.user_bytes = 1000}).status, DbStatus::ok);
  });
}

TEST(Operations, TheSmallestDatabaseHasRoomForARecord_DBC8) {
  SetWorld world(1, smallest_database);
  world.machine.run([&] {
    ASSERT_TRUE(world.start());
    const Created one = create_record(world.set, world.services, {.user_bytes = 60});
    EXPECT_EQ(one.status, DbStatus::ok);
    EXPECT_EQ(commit(world, {one.number}, 7), DbStatus::ok);
    EXPECT_EQ(create_record(world.set, world.services, {.user_bytes = 10'000}).status, DbStatus::nospace);
    expect_all_equal(world);
  });
}

// Too few replicas: the create fails, and when they are back the record that nobody got is gone (DB-Q1).
TEST(Operations, WhatFailedBelowHalfIsSettledByTheNextOperation_DBQ1) {
  SetWorld world(3);
  world.machine.run([&] {
    ASSERT_TRUE(world.start());
    const uint32_t a = create_record(world.set, world.services, {.user_bytes = 60}).number;
    for (size_t i = 0; i < 2; ++i) world.machine.disks[i]->fail_writes = EIO;
    EXPECT_EQ(create_record(world.set, world.services, {.user_bytes = 60}).status, DbStatus::notnow);
    EXPECT_TRUE(world.set.toofew);
    EXPECT_EQ(commit(world, {a}, 7), DbStatus::notnow);
    for (size_t i = 0; i < 2; ++i) world.machine.disks[i]->fail_writes = 0;
    EXPECT_EQ(commit(world, {a}, 8), DbStatus::ok);
    EXPECT_FALSE(world.set.toofew);
    EXPECT_EQ(world.set.contents.images.size(), 1U);
    for (size_t i = 0; i < 3; ++i) EXPECT_TRUE(world.active(i));
    expect_all_equal(world);
  });
}

/// Operation `step` of a short life of a database; the states after each are noted in `states`.
bool take_step(SetWorld& world, size_t step) {
  switch (step) {
    case 0:
      return create_record(world.set, world.services, {.user_bytes = 60}).number == 1;
    case 1:
      return create_record(world.set, world.services, {.user_bytes = 900}).number == 2;
    case 2:
      return commit(world, {1, 2}, 3) == DbStatus::ok;
    case 3:
      return commit(world, {2}, 4) == DbStatus::ok;
    case 4:
      return delete_record(world.set, world.services, 1) == DbStatus::ok;
    case 5:
      return create_record(world.set, world.services, {.user_bytes = 60}).number == 1;
    case 6:
      return commit(world, {2, 1}, 5) == DbStatus::ok;
    default:
      return push_locators(world.set, world.services);
  }
}
constexpr size_t steps = 8;

/// The freshest replica that is whole, as D-16 wants it.
Contents elected(SetWorld& world) {
  std::vector<Contents> whole;
  for (size_t i = 0; i < world.machine.disks.size(); ++i) {
    auto disk = world.read_back(i);
    EXPECT_EQ(disk.locators.fault, BlockFault::none);  // no crash costs a replica its vote
    EXPECT_EQ(disk.contents.fault, BlockFault::none);
    whole.push_back(std::move(disk.contents.contents));
  }
  Contents best = whole.front();
  for (const Contents& each : whole) {
    if (older(best, each)) best = each;
  }
  return best;
}

/// Runs the steps; the host dies in write `at` of disk `disk`, of which every second sector from `odd` on survives.
/// How many steps were done; `steps` when it did not come to that.
size_t run_and_crash(SetWorld& world, size_t disk, uint64_t at, bool odd, std::vector<Contents>* states = nullptr) {
  size_t done = 0;
  auto& device = *world.machine.disks[disk];
  world.machine.run([&] {
    ASSERT_TRUE(world.start());
    device.writes_until_cut = at;
    device.cut_keeps = {!odd, odd};
    device.on_cut = [&] { world.machine.crash(true); };
    if (states != nullptr) states->push_back(world.set.contents);
    for (; done < steps; ++done) {
      ASSERT_TRUE(take_step(world, done));
      if (states != nullptr) states->push_back(world.set.contents);
    }
  });
  device.writes_until_cut.reset();
  if (done < steps) world.machine.boot();
  return done;
}

// Every write of every disk, torn both ways, for one to three replicas: each replica is whole and can vote, and the
// elected state is the last acknowledged one or that of the step in which the host died (INV-D20, INV-D21).
TEST(Operations, ACrashAtAnyWriteLeavesOneWholeState_INVD21) {
  size_t crashes = 0;
  for (uint32_t replicas = 1; replicas <= 3; ++replicas) {
    std::vector<Contents> states;
    SetWorld calm(replicas);
    ASSERT_EQ(run_and_crash(calm, 0, 1'000'000, false, &states), steps);
    for (size_t disk = 0; disk < replicas; ++disk) {
      for (uint64_t at = 0;; ++at) {
        bool died = false;
        for (const bool odd : {false, true}) {
          SetWorld world(replicas);
          const size_t done = run_and_crash(world, disk, at, odd);
          died = done < steps;
          if (!died) break;
          ++crashes;
          world.machine.run([&] {
            const Contents found = elected(world);
            EXPECT_TRUE(found == states[done] || found == states[done + 1])
                << replicas << " replicas, disk " << disk << ", write " << at << ", step " << done;
          });
        }
        if (!died) break;
      }
    }
  }
  EXPECT_GT(crashes, 6U * 2 * 2 * steps);  // at least two writes of each of six disks in each step
}

}  // namespace
}  // namespace raidsim::statedb
