// The reader/writer lock of spec/metadevice.md 5.3, its consequences LK-04 to LK-06, and its observer.
#include "engine/sync/rwlock.h"

#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>
#include <array>
#include <memory>

#include "engine/sync/lock_order.h"
#include "engine/sync/observer.h"
#include "tests/engine/engine_rig.h"

namespace raidsim {
namespace {

struct Rig {
  Simulation sim{{.seed = 1}};
  RwLock lock{class_a, 7};
  Story story;

  void reader(const char* name, Duration start, Duration length) {
    sim.spawn(name, [=, this] {
      sleep_for(start);
      ReadHold hold = lock.read();
      story.tell(name + ("@" + std::to_string(to_ns(now()))));
      sleep_for(length);
      hold.release();
    });
  }
  void writer(const char* name, Duration start, Duration length) {
    sim.spawn(name, [=, this] {
      sleep_for(start);
      WriteHold hold = lock.write();
      story.tell(name + ("@" + std::to_string(to_ns(now()))));
      sleep_for(length);
      hold.release();
    });
  }
};

TEST(RwLock, ReadersShareAndWritersExclude) {
  Rig rig;
  rig.reader("r1", 0ns, 100ns);
  rig.reader("r2", 10ns, 100ns);
  rig.writer("w", 20ns, 100ns);
  rig.reader("r3", 120ns, 100ns);
  EXPECT_EQ(rig.sim.run(), RunEnd::idle);
  EXPECT_EQ(rig.story.text(), "r1@0 r2@10 w@110 r3@210");
}

// Readers keep coming while two writers wait: none is admitted until both writers were served.
TEST(RwLock, WaitingWritersKeepNewReadersOut_LK05) {
  Rig rig;
  rig.reader("r1", 0ns, 100ns);
  rig.writer("w1", 10ns, 50ns);
  rig.reader("r2", 20ns, 10ns);
  rig.writer("w2", 30ns, 50ns);
  rig.reader("r3", 40ns, 10ns);
  EXPECT_EQ(rig.sim.run(), RunEnd::idle);
  EXPECT_EQ(rig.story.text(), "r1@0 w1@100 w2@150 r2@200 r3@200");
}

// After a broadcast any admissible waiter may win, by seed: over many seeds each writer is first at times.
TEST(RwLock, BroadcastLetsTheScheduleDecide_LK06) {
  std::array<int, 3> first{};
  for (uint64_t seed = 0; seed < 200; ++seed) {
    Simulation sim({.seed = seed, .policy = {.kind = PolicyKind::random}});
    RwLock lock(class_a);
    int winner = -1;
    sim.spawn("holder", [&] {
      WriteHold hold = lock.write();
      for (int i = 0; i < 3; ++i) {
        sim.spawn("writer", [&lock, &winner, i] {
          WriteHold mine = lock.write();
          if (winner < 0) winner = i;
          mine.release();
        });
      }
      sleep_for(1us);
      hold.release();
    });
    ASSERT_EQ(sim.run(), RunEnd::idle);
    ++first[static_cast<size_t>(winner)];
  }
  for (const int wins : first) EXPECT_GT(wins, 20);
}

// A child's unit lock is taken by its caller and dropped by the done daemon.
TEST(RwLock, HoldMayBeReleasedByAnotherFiber) {
  Rig rig;
  ReadHold handed;
  rig.sim.spawn("caller", [&] { handed = rig.lock.read(); });
  rig.sim.spawn("daemon", [&] {
    sleep_for(50ns);
    handed.release();
  });
  rig.writer("writer", 10ns, 1ns);
  EXPECT_EQ(rig.sim.run(), RunEnd::idle);
  EXPECT_EQ(rig.story.text(), "writer@50");
  EXPECT_EQ(rig.lock.readers(), 0u);
}

// The taker lives on: it must not be blamed for a lock that somebody else released for it.
TEST(RwLock, ReleaseElsewhereTakesTheLockFromTheTakersList) {
  Rig rig;
  ReadHold handed;
  rig.sim.spawn("caller", [&] {
    handed = rig.lock.read();
    sleep_for(1h);
  });
  rig.sim.spawn("daemon", [&] { handed.release(); });
  rig.sim.run({.until = at_ns(5)});
  ASSERT_EQ(rig.sim.blocked_fibers().size(), 1u);
  EXPECT_EQ(rig.sim.blocked_fibers()[0].held_locks, "");
}

TEST(RwLock, TokenReleasesWhenItDies) {
  Rig rig;
  rig.sim.spawn("scope", [&] {
    {
      const ReadHold hold = rig.lock.read();
      EXPECT_EQ(rig.lock.readers(), 1u);
    }
    EXPECT_EQ(rig.lock.readers(), 0u);
    const WriteHold hold = rig.lock.write();
    sleep_for(10ns);
  });
  rig.reader("r", 5ns, 1ns);
  EXPECT_EQ(rig.sim.run(), RunEnd::idle);
  EXPECT_EQ(rig.story.text(), "r@10");
}

// The host crashed, and its owner frees the memory in which a request's token lies.
TEST(RwLock, TokenThatIsFreedAfterTheCrashReleasesNothing) {
  Simulation sim({.seed = 1});
  Host host(sim, "host");
  auto lock = std::make_unique<RwLock>(class_a);
  auto token = std::make_unique<ReadHold>();
  host.spawn("caller", [&] {
    *token = lock->read();
    sleep_for(1h);
  });
  OnDead on_dead(host, [&] {
    lock.reset();
    token.reset();
  });
  At crash(sim, at_ns(10), [&] { host.crash(); });
  EXPECT_EQ(sim.run(), RunEnd::idle);
  EXPECT_TRUE(host.dead());
  EXPECT_EQ(sim.failure(), nullptr);
}

TEST(RwLock, SecondReadByOneFiberIsAViolation_LK04) {
  Rig rig;
  rig.sim.spawn("recursive", [&] {
    ReadHold first = rig.lock.read();
    ReadHold second = rig.lock.read();
    second.release();
    first.release();
  });
  EXPECT_EQ(rig.sim.run(), RunEnd::idle);
  ASSERT_EQ(rig.sim.lock_order().violations().size(), 1u);
}

// A request keeps the lock while its home writes are under way; its caller has the answer and sends the next.
TEST(RwLock, DetachedHoldBelongsToItsActivity_LK04) {
  Rig rig;
  rig.sim.spawn("caller", [&] {
    ReadHold first = rig.lock.read();
    first.detach();
    ReadHold second = rig.lock.read();
    EXPECT_EQ(rig.lock.readers(), 2u);
    second.release();
    first.release();
  });
  EXPECT_EQ(rig.sim.run(), RunEnd::idle);
  EXPECT_EQ(rig.lock.readers(), 0u);
  EXPECT_TRUE(rig.sim.lock_order().violations().empty());
}

TEST(RwLock, UpgradeWorksForTheOnlyReaderAndDowngradeLetsReadersIn) {
  Rig rig;
  rig.sim.spawn("upgrader", [&] {
    ReadHold reading = rig.lock.read();
    WriteHold writing;
    sleep_for(10ns);
    EXPECT_FALSE(rig.lock.try_upgrade(reading, writing));  // r2 reads too
    sleep_for(100ns);
    EXPECT_TRUE(rig.lock.try_upgrade(reading, writing));
    EXPECT_FALSE(reading);
    sleep_for(100ns);
    reading = rig.lock.downgrade(writing);
    EXPECT_FALSE(writing);
    sleep_for(100ns);
    reading.release();
  });
  rig.reader("r2", 0ns, 50ns);
  rig.reader("r3", 150ns, 1ns);
  EXPECT_EQ(rig.sim.run(), RunEnd::idle);
  EXPECT_EQ(rig.story.text(), "r2@0 r3@210");
}

TEST(RwLock, ObserverLooksWhenTheWriterLeavesAndBeforeAnyoneElseRuns) {
  struct Judge final : SyncObserver {
    explicit Judge(Story& s) : story(s) {}
    void on_write_release(const RwLock& lock) override { story.tell("judged" + std::to_string(lock.instance())); }
    Story& story;
  };
  Rig rig;
  Judge judge(rig.story);
  rig.sim.set_sync_observer(&judge);
  rig.writer("w", 0ns, 10ns);
  rig.reader("r", 5ns, 1ns);
  EXPECT_EQ(rig.sim.run(), RunEnd::idle);
  EXPECT_EQ(rig.story.text(), "w@0 judged7 r@10");
}

/// What 5.3 says, as a table: who may be inside together.
struct Model {
  int readers = 0;
  int writers = 0;
  void check() const {
    RC_ASSERT(writers <= 1);
    RC_ASSERT(writers == 0 || readers == 0);
  }
};

// Any mix of readers and writers, any schedule: exclusion holds, nobody is forgotten, and while a writer
// waits no reader that asks later comes in before it (LK-05).
RC_GTEST_PROP(RwLock, KeepsItsTableUnderEverySchedule_LK05, ()) {
  const auto seed = *rc::gen::arbitrary<uint64_t>();
  const auto kinds = *rc::gen::container<std::vector<bool>>(rc::gen::arbitrary<bool>());
  Simulation sim({.seed = seed, .policy = {.kind = PolicyKind::random, .window = 100ns}});
  RwLock lock(class_a);
  Model model;
  ChoiceStream& times = sim.choices().stream("times");
  uint64_t entries = 0;
  for (const bool writes : kinds) {
    sim.spawn(writes ? "writer" : "reader", [&, writes] {
      for (int round = 0; round < 3; ++round) {
        sleep_for(times.duration_between(0ns, 50ns));
        if (writes) {
          WriteHold hold = lock.write();
          ++model.writers;
          model.check();
          sleep_for(times.duration_between(0ns, 50ns));
          --model.writers;
          hold.release();
        } else {
          ReadHold hold = lock.read();
          RC_ASSERT(lock.waiting_writers() == 0);  // none was waiting when it came in
          ++model.readers;
          model.check();
          sleep_for(times.duration_between(0ns, 50ns));
          --model.readers;
          hold.release();
        }
        ++entries;
      }
    });
  }
  RC_ASSERT(sim.run() == RunEnd::idle);
  RC_ASSERT(sim.blocked_fibers().empty());
  RC_ASSERT(entries == 3 * kinds.size());
  RC_ASSERT(lock.readers() == 0 && !lock.write_held() && lock.waiting_writers() == 0);
}

}  // namespace
}  // namespace raidsim
