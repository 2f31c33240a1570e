// The traps of driving fibers deterministically, one story each.
#include <gtest/gtest.h>

#include <stdexcept>
#include <thread>
#include <vector>

#include "engine/trace/kinds.h"
#include "tests/engine/engine_rig.h"

namespace raidsim {
namespace {

// Trap 1. Two fibers block inside `catch`; the run-time keeps exceptions in flight per thread, so without
// care each rethrows the other's.
TEST(Trap, FibersThatBlockInACatchRethrowTheirOwnException) {
  Simulation sim({.seed = 1});
  Story story;
  const auto body = [&](const char* name, Duration first, Duration second) {
    sim.spawn(name, [&story, name, first, second] {
      try {
        try {
          throw std::runtime_error(name);
        } catch (const std::exception&) {
          sleep_for(first);
          throw;
        }
      } catch (const std::exception& mine) {
        story.tell(name + std::string("=") + mine.what());
        sleep_for(second);
        EXPECT_STREQ(mine.what(), name);
      }
    });
  };
  body("a", 10ns, 30ns);
  body("b", 20ns, 5ns);
  body("c", 5ns, 100ns);
  EXPECT_EQ(sim.run(), RunEnd::idle);
  EXPECT_EQ(story.text(), "c=c a=a b=b");
}

TEST(Trap, UncaughtExceptionsAreCountedPerFiber) {
  Simulation sim({.seed = 1});
  struct Sleeps {
    ~Sleeps() {
      EXPECT_EQ(std::uncaught_exceptions(), 1);
      sleep_for(10ns);
      EXPECT_EQ(std::uncaught_exceptions(), 1);
    }
  };
  sim.spawn("unwinds", [] {
    try {
      const Sleeps sleeps;
      throw std::runtime_error("x");
    } catch (const std::runtime_error&) {
    }
  });
  sim.spawn("calm", [] {
    for (int i = 0; i < 4; ++i, sleep_for(5ns)) EXPECT_EQ(std::uncaught_exceptions(), 0);
  });
  EXPECT_EQ(sim.run(), RunEnd::idle);
  EXPECT_EQ(std::uncaught_exceptions(), 0);
}

/// A run with every kind of engine work in it; its hash stands for all that happened.
uint64_t busy_run(uint64_t seed, PolicyKind kind = PolicyKind::random) {
  Simulation sim({.seed = seed, .policy = {.kind = kind, .window = 20us}});
  Host host(sim, "host");
  Mutex mutex(class_a);
  RwLock lock(class_b);
  CondVar condition("condition");
  Semaphore tokens("tokens", 2);
  ChoiceStream& times = sim.choices().stream("times");
  for (int i = 0; i < 8; ++i) {
    host.spawn("worker", [&, i] {
      for (int round = 0; round < 20; ++round) {
        sleep_for(times.exponential(10us));
        tokens.acquire();
        {
          MutexLock held(mutex);
          if (round % 5 == i % 5) (void)condition.wait_for(held, 3us);
          condition.notify_all();
        }
        if (i % 2 == 0) {
          WriteHold hold = lock.write();
          sleep_for(times.duration_between(0ns, 5us));
          hold.release();
        } else {
          ReadHold hold = lock.read();
          yield();
          hold.release();
        }
        tokens.release();
        if (round == 10) host.spawn("child", [&times] { sleep_for(times.exponential(1us)); });
      }
    });
  }
  At crash(sim, at_ns(150'000), [&] { host.crash(); });
  EXPECT_EQ(sim.run(), RunEnd::idle);
  EXPECT_TRUE(host.dead());
  return sim.recorder().hash();
}

// Trap 2. Recycled workers come back in another order, and their number depends on what ran before: a
// run must not see it.
TEST(Trap, PoolOrderDoesNotLeakIntoARun) {
  const uint64_t fresh = busy_run(7);
  for (uint64_t other = 100; other < 110; ++other) (void)busy_run(other);
  EXPECT_EQ(busy_run(7), fresh);
  {
    Simulation many({.seed = 1});  // grows the pool, and gives the workers back backwards
    Semaphore never("never");
    for (int i = 0; i < 50; ++i) many.spawn("blocked", [&] { never.acquire(); });
    many.run();
    EXPECT_EQ(busy_run(7), fresh);  // while those fifty are still blocked
  }
  EXPECT_EQ(busy_run(7), fresh);
}

TEST(Trap, ManyThreadsGiveTheHashesOfOne) {
  constexpr uint64_t seeds = 40;
  std::vector<uint64_t> alone(seeds);
  for (uint64_t seed = 0; seed < seeds; ++seed) alone[seed] = busy_run(seed);
  std::vector<uint64_t> together(seeds);
  std::vector<std::thread> threads;
  for (uint64_t lane = 0; lane < 4; ++lane) {
    threads.emplace_back([&together, lane] {
      for (uint64_t seed = lane; seed < seeds; seed += 4) together[seed] = busy_run(seed);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(together, alone);
  EXPECT_NE(alone[0], alone[1]);
}

// Trap 3. Compilers evaluate arguments in different orders and inline differently: the same program must
// give this very number with each of them, at each level of optimisation, and under sanitizers.
TEST(Trap, KnownRunHasItsKnownHash) {
  EXPECT_EQ(busy_run(12345, PolicyKind::fifo), 7463736812959070695u);
  EXPECT_EQ(busy_run(12345, PolicyKind::random), 3563150996878710618u);
}

// Trap 4. std::log and its kin round differently from one libm to the next. Samples come from integer tables, so these
// very numbers come out everywhere; house/words_test.cpp keeps <cmath> out of the rooms.
TEST(Trap, SamplesAreTheSameNumbersWithEveryMathLibrary) {
  Simulation sim({.seed = 4});
  ChoiceStream& stream = sim.choices().stream("samples");
  std::vector<int64_t> drawn;
  for (int i = 0; i < 3; ++i) drawn.push_back(stream.exponential(1ms).count());
  for (int i = 0; i < 3; ++i) drawn.push_back(stream.lognormal(1ms, 20ms).count());
  for (int i = 0; i < 3; ++i) drawn.push_back(static_cast<int64_t>(stream.pareto(1'500, 1'000'000)));
  EXPECT_EQ(drawn, (std::vector<int64_t>{800404, 1362588, 549334, 2172695, 332007, 1835332, 1, 9, 1}));
}

// Trap 5. With continuous times hardly anything is ever ready at once: choices come from the window.
TEST(Trap, ChoicesComeFromEventsInsideTheWindow) {
  const auto choices = [](Duration window) {
    Simulation sim({.seed = 1, .policy = {.kind = PolicyKind::random, .window = window}});
    ChoiceStream& times = sim.choices().stream("times");
    for (int i = 0; i < 8; ++i) {
      sim.spawn("sleeper", [&times] {
        for (int round = 0; round < 100; ++round) sleep_for(times.exponential(100us));
      });
    }
    EXPECT_EQ(sim.run(), RunEnd::idle);
    return sim.choices().stream("schedule").draws();
  };
  EXPECT_LT(choices(0ns), 50u);
  EXPECT_GT(choices(50us), 400u);
}

// Trap 6. A thread that ends with a blocked fiber would hang in Boost's clean-up.
TEST(Trap, ThreadEndsCleanlyAfterSimulationsWithBlockedFibers) {
  for (int i = 0; i < 20; ++i) {
    std::thread thread([] {
      Simulation sim({.seed = 1});
      Semaphore never("never");
      for (int k = 0; k < 10; ++k) sim.spawn("blocked", [&] { never.acquire(); });
      EXPECT_EQ(sim.run(), RunEnd::idle);
    });
    thread.join();
  }
}

}  // namespace
}  // namespace raidsim
