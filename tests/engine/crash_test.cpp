// A host crashes: all of its fibers end, in order of logical id, before anything else happens.
#include <gtest/gtest.h>

#include <exception>
#include <memory>

#include "tests/engine/engine_rig.h"

namespace raidsim {
namespace {

struct Machine {
  Simulation sim{{.seed = 1}};
  Host host{sim, "host"};
  Story story;
};

// Fibers 4, 2, 3, 1 block in this order, in four different ways; none of that decides who ends first.
TEST(Crash, FibersEndInOrderOfLogicalId) {
  Machine m;
  Mutex mutex(class_a);
  CondVar condition("condition");
  RwLock rwlock(class_b);
  const auto body = [&](const char* name, Duration start, auto block) {
    m.host.spawn(name, [&m, name, start, block] {
      const Ghost ghost(m.story, name);
      sleep_for(start);
      block();
      m.story.tell("unreachable");
    });
  };
  body("mutex", 40ns, [&] { mutex.lock(); });
  body("condition", 20ns, [&] {
    Mutex own(class_free);
    MutexLock held(own);
    condition.wait(held);
  });
  body("rwlock", 30ns, [&] { (void)rwlock.read(); });
  body("sleep", 10ns, [] { sleep_for(1h); });
  m.host.spawn("owner", [&] {
    const Ghost ghost(m.story, "owner");
    const MutexLock held(mutex);
    WriteHold hold = rwlock.write();
    sleep_for(1h);
  });
  OnDead on_dead(m.host, [&] { m.story.tell("dead"); });
  At crash(m.sim, at_ns(100), [&] {
    m.host.crash();
    m.story.tell("crash");
  });
  At later(m.sim, at_ns(100), [&] { m.story.tell("next-event"); });

  EXPECT_EQ(m.sim.run(), RunEnd::idle);
  EXPECT_EQ(m.story.text(), "crash mutex condition rwlock sleep owner dead next-event");
  EXPECT_TRUE(m.host.dead());
  EXPECT_EQ(m.sim.live_fibers(), 0u);
  EXPECT_EQ(m.sim.pending_events(), 0u);  // the timers of the dead are gone
  EXPECT_EQ(m.sim.failure(), nullptr);
}

// Two workers wait for work, one with its work's unit in hand. Death is told to them; they return, nothing is unwound.
TEST(Crash, WorkersThatWaitUnlessKilledReturn) {
  Machine m;
  Semaphore work("work", 1);
  for (const char* name : {"first", "second"}) {
    m.host.spawn(name, [&, name] {
      const Ghost ghost(m.story, name);
      EXPECT_EQ(std::uncaught_exceptions(), 0);
      while (work.acquire_unless_killed()) m.story.tell("works");
      m.story.tell("told");
      EXPECT_FALSE(work.acquire_unless_killed());  // no wait for the dead
    });
  }
  OnDead on_dead(m.host, [&] { m.story.tell("dead"); });
  At crash(m.sim, at_ns(100), [&] { m.host.crash(); });
  At release(m.sim, at_ns(200), [&] { work.release(); });

  EXPECT_EQ(m.sim.run(), RunEnd::idle);
  EXPECT_EQ(m.story.text(), "works told first told second dead");
  EXPECT_EQ(work.count(), 1u);  // nobody took it
  EXPECT_EQ(work.waiters(), 0u);
  EXPECT_EQ(m.sim.failure(), nullptr);
}

// Destructors run while the host dies. They may free, but lock, signal, wait and sleep do nothing.
TEST(Crash, DestructorsRunButScheduleNothing) {
  Machine m;
  Mutex mutex(class_a);
  Semaphore semaphore("semaphore");
  CondVar condition("condition");
  struct Stubborn {
    Mutex& mutex;
    Semaphore& semaphore;
    CondVar& condition;
    Story& story;
    Host& host;
    ~Stubborn() {
      sleep_for(1s);
      yield();
      semaphore.acquire();
      semaphore.release();
      condition.notify_all();
      {
        MutexLock held(mutex);
        condition.wait(held);
        EXPECT_FALSE(condition.wait_for(held, 1s));
      }
      EXPECT_EQ(host.spawn("no child", [] {}), FiberId::none);
      EXPECT_EQ(to_ns(now()), 50);
      story.tell("freed");
    }
  };
  m.host.spawn("stubborn", [&] {
    const Stubborn stubborn{mutex, semaphore, condition, m.story, m.host};
    sleep_for(1h);
  });
  At crash(m.sim, at_ns(50), [&] { m.host.crash(); });
  EXPECT_EQ(m.sim.run(), RunEnd::idle);
  EXPECT_EQ(m.story.text(), "freed");
  EXPECT_EQ(semaphore.count(), 0u);
  EXPECT_EQ(m.sim.now(), at_ns(50));
}

TEST(Crash, CallDoesNotReturnToAFiberOfTheHost) {
  Machine m;
  m.host.spawn("first", [&] {
    const Ghost ghost(m.story, "first");
    sleep_for(1h);
  });
  m.host.spawn("suicide", [&] {
    const Ghost ghost(m.story, "suicide");
    sleep_for(1ns);
    m.host.crash();
    m.story.tell("unreachable");
  });
  m.host.spawn("last", [&] {
    const Ghost ghost(m.story, "last");
    sleep_for(1h);
  });
  EXPECT_EQ(m.sim.run(), RunEnd::idle);
  EXPECT_EQ(m.story.text(), "first suicide last");
}

TEST(Crash, ReturnsToAForeignFiberWhichLivesOn) {
  Machine m;
  m.host.spawn("victim", [&] {
    const Ghost ghost(m.story, "victim");
    sleep_for(1h);
  });
  m.sim.spawn("foreign", [&] {
    sleep_for(1ns);
    m.host.crash();
    EXPECT_FALSE(m.host.up());
    EXPECT_FALSE(m.host.dead());
    sleep_for(1ns);
    EXPECT_TRUE(m.host.dead());
    m.story.tell("foreign");
  });
  EXPECT_EQ(m.sim.run(), RunEnd::idle);
  EXPECT_EQ(m.story.text(), "victim foreign");
}

TEST(Crash, FromOutsideOfTheRunTakesEffectWhenItGoesOn) {
  Machine m;
  Mutex mutex(class_a);
  CondVar condition("condition");
  m.host.spawn("timed", [&] {
    const Ghost ghost(m.story, "timed");
    MutexLock held(mutex);
    (void)condition.wait_for(held, 1h);
  });
  m.sim.run({.until = at_ns(5)});
  m.host.crash();
  EXPECT_EQ(m.story.text(), "");
  EXPECT_EQ(m.sim.run(), RunEnd::idle);
  EXPECT_EQ(m.story.text(), "timed");
  EXPECT_TRUE(m.host.dead());
  EXPECT_EQ(m.sim.pending_events(), 0u);
}

TEST(Crash, FiberThatNeverRanIsFreedUnrun) {
  Machine m;
  const auto token = std::make_shared<int>(1);
  At crash(m.sim, at_ns(1), [&] {
    m.host.spawn("unborn", [&m, token] { m.story.tell("ran"); });
    m.host.crash();
  });
  EXPECT_EQ(m.sim.run(), RunEnd::idle);
  EXPECT_EQ(m.story.text(), "");
  EXPECT_EQ(token.use_count(), 1);
  EXPECT_TRUE(m.host.dead());
}

// The harness waits for a mutex that a fiber of the host holds at the crash.
TEST(Crash, MutexOfADeadOwnerGoesToASurvivor) {
  Machine m;
  Mutex mutex(class_a);
  m.host.spawn("owner", [&] {
    const MutexLock held(mutex);
    sleep_for(1h);
  });
  m.host.spawn("dies waiting", [&] { const MutexLock held(mutex); });
  m.sim.spawn("survivor", [&] {
    sleep_for(1ns);
    const MutexLock held(mutex);
    m.story.tell("survivor@" + std::to_string(to_ns(now())));
  });
  At crash(m.sim, at_ns(50), [&] { m.host.crash(); });
  EXPECT_EQ(m.sim.run(), RunEnd::idle);
  EXPECT_EQ(m.story.text(), "survivor@50");
  EXPECT_EQ(mutex.owner(), FiberId::none);
}

TEST(Crash, HostBootsAgainWithTheNextEpoch) {
  Machine m;
  OnDead on_dead(m.host, [&] { m.story.tell("dead" + std::to_string(m.host.epoch())); });
  At crash(m.sim, at_ns(10), [&] { m.host.crash(); });
  At boot(m.sim, at_ns(20), [&] {
    m.host.boot();
    m.host.spawn("reborn", [&] { m.story.tell("epoch" + std::to_string(m.host.epoch())); });
  });
  At again(m.sim, at_ns(30), [&] { m.host.crash(); });
  EXPECT_EQ(m.sim.run(), RunEnd::idle);
  EXPECT_EQ(m.story.text(), "dead1 epoch2 dead2");
}

// A daemon catches everything and waits again. It is thrown out once more instead of spinning for ever.
TEST(Crash, FiberThatSwallowsItsDeathEndsNevertheless) {
  Machine m;
  m.host.spawn("swallows", [&] {
    for (int deaths = 0; deaths < 3;) {
      try {
        sleep_for(1h);
      } catch (...) {
        ++deaths;
        m.story.tell("caught");
      }
    }
  });
  At crash(m.sim, at_ns(10), [&] { m.host.crash(); });
  EXPECT_EQ(m.sim.run(), RunEnd::idle);
  EXPECT_EQ(m.story.text(), "caught caught caught");
}

// While a fiber unwinds from an ordinary error its destructor sleeps, and then the host crashes: a second
// exception in flight would end the process.
TEST(Crash, FiberKilledWhileItUnwindsGoesOnUnwinding) {
  Machine m;
  struct Slow {
    Story& story;
    ~Slow() {
      sleep_for(1h);
      story.tell("destroyed@" + std::to_string(to_ns(now())));
    }
  };
  m.host.spawn("fails", [&] {
    try {
      const Slow slow{m.story};
      throw std::exception();
    } catch (const std::exception&) {
      m.story.tell("handled");
      sleep_for(1ns);
      m.story.tell("unreachable");
    }
  });
  At crash(m.sim, at_ns(10), [&] { m.host.crash(); });
  EXPECT_EQ(m.sim.run(), RunEnd::idle);
  EXPECT_EQ(m.story.text(), "destroyed@10 handled");
}

// A destructor takes a leaf mutex while a random schedule crashes the host in every possible place.
TEST(Crash, DestructorsMayTakeLeafMutexesUnderEverySchedule) {
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    Simulation sim({.seed = seed, .policy = {.kind = PolicyKind::random, .window = 1h}});
    Host host(sim, "host");
    Mutex leaf(class_leaf);
    struct Registered {
      Mutex& mutex;
      ~Registered() { const MutexLock held(mutex); }
    };
    for (int i = 0; i < 3; ++i) {
      host.spawn("worker", [&] {
        for (int round = 0; round < 3; ++round) {
          const Registered registered{leaf};
          const MutexLock held(leaf);
          yield();
        }
      });
    }
    At crash(sim, at_ns(1), [&] { host.crash(); });
    ASSERT_EQ(sim.run(), RunEnd::idle) << seed;
    ASSERT_TRUE(host.dead());
  }
}

// Fibers that are still blocked when the simulation goes away are ended with it. Under ASan this is also
// the leak test: the bodies own memory.
TEST(Crash, TenThousandSimulationsWithBlockedFibersLeaveNothingBehind) {
  const auto token = std::make_shared<int>(1);
  for (int i = 0; i < 10'000; ++i) {
    Simulation sim({.seed = 1});
    Semaphore never("never");
    for (int k = 0; k < 5; ++k) {
      sim.spawn("blocked", [&never, token] {
        const std::string text(100, 'x');
        never.acquire();
      });
    }
    sim.run();
  }
  EXPECT_EQ(token.use_count(), 1);
}

TEST(Crash, HostMayDieBeforeOrAfterItsSimulation) {
  Story story;
  {
    Simulation sim({.seed = 1});
    Host host(sim, "inner");
    host.spawn("inner", [&story] {
      const Ghost ghost(story, "inner");
      sleep_for(1h);
    });
    sim.run({.until = at_ns(5)});
  }
  auto sim = std::make_unique<Simulation>(SimulationOptions{.seed = 1});
  Host host(*sim, "outer");
  host.spawn("outer", [&story] {
    const Ghost ghost(story, "outer");
    sleep_for(1h);
  });
  sim->run({.until = at_ns(5)});
  sim.reset();
  EXPECT_EQ(story.text(), "inner outer");
}

}  // namespace
}  // namespace raidsim
