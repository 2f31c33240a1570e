// Broken facts and stray exceptions end the run as failed, wherever they happen.
#include <gtest/gtest.h>

#include <optional>
#include <stdexcept>

#include "tests/engine/engine_rig.h"

namespace raidsim {
namespace {

TEST(Failure, AssertionInAFiberEndsTheRunWithItsFactAndPlace) {
  Simulation sim({.seed = 42});
  Story story;
  sim.spawn("bystander", [&] {
    sleep_for(1ms);
    story.tell("ran on");
  });
  sim.spawn("asserts", [&] {
    const Ghost ghost(story, "unwound");
    sleep_for(10ns);
    RAIDSIM_ASSERT(1 + 1 == 3);
  });
  EXPECT_EQ(sim.run(), RunEnd::failed);
  ASSERT_NE(sim.failure(), nullptr);
  EXPECT_EQ(sim.failure()->what, "1 + 1 == 3");
  EXPECT_EQ(sim.failure()->where, "tests/engine/failure_test.cpp:22");
  EXPECT_EQ(sim.failure()->at, at_ns(10));
  EXPECT_EQ(story.text(), "unwound");
  EXPECT_EQ(sim.run(), RunEnd::failed);  // there is no way on
  EXPECT_EQ(story.text(), "unwound");
}

TEST(Failure, AssertionInAnEventEndsTheRunAndLeavesTheLendingFiberAlone) {
  Simulation sim({.seed = 1});
  Story story;
  sim.spawn("lends its stack", [&] {
    try {
      sleep_for(1ms);
      story.tell("woke");
    } catch (const AssertionFailure&) {
      story.tell("caught a stranger's failure");
    }
  });
  At event(sim, at_ns(5), [] { RAIDSIM_ASSERT(false); });
  EXPECT_EQ(sim.run(), RunEnd::failed);
  EXPECT_EQ(sim.failure()->what, "false");
  EXPECT_EQ(story.text(), "");
}

TEST(Failure, ExceptionThatLeavesAFiberIsReportedByItsText) {
  Simulation sim({.seed = 1});
  sim.spawn("throws", [] { throw std::runtime_error("no such unit"); });
  EXPECT_EQ(sim.run(), RunEnd::failed);
  EXPECT_EQ(sim.failure()->what, "an exception was not handled: no such unit");
  EXPECT_EQ(sim.failure()->where, "fiber throws");
}

TEST(Failure, SwallowedAssertionStillFailsTheRun) {
  Simulation sim({.seed = 1});
  sim.spawn("swallows", [] {
    try {
      RAIDSIM_ASSERT(false);
    } catch (...) {
    }
    sleep_for(1s);
  });
  EXPECT_EQ(sim.run(), RunEnd::failed);
  EXPECT_EQ(sim.now(), sim_start);
}

TEST(Failure, TheFirstOneStands) {
  Simulation sim({.seed = 1});
  sim.fail({.what = "first", .where = "here"});
  sim.fail({.what = "second", .where = "there"});
  EXPECT_EQ(sim.run(), RunEnd::failed);
  EXPECT_EQ(sim.failure()->what, "first");
}

TEST(Failure, OutsideOfARunItIsThrownToTheCaller) {
  EXPECT_THROW(RAIDSIM_ASSERT(false), AssertionFailure);
  EXPECT_THROW(sleep_for(1ns), std::exception);  // no fiber to put to sleep
}

TEST(Failure, SuspendingInAnEventFailsTheRun) {
  Simulation sim({.seed = 1});
  At event(sim, at_ns(1), [] { sleep_for(1ns); });
  EXPECT_EQ(sim.run(), RunEnd::failed);
  EXPECT_EQ(sim.failure()->what, "a call that suspends is made in a fiber");
}

TEST(Failure, PendingEventThatDiesIsABugAndNeverActs) {
  Simulation sim({.seed = 1});
  sim.spawn("careless", [&] {
    std::optional<At> event;
    event.emplace(sim, at_ns(10), [] { ADD_FAILURE() << "acted after its death"; });
    event.reset();
    yield();
  });
  EXPECT_EQ(sim.run(), RunEnd::failed);
  EXPECT_EQ(sim.failure()->what, "an event that is destroyed is not pending");
  EXPECT_EQ(sim.pending_events(), 0u);
}

TEST(Failure, FiberThatEndsWithAMutexIsABug) {
  Simulation sim({.seed = 1});
  Mutex mutex(class_a);
  sim.spawn("forgets", [&] { mutex.lock(); });
  EXPECT_EQ(sim.run(), RunEnd::failed);
  EXPECT_EQ(sim.failure()->what, "a fiber that ends holds no mutex");
}

uint64_t hits_of(std::string_view name) {
  for (const Sometimes* mark : Sometimes::all()) {
    if (mark->name() == name) return mark->hits();
  }
  ADD_FAILURE() << "not listed: " << name;
  return 0;
}

[[maybe_unused]] void never_called() { RAIDSIM_SOMETIMES(true, "mark in code that nothing runs"); }

// What a campaign misses most is the code that it never came to.
TEST(Sometimes, AMarkInCodeThatNothingRunsIsListedWithoutAHit) {
  EXPECT_EQ(hits_of("mark in code that nothing runs"), 0u);
}

TEST(Sometimes, CountsRunsThatReachedTheMark) {
  const auto reach = [](bool fact) {
    for (int i = 0; i < 3; ++i) RAIDSIM_SOMETIMES(fact, "mark of the engine's test");
  };
  for (int run = 0; run < 4; ++run) {
    Simulation sim({.seed = 1});
    sim.spawn("reaches", [&] { reach(run % 2 == 0); });
    sim.run();
  }
  EXPECT_EQ(hits_of("mark of the engine's test"), 2u);
}

}  // namespace
}  // namespace raidsim
