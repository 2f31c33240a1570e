// Fibers, clock and the ends of a run.
#include <gtest/gtest.h>

#include <memory>
#include <utility>
#include <vector>

#include "tests/engine/engine_rig.h"

namespace raidsim {
namespace {

TEST(Fiber, RunsInOrderOfSpawningAndYieldsInTurn) {
  Simulation sim({.seed = 1});
  Story story;
  for (const char* name : {"a", "b"}) {
    sim.spawn(name, [&story, name] {
      for (int i = 0; i < 3; ++i) {
        story.tell(name + std::to_string(i));
        yield();
      }
    });
  }
  EXPECT_EQ(sim.run(), RunEnd::idle);
  EXPECT_EQ(story.text(), "a0 b0 a1 b1 a2 b2");
  EXPECT_EQ(sim.live_fibers(), 0u);
}

TEST(Fiber, IdsAreLogicalAndBeginAtOneInEachSimulation) {
  for (int round = 0; round < 3; ++round) {
    Simulation sim({.seed = 1});
    FiberId child{};
    const FiberId first = sim.spawn("first", [&] { child = sim.spawn("child", [] {}); });
    const FiberId second = sim.spawn("second", [] {});
    sim.run();
    EXPECT_EQ(first, FiberId{1});
    EXPECT_EQ(second, FiberId{2});
    EXPECT_EQ(child, FiberId{3});
  }
}

TEST(Fiber, SleepersWakeByTimeThenInOrderOfSleeping) {
  Simulation sim({.seed = 1});
  Story story;
  const auto sleeper = [&](const char* name, Duration d) {
    sim.spawn(name, [&story, name, d] {
      sleep_for(d);
      story.tell(std::string(name) + "@" + std::to_string(to_ns(now())));
    });
  };
  sleeper("late", 30ns);
  sleeper("tie1", 20ns);
  sleeper("tie2", 20ns);
  sleeper("early", 10ns);
  sim.run();
  EXPECT_EQ(story.text(), "early@10 tie1@20 tie2@20 late@30");
  EXPECT_EQ(sim.now(), at_ns(30));
}

TEST(Fiber, BodyIsDestroyedWhenItEnds) {
  const auto token = std::make_shared<int>(7);
  Simulation sim({.seed = 1});
  sim.spawn("holder", [token] { sleep_for(1us); });
  EXPECT_EQ(token.use_count(), 2);
  sim.run();
  EXPECT_EQ(token.use_count(), 1);
}

TEST(Fiber, BodyThatNeverRanIsDestroyedWithTheSimulation) {
  const auto token = std::make_shared<int>(7);
  bool ran = false;
  {
    Simulation sim({.seed = 1});
    sim.spawn("never", [token, &ran] { ran = true; });
  }
  EXPECT_EQ(token.use_count(), 1);
  EXPECT_FALSE(ran);
}

TEST(Run, StopsBeforeTheTimeLimitAndGoesOnLater) {
  Simulation sim({.seed = 1});
  int ticks = 0;
  sim.spawn("clock", [&] {
    for (; ticks < 10; ++ticks) sleep_for(10ns);
  });
  EXPECT_EQ(sim.run({.until = at_ns(35)}), RunEnd::time_limit);
  EXPECT_EQ(ticks, 3);
  EXPECT_EQ(sim.now(), at_ns(30));
  EXPECT_EQ(sim.pending_events(), 1u);
  EXPECT_EQ(sim.run({.until = at_ns(40)}), RunEnd::time_limit);  // an event at the limit does not run
  EXPECT_EQ(ticks, 3);
  EXPECT_EQ(sim.run(), RunEnd::idle);
  EXPECT_EQ(ticks, 10);
}

TEST(Run, StopsAfterTheEventLimitAndGoesOnLater) {
  Simulation sim({.seed = 1});
  sim.spawn("spinner", [] {
    for (int i = 0; i < 100; ++i) yield();
  });
  EXPECT_EQ(sim.run({.events = 10}), RunEnd::event_limit);
  EXPECT_EQ(sim.steps(), 10u);
  EXPECT_EQ(sim.run({.events = 20}), RunEnd::event_limit);
  EXPECT_EQ(sim.steps(), 30u);
  EXPECT_EQ(sim.run(), RunEnd::idle);
  EXPECT_EQ(sim.steps(), 101u);
}

// A fiber that sleeps alone does not go through the queue; limits and trace must not show that.
TEST(Run, LoneSleeperObeysEveryLimit) {
  Simulation sim({.seed = 1});
  int ticks = 0;
  sim.spawn("alone", [&] {
    for (;; ++ticks) sleep_for(10ns);
  });
  for (uint64_t steps = 1; steps < 20; ++steps) {
    EXPECT_EQ(sim.run({.events = 1}), RunEnd::event_limit);
    EXPECT_EQ(sim.steps(), steps);
    EXPECT_EQ(sim.now(), at_ns(static_cast<int64_t>(steps / 2 * 10)));
    EXPECT_EQ(ticks, static_cast<int>((steps - 1) / 2));
  }
  EXPECT_EQ(sim.run({.until = at_ns(200)}), RunEnd::time_limit);
  EXPECT_EQ(sim.now(), at_ns(190));
  At stop(sim, at_ns(255), [&] { sim.stop(); });
  EXPECT_EQ(sim.run(), RunEnd::stopped);
  EXPECT_EQ(sim.now(), at_ns(255));
}

// The second run has events that are due a moment before the sleeper's timer.
TEST(Run, LoneSleeperLeavesTheSameTraceAsOneThatGoesThroughTheQueue) {
  const auto run = [](bool alone) {
    Simulation sim({.seed = 1});
    std::vector<std::unique_ptr<At>> others;
    for (int64_t t = 0; !alone && t < 10; ++t) others.push_back(std::make_unique<At>(sim, at_ns(10 * t + 9), [] {}));
    sim.spawn("sleeper", [] {
      for (int i = 0; i < 10; ++i) sleep_for(10ns);
    });
    EXPECT_EQ(sim.run(), RunEnd::idle);
    return std::pair(sim.recorder().hash(), sim.recorder().count());
  };
  EXPECT_EQ(run(true), run(false));
}

TEST(Run, StopEndsItAtTheNextSchedulingPoint) {
  Simulation sim({.seed = 1});
  Story story;
  sim.spawn("stopper", [&] {
    sim.stop();
    story.tell("before");
    yield();
    story.tell("after");
  });
  EXPECT_EQ(sim.run(), RunEnd::stopped);
  EXPECT_EQ(story.text(), "before");
  EXPECT_EQ(sim.run(), RunEnd::idle);
  EXPECT_EQ(story.text(), "before after");
}

TEST(Run, EventInThePastRunsNow) {
  Simulation sim({.seed = 1});
  SimTime seen{};
  At first(sim, at_ns(100), [] {});
  sim.run();
  At late(sim, at_ns(50), [&] { seen = now(); });
  sim.run();
  EXPECT_EQ(seen, at_ns(100));
}

TEST(Run, CancelledEventDoesNotRunAndMayBeScheduledAgain) {
  Simulation sim({.seed = 1});
  int runs = 0;
  At event(sim, at_ns(10), [&] { ++runs; });
  sim.cancel(event);
  sim.cancel(event);  // no effect
  EXPECT_EQ(sim.run(), RunEnd::idle);
  EXPECT_EQ(runs, 0);
  sim.schedule_after(event, 5ns);
  sim.run();
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(sim.now(), at_ns(5));
}

TEST(Run, DelayBeyondTheEndOfTimeIsNever) {
  Simulation sim({.seed = 1});
  At event(sim, at_ns(10), [] {});
  sim.run();
  sim.schedule_after(event, Duration::max());
  EXPECT_EQ(sim.run(), RunEnd::time_limit);
  sim.cancel(event);
}

TEST(Run, SimulationsTakeTurnsInOneThread) {
  Simulation left({.seed = 1});
  Simulation right({.seed = 2});
  int left_ticks = 0;
  int right_ticks = 0;
  left.spawn("left", [&] {
    for (; left_ticks < 10; ++left_ticks) sleep_for(1ns);
  });
  right.spawn("right", [&] {
    for (; right_ticks < 10; ++right_ticks) sleep_for(1ns);
  });
  for (int64_t t = 2; t < 8; t += 2) {
    left.run({.until = at_ns(t)});
    right.run({.until = at_ns(t)});
    EXPECT_EQ(left_ticks, t - 1);
    EXPECT_EQ(right_ticks, t - 1);
  }
  EXPECT_EQ(Simulation::current(), nullptr);
}

TEST(Run, StackSizeIsPerSimulation) {
  // A megabyte on a fiber's stack overflows the default, which ends the process at the guard page.
  Simulation sim({.seed = 1, .stack_bytes = 4 << 20});
  uint64_t sum = 0;
  sim.spawn("deep", [&] {
    volatile char block[1 << 20];
    for (size_t i = 0; i < sizeof(block); i += 4096) block[i] = 1;
    for (size_t i = 0; i < sizeof(block); i += 4096) sum += static_cast<uint64_t>(block[i]);
  });
  EXPECT_EQ(sim.run(), RunEnd::idle);
  EXPECT_EQ(sum, 256u);
}

}  // namespace
}  // namespace raidsim
