// A set over its life: what lasts until it is unloaded, what a commit takes with it, how lists are counted, and who can
// boot on one (statedb.md 3.5, 5.5, 6).
#include <gtest/gtest.h>

#include "tests/model/statedb/loaded_world.h"

namespace raidsim::statedb {
namespace {

using testing::contents_on;
using testing::list_on;
using testing::Loaded;

// The disks of a STALE set are back, and nothing that is asked of it makes it whole; loaded anew it is.
TEST(Set, StaleLastsUntilTheSetIsUnloaded_DBQ10) {
  Loaded world(3);
  world.stop();
  world.disk(1).present = world.disk(2).present = false;
  ASSERT_TRUE(world.reboot());
  world.disk(1).present = world.disk(2).present = true;
  EXPECT_TRUE(world.machine.run([&] {
    EXPECT_LT(world.create("x"), 0);
    EXPECT_EQ(world.database->commit(std::vector{world.record}), CommitResult::stale);
    EXPECT_TRUE(world.database->stale());
    world.database->unload();
    ASSERT_TRUE(world.database->load());
    EXPECT_FALSE(world.database->stale());
    EXPECT_GT(world.create("x"), 0);
  }));
}

// A writer changes its data again while the commit is on its way to the disks: what counts is what it was as the commit
// began, on every replica.
TEST(Set, ACommitTakesItsCopyBeforeItWrites_DBL3) {
  Loaded world(3);
  EXPECT_TRUE(world.machine.run([&] {
    world.machine.host.spawn("hasty", [&] {
      sleep_for(world.disk(0).service * 3 / 2);
      world.notes[world.record]->text = "too late";
    });
    world.notes[world.record]->text = "in time";
    world.commit({world.record});
    EXPECT_EQ(world.notes[world.record]->text, "too late");
  }));
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_TRUE(world.machine.run([&] { EXPECT_TRUE(contents_on(world.disk(i)).contents == world.set().contents); }));
  }
  ASSERT_TRUE(world.reboot());
  EXPECT_EQ(world.texts()[world.record], "in time");
}

// A transfer's completion commits, in the event loop, where nobody may wait: the run stops there, and nothing is
// written.
TEST(Set, ACommitFromACompletionStopsTheRun_DBL4_D05) {
  Loaded world(2);
  struct Completion final : Event {
    explicit Completion(Loaded& its)
        : Event([](Event& event) {
            Loaded& in = static_cast<Completion&>(event).world;
            in.commit({in.record});
          }),
          world(its) {}
    Loaded& world;
  } completion(world);
  const uint64_t before = world.writes();
  const bool finished = world.machine.run([&] {
    world.machine.simulation.schedule_after(completion, 1us);
    sleep_for(1s);
  });
  EXPECT_FALSE(finished);
  EXPECT_EQ(world.machine.last_end, RunEnd::failed);
  EXPECT_EQ(world.writes(), before);
}

// Over failures, crashes, an addition and a deletion: no disk has a list with a lower count than it had before, but for
// the 0 of the replica that was deleted.
TEST(Set, CountsOfListsNeverGoBack_INVD6) {
  Loaded world(3);
  testing::TestDisk& fourth = world.machine.add_disk(testing::replica_at + 100);
  std::vector<uint32_t> counts(4);
  uint32_t in_memory = 0;
  const auto look = [&](const std::string& after, size_t deleted = 4) {
    EXPECT_GE(world.set().lb.lb_commitcnt, in_memory) << after;
    in_memory = world.set().lb.lb_commitcnt;
    EXPECT_TRUE(world.machine.run([&] {
      for (size_t i = 0; i < 4; ++i) {
        const ReadLocatorBlock read = list_on(world.disk(i));
        if (read.fault != BlockFault::none) continue;
        const uint32_t count = read.block.lb_commitcnt;
        EXPECT_TRUE(i == deleted ? count == 0 : count >= counts[i]) << after << ", disk " << i;
        counts[i] = read.block.lb_commitcnt;
      }
    }));
  };
  look("set up");
  world.disk(1).fail_writes = EIO;
  EXPECT_TRUE(world.machine.run([&] { world.commit({world.record}); }));
  look("a failure");
  world.disk(1).fail_writes = 0;
  ASSERT_TRUE(world.reboot());
  look("a boot");
  EXPECT_TRUE(world.machine.run([&] { EXPECT_EQ(world.add(fourth), DbStatus::ok); }));
  look("an addition");
  EXPECT_TRUE(world.machine.run([&] { EXPECT_EQ(world.database->delete_replica(0), DbStatus::ok); }));
  look("a deletion", 0);
  ASSERT_TRUE(world.reboot());
  look("the last boot", 0);
  EXPECT_GT(in_memory, 8U);
}

// Every list of up to five replicas, each of them in it, on its way in, on its way out, or gone: no two sets of disks
// can both boot on it and have no replica in common.
TEST(Set, AnyTwoMajoritiesOfAListShareAReplica_INVD28) {
  constexpr uint32_t kinds[] = {0, MDDB_F_JOINING, MDDB_F_LEAVING, MDDB_F_DELETED};
  size_t pairs = 0;
  for (uint32_t list = 0; list < 1024; ++list) {
    std::vector<Locator> locators(5);
    for (uint32_t i = 0; i < 5; ++i) locators[i].l_flags = kinds[list >> 2 * i & 3];
    if (std::all_of(locators.begin(), locators.end(), [](const Locator& each) { return each.deleted(); })) continue;
    std::vector<uint32_t> booting;
    for (uint32_t there = 0; there < 32; ++there) {
      bool gone = false;  // one that is deleted has nothing to say
      for (uint32_t i = 0; i < 5; ++i) gone = gone || (locators[i].deleted() && (there >> i & 1) != 0);
      const auto counts = [&](const Locator& each) { return (there >> (&each - locators.data()) & 1) != 0; };
      const auto enough = [](uint32_t votes, uint32_t all) { return enough_to_boot(votes, all); };
      if (!gone && quorum(locators, counts, enough)) booting.push_back(there);
    }
    ASSERT_FALSE(booting.empty());
    for (const uint32_t one : booting) {
      for (const uint32_t other : booting) {
        ASSERT_NE(one & other, 0U) << "list " << list;
        ++pairs;
      }
    }
  }
  EXPECT_GT(pairs, 10'000U);
}

}  // namespace
}  // namespace raidsim::statedb
