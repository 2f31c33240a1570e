// Fibers that are held off (F51): a starved thread, for a time, for so many decisions, or until nothing else is left.
#include <gtest/gtest.h>

#include "engine/trace/kinds.h"
#include "tests/engine/engine_rig.h"

namespace raidsim {
namespace {

constexpr PolicyKind every_policy[] = {PolicyKind::fifo, PolicyKind::random, PolicyKind::pct, PolicyKind::walk};

SimulationOptions with(PolicyKind policy, uint64_t seed = 1) {
  return {.seed = seed, .policy = {.kind = policy, .window = 10us}};
}

// A daemon that is signalled while it is held off does not run before its time, and no wake-up is lost.
TEST(Hold, WhatIsSignalledMeanwhileRunsWhenTheHoldIsOver_F51) {
  for (const PolicyKind policy : every_policy) {
    for (uint64_t seed = 1; seed <= 20; ++seed) {
      Simulation sim(with(policy, seed));
      Host host(sim, "host");
      Semaphore work("work");
      int done = 0;
      SimTime first{};
      host.spawn("daemon",
                 [&] {
                   while (work.acquire_unless_killed()) {
                     if (done++ == 0) first = now();
                   }
                 },
                 {.daemon = true});
      At hold(sim, at_ns(0), [&] { sim.hold_fibers(host, "daemon", 1ms, 0); });
      host.spawn("client", [&] {
        sleep_for(50us);  // behind the hold, whatever the window
        for (int i = 0; i < 5; ++i) {
          work.release();
          sleep_for(20us);
        }
      });
      EXPECT_EQ(sim.run(), RunEnd::idle);
      EXPECT_EQ(done, 5) << static_cast<int>(policy) << " " << seed;
      EXPECT_GE(first, at_ns(1'000'000)) << static_cast<int>(policy) << " " << seed;
    }
  }
}

// One that is spawned meanwhile is held off too, another name and another host are not.
TEST(Hold, CoversTheNameOnItsHostAlone_F51) {
  Simulation sim(with(PolicyKind::fifo));
  Host host(sim, "host"), other(sim, "other");
  Story story;
  At hold(sim, at_ns(0), [&] { sim.hold_fibers(host, "resync", 1ms, 0); });
  At spawn(sim, at_ns(5), [&] {
    host.spawn("resync", [&] { story.tell("held"); });
    host.spawn("regen", [&] { story.tell("regen"); });
    other.spawn("resync", [&] { story.tell("other"); });
  });
  EXPECT_EQ(sim.run(), RunEnd::idle);
  EXPECT_EQ(story.text(), "regen other held");
}

// By decisions: so many are taken by others first.
TEST(Hold, LastsForSoManyDecisions_F51) {
  for (const PolicyKind policy : every_policy) {
    Simulation sim(with(policy));
    Host host(sim, "host");
    uint64_t ran_at = 0;
    sim.hold_fibers(host, "late", Duration{}, 100);
    host.spawn("late", [&] { ran_at = sim.steps(); });
    host.spawn("busy", [] {
      for (int i = 0; i < 1000; ++i) sleep_for(1us);
    });
    EXPECT_EQ(sim.run(), RunEnd::idle);
    EXPECT_GE(ran_at, 100U);
    EXPECT_LT(ran_at, 200U);
  }
}

// Nothing else is left to happen: it runs, however many decisions were to be taken; a time is waited for.
TEST(Hold, EndsWhereNothingElseIsLeft_F51) {
  for (const PolicyKind policy : every_policy) {
    Simulation sim(with(policy));
    Host host(sim, "host");
    bool ran = false;
    SimTime when{};
    sim.hold_fibers(host, "late", 5ms, 1'000'000);
    host.spawn("late", [&] {
      ran = true;
      when = now();
    });
    EXPECT_EQ(sim.run(), RunEnd::idle);
    EXPECT_TRUE(ran);
    EXPECT_EQ(when, at_ns(5'000'000));
  }
}

// Who waits for a lock of the one held off waits as long, and gets it.
TEST(Hold, KeepsItsLocks_F51) {
  Simulation sim(with(PolicyKind::fifo));
  Host host(sim, "host");
  Mutex mutex(class_a);
  SimTime got{};
  host.spawn("owner", [&] {
    const MutexLock held(mutex);
    sleep_for(10us);
  });
  host.spawn("waiter", [&] {
    sleep_for(1us);
    const MutexLock held(mutex);
    got = now();
  });
  At hold(sim, at_ns(5'000), [&] { sim.hold_fibers(host, "owner", 1ms, 0); });
  EXPECT_EQ(sim.run(), RunEnd::idle);
  EXPECT_EQ(got, at_ns(1'005'000));
}

// Two holds over one another: the longer one counts, and letting go of all ends both.
TEST(Hold, OverlappingHoldsEndWithTheLast_F51) {
  for (const bool let_go : {false, true}) {
    Simulation sim(with(PolicyKind::fifo));
    Host host(sim, "host");
    SimTime when{};
    sim.hold_fibers(host, "late", 1ms, 0);
    sim.hold_fibers(host, "late", 3ms, 0);
    host.spawn("late", [&] { when = now(); });
    At end(sim, at_ns(2'000'000), [&] {
      if (let_go) sim.let_go_of_fibers();
    });
    EXPECT_EQ(sim.run(), RunEnd::idle);
    EXPECT_EQ(when, let_go ? at_ns(2'000'000) : at_ns(3'000'000));
  }
}

// The host dies: those who are set aside end with it, and what is spawned in the next epoch is held off still.
TEST(Hold, DiesWithItsHostAndHoldsTheNextEpoch_F51_F47) {
  Simulation sim(with(PolicyKind::fifo));
  Host host(sim, "host");
  Story story;
  sim.hold_fibers(host, "daemon", 3ms, 0);
  host.spawn("daemon", [&] { story.tell("never"); });
  OnDead dead(host, [&] {
    story.tell("dead");
    host.boot();
    host.spawn("daemon", [&] { story.tell(now() >= at_ns(3'000'000) ? "late" : "early"); });
  });
  At crash(sim, at_ns(1'000'000), [&] { host.crash(); });
  EXPECT_EQ(sim.run(), RunEnd::idle);
  EXPECT_EQ(story.text(), "dead late");
}

// It is in the trace, and equal runs have equal hashes.
TEST(Hold, IsPartOfTheTrace_F51) {
  const auto run = [](bool held) {
    SimulationOptions options = with(PolicyKind::random, 7);
    options.trace = TraceMode::full;
    Simulation sim(options);
    Host host(sim, "host");
    if (held) sim.hold_fibers(host, "a", 100us, 3);
    for (const char* name : {"a", "b", "c"}) {
      host.spawn(name, [] {
        for (int i = 0; i < 10; ++i) sleep_for(7us);
      });
    }
    EXPECT_EQ(sim.run(), RunEnd::idle);
    return sim.recorder().hash();
  };
  EXPECT_EQ(run(true), run(true));
  EXPECT_NE(run(true), run(false));
}

}  // namespace
}  // namespace raidsim
