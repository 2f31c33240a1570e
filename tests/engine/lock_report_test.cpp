// Lock order and wait graph: what is said about locks that could deadlock, and about those that did.
#include <gtest/gtest.h>

#include "engine/sync/lock_order.h"
#include "engine/sync/step_down.h"
#include "engine/sync/wait_graph.h"
#include "tests/engine/engine_rig.h"

namespace raidsim {
namespace {

// Two fibers take two mutexes in opposite orders and meet in the middle.
TEST(WaitGraph, DeadlockReportNamesTheCycle) {
  Simulation sim({.seed = 1});
  Mutex a(class_a, 3);
  Mutex b(class_b);
  const FiberId one = sim.spawn("one", [&] {
    const MutexLock first(a);
    sleep_for(1ns);
    const MutexLock second(b);
  });
  const FiberId two = sim.spawn("two", [&] {
    const MutexLock first(b);
    sleep_for(1ns);
    const MutexLock second(a);
  });
  sim.spawn("bystander", [&] { const MutexLock held(a); });
  EXPECT_EQ(sim.run(), RunEnd::idle);

  const auto cycles = WaitGraph(sim.kernel()).cycles();
  ASSERT_EQ(cycles.size(), 1u);
  EXPECT_EQ(cycles[0], (std::vector{one, two}));
  EXPECT_EQ(sim.wait_graph(),
            "fiber 1 \"one\" waits for mutex lock b, held by fiber 2; holds lock a 3\n"
            "fiber 2 \"two\" waits for mutex lock a 3, held by fiber 1; holds lock b\n"
            "fiber 3 \"bystander\" waits for mutex lock a 3, held by fiber 1\n"
            "deadlock: fiber 1 \"one\" -> lock b -> fiber 2 \"two\" -> lock a 3 -> fiber 1\n");

  const auto blocked = sim.blocked_fibers();
  ASSERT_EQ(blocked.size(), 3u);
  EXPECT_EQ(blocked[0].name, "one");
  EXPECT_EQ(blocked[0].reason, WaitReason::mutex);
  EXPECT_EQ(blocked[0].waits_for, "lock b");
  EXPECT_EQ(blocked[0].held_locks, "lock a 3");
}

TEST(WaitGraph, ReadersAndTheWriterThatKeepsThemOutAreACycle) {
  Simulation sim({.seed = 1});
  RwLock lock(class_a);
  sim.spawn("recursive reader", [&] {
    ReadHold first = lock.read();
    sleep_for(10ns);
    ReadHold second = lock.read();  // a writer waits meanwhile (LK-04)
    second.release();
    first.release();
  });
  sim.spawn("writer", [&] {
    WriteHold hold = lock.write();
    hold.release();
  });
  EXPECT_EQ(sim.run(), RunEnd::idle);
  const auto cycles = WaitGraph(sim.kernel()).cycles();
  ASSERT_EQ(cycles.size(), 1u);
  EXPECT_EQ(cycles[0], (std::vector{FiberId{1}}));
}

// Objects that stand on one another have the same locks. One that goes down from an upper object to a lower one takes
// the lower one's first lock while it holds the upper one's last; the other way round stays a mistake (LK-04, 5.1).
TEST(LockOrder, AnUpperObjectsLocksComeBeforeALowerOnes) {
  static constexpr LockClass flag{"flag", 60, false, true}, words{"words", 70, false, true}, service{"service", 80};
  Simulation sim({.seed = 1});
  RwLock upper_flag(flag, 9), upper_words(words, 9), lower_flag(flag, 3), lower_words(words, 3), names(service);
  sim.spawn("opener", [&] {
    const WriteHold first = upper_flag.write();
    const ReadHold second = upper_words.read();
    const StepDown lower;
    const WriteHold third = lower_flag.write();
    const ReadHold fourth = lower_words.read();
    const ReadHold fifth = names.read();
  });
  EXPECT_EQ(sim.run(), RunEnd::idle);
  EXPECT_EQ(sim.lock_order().report(), "");
  sim.spawn("without a step", [&] {
    const ReadHold first = upper_words.read();
    const WriteHold second = lower_flag.write();
  });
  sim.spawn("service first", [&] {
    const ReadHold first = names.read();
    const StepDown lower;
    const WriteHold second = lower_flag.write();
  });
  EXPECT_EQ(sim.run(), RunEnd::idle);
  EXPECT_EQ(sim.lock_order().violations().size(), 2u);
}

TEST(WaitGraph, DaemonsThatWaitForWorkAreNotBlocked) {
  Simulation sim({.seed = 1});
  Host host(sim, "host");
  Semaphore work("work");
  host.spawn("daemon", [&] { work.acquire(); }, {.daemon = true});
  host.spawn("fiber", [&] { work.acquire(); });
  EXPECT_EQ(sim.run(), RunEnd::idle);
  ASSERT_EQ(sim.blocked_fibers().size(), 1u);
  EXPECT_EQ(sim.blocked_fibers()[0].name, "fiber");
  EXPECT_EQ(sim.wait_graph(), "fiber 2 \"fiber\" waits for semaphore work\n");
}

TEST(WaitGraph, ParentsAreNamedByTheirId) {
  Simulation sim({.seed = 1});
  Semaphore never("never");
  sim.spawn("parent", [&] { sim.spawn("child", [&] { never.acquire(); }); });
  sim.run();
  ASSERT_EQ(sim.blocked_fibers().size(), 1u);
  EXPECT_EQ(sim.blocked_fibers()[0].parent, FiberId{1});
}

// The two orders never overlap in time, so nothing blocks; the run still shows the danger.
TEST(LockOrder, OppositeOrdersAreFoundInARunThatPasses) {
  constexpr LockClass x{"x", 0};
  constexpr LockClass y{"y", 0};
  constexpr LockClass z{"z", 0};
  Simulation sim({.seed = 1});
  Mutex mx(x);
  Mutex my(y);
  Mutex mz(z);
  const auto pair = [&](Mutex& first, Mutex& second) {
    sim.spawn("pair", [&first, &second] {
      const MutexLock outer(first);
      const MutexLock inner(second);
    });
  };
  pair(mx, my);
  pair(my, mz);
  pair(my, mz);
  EXPECT_EQ(sim.run(), RunEnd::idle);
  EXPECT_EQ(sim.lock_order().edges().size(), 2u);
  EXPECT_TRUE(sim.lock_order().cycles().empty());
  pair(mz, mx);
  EXPECT_EQ(sim.run(), RunEnd::idle);
  EXPECT_EQ(sim.lock_order().report(), "potential deadlock: x -> y -> z -> x\n");
}

TEST(LockOrder, LevelsAndInstancesMustAscend) {
  Simulation sim({.seed = 1});
  Mutex a1(class_a, 1);
  Mutex a2(class_a, 2);
  Mutex b(class_b);
  sim.spawn("good", [&] {
    const MutexLock first(a1);
    const MutexLock second(a2);
    const MutexLock third(b);
  });
  EXPECT_EQ(sim.run(), RunEnd::idle);
  EXPECT_EQ(sim.lock_order().report(), "");
  for (int i = 0; i < 2; ++i) {
    sim.spawn("bad", [&] {
      const MutexLock first(a2);
      const MutexLock second(a1);
    });
  }
  sim.spawn("worse", [&] {
    const MutexLock first(b);
    const MutexLock second(a1);
  });
  EXPECT_EQ(sim.run(), RunEnd::idle);
  const auto& violations = sim.lock_order().violations();
  ASSERT_EQ(violations.size(), 2u);
  EXPECT_EQ(violations[0].times, 2u);
  EXPECT_EQ(violations[0].edge.held_instance, 2u);
  EXPECT_EQ(violations[1].edge.held, &class_b);
}

TEST(LockOrder, LeafHeldAcrossASuspensionIsAViolation) {
  Simulation sim({.seed = 1});
  Mutex leaf(class_leaf);
  sim.spawn("sleeps", [&] {
    const MutexLock held(leaf);
    sleep_for(1ns);
  });
  sim.spawn("waits for a leaf", [&] { const MutexLock held(leaf); });
  EXPECT_EQ(sim.run(), RunEnd::idle);
  ASSERT_EQ(sim.lock_order().violations().size(), 1u);
  EXPECT_EQ(sim.lock_order().report(), "fiber 1 held leaf lock, a leaf lock, and waited for time (1 times)\n");
}

// A condition's own mutex is free while the fiber waits, so that is no suspension under it.
TEST(LockOrder, WaitingForALeafsOwnConditionIsFine) {
  Simulation sim({.seed = 1});
  Mutex leaf(class_leaf);
  CondVar condition("condition");
  sim.spawn("waiter", [&] {
    MutexLock held(leaf);
    condition.wait(held);
  });
  At signal(sim, at_ns(5), [&] { condition.notify_all(); });
  EXPECT_EQ(sim.run(), RunEnd::idle);
  EXPECT_EQ(sim.lock_order().report(), "");
}

// A lock that outlives a run meets another run's table of classes.
TEST(LockOrder, LockUsedInTwoRunsIsKnownInBoth) {
  Mutex a(class_a);
  Mutex b(class_b);
  for (const bool a_first : {true, false}) {
    Simulation sim({.seed = 1});
    sim.spawn("both", [&] {
      const MutexLock first(a_first ? a : b);
      const MutexLock second(a_first ? b : a);
    });
    EXPECT_EQ(sim.run(), RunEnd::idle);
    ASSERT_EQ(sim.lock_order().edges().size(), 1u);
    EXPECT_EQ(sim.lock_order().edges()[0].held, a_first ? &class_a : &class_b);
  }
}

}  // namespace
}  // namespace raidsim
