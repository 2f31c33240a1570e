// Mutex, condition variable and semaphore.
#include <gtest/gtest.h>

#include "tests/engine/engine_rig.h"

namespace raidsim {
namespace {

TEST(Mutex, IsServedInOrderOfAskingAndNobodyBargesIn) {
  Simulation sim({.seed = 1});
  Mutex mutex(class_a);
  Story story;
  for (const char* name : {"a", "b", "c"}) {
    sim.spawn(name, [&, name] {
      for (int round = 0; round < 2; ++round) {
        const MutexLock held(mutex);
        EXPECT_EQ(mutex.owner(), sim.running_fiber());
        story.tell(name);
        sleep_for(10ns);
      }
    });
  }
  EXPECT_EQ(sim.run(), RunEnd::idle);
  EXPECT_EQ(story.text(), "a b c a b c");
  EXPECT_EQ(mutex.owner(), FiberId::none);
}

TEST(Mutex, TakenTwiceByOneFiberIsReported) {
  Simulation sim({.seed = 1});
  Mutex mutex(class_a);
  sim.spawn("recursive", [&] {
    const MutexLock held(mutex);
    const MutexLock again(mutex);
  });
  EXPECT_EQ(sim.run(), RunEnd::failed);
  EXPECT_EQ(sim.failure()->what, "owner_ != &me");
}

TEST(Mutex, UnlockByAStrangerIsReported) {
  Simulation sim({.seed = 1});
  Mutex mutex(class_a);
  sim.spawn("owner", [&] {
    const MutexLock held(mutex);
    sleep_for(10ns);
  });
  sim.spawn("stranger", [&] { mutex.unlock(); });
  EXPECT_EQ(sim.run(), RunEnd::failed);
  EXPECT_EQ(sim.failure()->what, "a mutex is unlocked by its owner");
}

TEST(Mutex, TryLockTakesOnlyAFreeOne) {
  Simulation sim({.seed = 1});
  Mutex mutex(class_a);
  sim.spawn("first", [&] {
    EXPECT_TRUE(mutex.try_lock());
    sleep_for(10ns);
    mutex.unlock();
  });
  sim.spawn("second", [&] {
    EXPECT_FALSE(mutex.try_lock());
    sleep_for(20ns);
    EXPECT_TRUE(mutex.try_lock());
    mutex.unlock();
  });
  EXPECT_EQ(sim.run(), RunEnd::idle);
}

TEST(Mutex, DestroyedWhileHeldIsReported) {
  Simulation sim({.seed = 1});
  sim.spawn("careless", [&] {
    Mutex mutex(class_a);
    mutex.lock();
  });
  EXPECT_EQ(sim.run(), RunEnd::failed);
  EXPECT_EQ(sim.failure()->what, "a mutex that is destroyed is neither held nor waited for");
}

TEST(CondVar, WaitFreesTheMutexAndHasItAgainAfterwards) {
  Simulation sim({.seed = 1});
  Mutex mutex(class_a);
  CondVar condition("condition");
  bool flag = false;
  Story story;
  sim.spawn("waiter", [&] {
    MutexLock held(mutex);
    while (!flag) condition.wait(held);
    EXPECT_EQ(mutex.owner(), sim.running_fiber());
    story.tell("waiter");
  });
  sim.spawn("signaller", [&] {
    const MutexLock held(mutex);
    flag = true;
    condition.notify_one();
    EXPECT_EQ(mutex.owner(), sim.running_fiber());  // the waiter has to wait for it
    sleep_for(10ns);
    story.tell("signaller");
  });
  EXPECT_EQ(sim.run(), RunEnd::idle);
  EXPECT_EQ(story.text(), "signaller waiter");
}

// LK-03: a broadcast wakes every waiter, and each tests its condition again.
TEST(CondVar, BroadcastWakesAllAndSignalWakesOne_LK03) {
  Simulation sim({.seed = 1});
  Mutex mutex(class_a);
  CondVar condition("condition");
  int tokens = 0;
  int tests = 0;
  int served = 0;
  for (int i = 0; i < 4; ++i) {
    sim.spawn("consumer", [&] {
      MutexLock held(mutex);
      while (tokens == 0) {
        condition.wait(held);
        ++tests;
      }
      --tokens;
      ++served;
    });
  }
  At one(sim, at_ns(10), [&] {
    tokens = 1;
    condition.notify_one();
  });
  EXPECT_EQ(sim.run({.until = at_ns(15)}), RunEnd::idle);
  EXPECT_EQ(served, 1);
  EXPECT_EQ(tests, 1);
  At all(sim, at_ns(20), [&] {
    tokens = 1;
    condition.notify_all();
  });
  sim.run();
  EXPECT_EQ(served, 2);
  EXPECT_EQ(tests, 4);  // one woke for the signal, then all three
  EXPECT_EQ(condition.waiters(), 2u);
  EXPECT_EQ(sim.blocked_fibers().size(), 2u);
}

TEST(CondVar, TimedWaitTellsSignalFromTimeOut) {
  Simulation sim({.seed = 1});
  Mutex mutex(class_a);
  CondVar condition("condition");
  Story story;
  const auto waiter = [&](Duration timeout) {
    sim.spawn("waiter", [&, timeout] {
      MutexLock held(mutex);
      const bool signalled = condition.wait_for(held, timeout);
      EXPECT_EQ(mutex.owner(), sim.running_fiber());
      story.tell((signalled ? "signal@" : "timeout@") + std::to_string(to_ns(now())));
    });
  };
  waiter(100ns);
  waiter(30ns);
  waiter(100ns);
  At signal(sim, at_ns(50), [&] { condition.notify_one(); });
  EXPECT_EQ(sim.run(), RunEnd::idle);
  EXPECT_EQ(story.text(), "timeout@30 signal@50 timeout@100");
  EXPECT_EQ(sim.now(), at_ns(100));  // the timer of the one that was signalled is gone
  EXPECT_EQ(condition.waiters(), 0u);
}

// Signal and time-out fall on the same nanosecond: whichever event is first decides, and only once.
TEST(CondVar, SignalAndTimeOutAtOneMomentHaveOneOutcome) {
  for (const bool signal_first : {true, false}) {
    Simulation sim({.seed = 1});
    Mutex mutex(class_a);
    CondVar condition("condition");
    std::unique_ptr<At> signal;
    const auto arm = [&] { signal = std::make_unique<At>(sim, at_ns(50), [&] { condition.notify_one(); }); };
    if (signal_first) arm();
    sim.spawn("waiter", [&] {
      MutexLock held(mutex);
      EXPECT_EQ(condition.wait_for(held, 50ns), signal_first);
      sleep_for(1us);  // a stale wake-up would cut this short
      EXPECT_EQ(now(), at_ns(1050));
    });
    At late(sim, at_ns(1), [&] {
      if (!signal_first) arm();
    });
    EXPECT_EQ(sim.run(), RunEnd::idle);
  }
}

TEST(Semaphore, ServesInOrderAndCountsWhatNobodyWaitsFor) {
  Simulation sim({.seed = 1});
  Semaphore semaphore("semaphore", 1);
  Story story;
  for (const char* name : {"a", "b", "c"}) {
    sim.spawn(name, [&, name] {
      semaphore.acquire();
      story.tell(std::string(name) + "@" + std::to_string(to_ns(now())));
    });
  }
  At release(sim, at_ns(10), [&] { semaphore.release(5); });
  EXPECT_EQ(sim.run(), RunEnd::idle);
  EXPECT_EQ(story.text(), "a@0 b@10 c@10");
  EXPECT_EQ(semaphore.count(), 3u);
  EXPECT_TRUE(semaphore.try_acquire());
  EXPECT_EQ(semaphore.count(), 2u);
}

// A late comer asks between the release and the moment when the waiter runs: the waiter has the token.
TEST(Semaphore, NobodyOvertakesAWaiterThatWasGivenTheToken) {
  Simulation sim({.seed = 1});
  Semaphore semaphore("semaphore");
  Story story;
  sim.spawn("waiter", [&] {
    semaphore.acquire();
    story.tell("waiter");
  });
  sim.spawn("releaser", [&] {
    semaphore.release();
    EXPECT_FALSE(semaphore.try_acquire());
    story.tell("releaser");
  });
  EXPECT_EQ(sim.run(), RunEnd::idle);
  EXPECT_EQ(story.text(), "releaser waiter");
}

}  // namespace
}  // namespace raidsim
