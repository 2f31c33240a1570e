// Who runs next: fifo, windows, and what the trace says about it.
#include <gtest/gtest.h>

#include <set>

#include "engine/tape.h"
#include "engine/trace/kinds.h"
#include "tests/engine/engine_rig.h"

namespace raidsim {
namespace {

SimulationOptions random_policy(uint64_t seed, Duration window = Duration{}) {
  return {.seed = seed, .policy = {.kind = PolicyKind::random, .window = window}};
}

// Three fibers of one step each: random schedules reach all six orders, and one seed always the same.
TEST(Schedule, RandomReachesEveryOrder) {
  std::set<std::string> orders;
  for (uint64_t seed = 0; seed < 100; ++seed) {
    std::string first;
    for (int again = 0; again < 2; ++again) {
      Simulation sim(random_policy(seed));
      Story story;
      for (const char* name : {"a", "b", "c"}) sim.spawn(name, [&story, name] { story.tell(name); });
      EXPECT_EQ(sim.run(), RunEnd::idle);
      if (again == 0) first = story.text();
      EXPECT_EQ(story.text(), first);
    }
    orders.insert(first);
  }
  EXPECT_EQ(orders.size(), 6u);
}

// The lost update between unlock and the next lock needs a switch where nothing blocks.
TEST(Schedule, EveryPolicyButFifoSwitchesAtPointsThatDoNotBlock) {
  const auto final_count = [](const SimulationOptions& options) {
    Simulation sim(options);
    Mutex mutex(class_a);
    int shared = 0;
    for (int i = 0; i < 2; ++i) {
      sim.spawn("adder", [&] {
        mutex.lock();
        const int seen = shared;
        mutex.unlock();
        mutex.lock();
        shared = seen + 1;
        mutex.unlock();
      });
    }
    EXPECT_EQ(sim.run(), RunEnd::idle);
    return shared;
  };
  EXPECT_EQ(final_count({.seed = 1}), 2);
  int lost = 0;
  for (uint64_t seed = 0; seed < 50; ++seed) lost += final_count(random_policy(seed)) == 1;
  EXPECT_GT(lost, 5);
  EXPECT_LT(lost, 45);
}

TEST(Schedule, EventsInsideTheWindowChangePlacesAndTheClockNeverRunsBack) {
  std::set<std::string> orders;
  for (uint64_t seed = 0; seed < 60; ++seed) {
    Simulation sim(random_policy(seed, 10ns));
    Story story;
    SimTime last{};
    const auto action = [&](const char* name, int64_t due) {
      return [&, name, due] {
        story.tell(name);
        EXPECT_GE(now(), last);
        EXPECT_GE(now(), at_ns(due));
        last = now();
      };
    };
    At a(sim, at_ns(100), action("a", 100));
    At b(sim, at_ns(105), action("b", 105));
    At c(sim, at_ns(112), action("c", 112));
    EXPECT_EQ(sim.run(), RunEnd::idle);
    orders.insert(story.text());
  }
  // c lies 12 ns behind a, so it may pass b but never a.
  EXPECT_EQ(orders, (std::set<std::string>{"a b c", "b a c", "a c b"}));
}

TEST(Schedule, ReadyFiberComesBeforeEventsBeyondTheWindow) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    Simulation sim(random_policy(seed, 10ns));
    Story story;
    At event(sim, at_ns(50), [&] { story.tell("event"); });
    sim.spawn("fiber", [&] { story.tell("fiber"); });
    EXPECT_EQ(sim.run(), RunEnd::idle);
    EXPECT_EQ(story.text(), "fiber event");
  }
}

TEST(Schedule, WindowDoesNotReachBeyondTheTimeLimit) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    Simulation sim(random_policy(seed, 1h));
    int early = 0;
    At a(sim, at_ns(10), [&] { ++early; });
    At b(sim, at_ns(20), [&] { FAIL() << "at the limit"; });
    EXPECT_EQ(sim.run({.until = at_ns(20)}), RunEnd::time_limit);
    EXPECT_EQ(early, 1);
    sim.cancel(b);
  }
}

TEST(Schedule, EachChoiceIsInTheTraceAndNoneUnderFifo) {
  const auto choices_recorded = [](SimulationOptions options) {
    options.trace = TraceMode::full;
    Simulation sim(options);
    for (int i = 0; i < 3; ++i) sim.spawn("fiber", [] { yield(); });
    EXPECT_EQ(sim.run(), RunEnd::idle);
    uint64_t recorded = 0;
    for (const TraceRecord& record : sim.recorder().kept()) recorded += record.kind == trace_kind::schedule_choice;
    EXPECT_LE(recorded, sim.choices().stream("schedule").draws());
    return recorded;
  };
  EXPECT_EQ(choices_recorded({.seed = 1}), 0u);
  EXPECT_GE(choices_recorded(random_policy(1)), 3u);
}

TEST(Schedule, TapeOfARunReplaysItsSchedule) {
  const auto run = [](const SimulationOptions& options, Tape* recorded) {
    Simulation sim(options);
    Story story;
    for (const char* name : {"a", "b", "c"}) {
      sim.spawn(name, [&story, name] {
        for (int i = 0; i < 4; ++i, yield()) story.tell(name);
      });
    }
    EXPECT_EQ(sim.run(), RunEnd::idle);
    if (recorded != nullptr) *recorded = sim.choices().recorded();
    return story.text() + std::to_string(sim.recorder().hash());
  };
  Tape tape;
  SimulationOptions recording = random_policy(5);
  recording.record_tape = true;
  const std::string first = run(recording, &tape);
  SimulationOptions playing = random_policy(999);  // another seed: the tape alone decides
  playing.tape = &tape;
  EXPECT_EQ(run(playing, nullptr), first);
  EXPECT_NE(run(random_policy(999), nullptr), first);
}

TEST(Schedule, KindsOfTheEngineHaveEachTheirRow) {
  TraceKind last = engine_kinds;
  for (const TraceKindInfo& row : engine_trace_kinds()) {
    EXPECT_GT(row.kind, last);
    EXPECT_LT(row.kind, disk_kinds);
    EXPECT_FALSE(row.name.empty());
    last = row.kind;
  }
  EXPECT_EQ(last, trace_kind::hold_end);
}

}  // namespace
}  // namespace raidsim
