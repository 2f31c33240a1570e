// When a script line acts: each trigger and delay on a real simulation, with actions that only note themselves (D-10).
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "harness/world/script.h"

namespace raidsim::harness {
namespace {

using namespace scenarios;

ScriptEntry line(Trigger trigger, Delay after = {}, std::optional<uint64_t> times = 1) {
  ScriptEntry entry;
  entry.trigger = std::move(trigger);
  entry.after = after;
  entry.times = times;
  entry.action = HostAction{};
  return entry;
}

AtPoint point(uint64_t nth) {
  AtPoint at;
  at.point = ProtocolPoint::home_write_done;
  at.nth = nth;
  return at;
}

/// A script on a simulation that ticks once per microsecond, run as the runner does it: act between two runs.
class Stage final : public ScriptActions {
 public:
  struct Acted {
    uint32_t line;
    SimTime at;
    uint64_t step;
    bool operator==(const Acted&) const = default;
  };

  explicit Stage(std::vector<ScriptEntry> lines) : lines_(std::move(lines)) {
    script_ = std::make_unique<Script>(simulation_, lines_, units_, disks_, *this);
    script_->start();
  }

  void run(Duration lasts) {
    const SimTime until = simulation_.now() + lasts;
    struct Tick : Event {
      Tick() : Event([](Event&) {}) {}
    } tick;
    while (simulation_.now() < until) {
      if (!tick.pending()) simulation_.schedule_after(tick, 1us);
      RunLimits limits;
      limits.events = 1;
      (void)simulation_.run(limits);
      if (simulation_.steps() >= script_->next_step()) script_->step_reached(simulation_.steps());
      script_->act();
    }
    simulation_.cancel(tick);
  }
  void reach(const AtPoint& at, uint32_t unit = 0, uint32_t column = 0) {
    script_->point_reached({.point = at.point, .side = at.side, .unit = unit, .column = column, .disk = 0});
    script_->act();
  }
  void state(bool holds) {
    holds_ = holds;
    script_->states_changed();
    script_->act();
  }
  [[nodiscard]] std::vector<uint32_t> order() const {
    std::vector<uint32_t> out;
    for (const Acted& a : acted) out.push_back(a.line);
    return out;
  }
  Script& script() { return *script_; }
  Simulation& simulation() { return simulation_; }

  std::vector<Acted> acted;

 private:
  void note(uint32_t number) { acted.push_back({number, simulation_.now(), simulation_.steps()}); }
  void inject(const Fault&, uint32_t number) override { note(number); }
  void act_on_host(const HostAction&, uint32_t number) override { note(number); }
  void ioctl(const Ioctl&, uint32_t number) override { note(number); }
  [[nodiscard]] bool holds(const AtState&) const override { return holds_; }

  Simulation simulation_{SimulationOptions{}};
  std::vector<std::string> units_{"d10", "d20"}, disks_{"d0", "d1"};
  std::vector<ScriptEntry> lines_;
  bool holds_ = false;
  std::unique_ptr<Script> script_;
};

TEST(ScriptTime, ActsAtItsMomentAndAfterItsDelay) {
  Stage stage({line(AtTime{30us}), line(AtTime{30us}, {.time = 20us})});

  stage.run(100us);

  ASSERT_EQ(stage.order(), (std::vector<uint32_t>{0, 1}));
  EXPECT_EQ(stage.acted[0].at, sim_start + 30us);
  EXPECT_EQ(stage.acted[1].at, sim_start + 50us);
  EXPECT_FALSE(stage.script().waits_for_time());
}

TEST(ScriptTime, NothingActsAfterFaultsHaveStopped) {
  Stage stage({line(AtTime{30us}), line(point(1))});
  stage.run(10us);

  stage.script().end();
  stage.reach(point(1));
  stage.run(100us);

  EXPECT_TRUE(stage.acted.empty());
  EXPECT_FALSE(stage.script().may_still_act());
}

TEST(ScriptSteps, ActsOnceWhenThatManyEventsHaveHappened) {
  Stage stage({line(AtEvent{17})});
  EXPECT_EQ(stage.script().next_step(), 17U);

  stage.run(100us);

  ASSERT_EQ(stage.acted.size(), 1U);
  EXPECT_EQ(stage.acted[0].step, 17U);
}

TEST(ScriptPoints, TheThirdMatchActsAndOthersDoNotCount) {
  AtPoint third = point(3);
  third.unit = "d20";
  third.column = 2;
  Stage stage({line(third)});

  stage.reach(point(1), 1, 2);
  stage.reach(point(1), 0, 2);  // another unit
  stage.reach(point(1), 1, 1);  // another column
  AtPoint before = point(1);
  before.side = Side::before;
  stage.reach(before, 1, 2);  // the other side of the same point
  stage.reach(point(1), 1, 2);
  EXPECT_TRUE(stage.acted.empty());
  stage.reach(point(1), 1, 2);

  EXPECT_EQ(stage.acted.size(), 1U);
  stage.reach(point(1), 1, 2);
  EXPECT_EQ(stage.acted.size(), 1U);  // one-shot
}

// "nth": 2, "times": 2 is a crash during recovery and another during the recovery from that (F49): counting starts
// over.
TEST(ScriptPoints, CountStartsOverAfterEachAction_F49) {
  Stage stage({line(point(2), {}, 2), line(point(2), {}, std::nullopt)});

  for (int i = 0; i < 8; ++i) stage.reach(point(1));

  EXPECT_EQ(stage.script().fired(), (std::vector<uint64_t>{2, 4}));  // counted; latched
}

// The first boot reads and clears its logs too: what is meant is the recovery from the crash.
TEST(ScriptPoints, CountBeginsWhenTheLineThatSinceNamesHasActed) {
  ScriptEntry crash = line(AtTime{10us});
  crash.label = "crash";
  AtPoint second = point(2);
  second.since = "crash";
  Stage stage({crash, line(second)});

  for (int i = 0; i < 5; ++i) stage.reach(point(1));
  EXPECT_TRUE(stage.acted.empty());
  stage.run(20us);
  stage.reach(point(1));
  EXPECT_EQ(stage.order(), (std::vector<uint32_t>{0}));
  stage.reach(point(1));

  EXPECT_EQ(stage.order(), (std::vector<uint32_t>{0, 1}));
}

TEST(ScriptRequests, OnlyRequestsThatOverlapTheRangeCount) {
  AtRequest at;
  at.disk = "d1";
  at.op = Op::write;
  at.range = BlockRange{100, 108};
  at.nth = 2;
  Stage stage({line(at)});
  const auto issue = [&](uint32_t disk, Op op, uint64_t block, uint32_t count) {
    stage.script().request_issued(
        {.disk = disk, .op = op, .kind = RequestKind::home_write, .block = block, .blocks = count});
    stage.script().act();
  };

  issue(2, Op::write, 100, 8);  // the record store, which no script names
  issue(1, Op::write, 92, 8);   // ends where the range begins
  issue(1, Op::write, 108, 8);
  issue(0, Op::write, 100, 8);
  issue(1, Op::read, 100, 8);
  issue(1, Op::write, 107, 1);
  EXPECT_TRUE(stage.acted.empty());
  issue(1, Op::write, 96, 5);

  EXPECT_EQ(stage.acted.size(), 1U);
}

TEST(ScriptStates, ActsWhenTheStateBeginsAndNotWhileItLasts) {
  AtState errored;
  errored.unit = "d10";
  Stage stage({line(errored, {}, std::nullopt)});

  stage.state(true);
  stage.state(true);
  EXPECT_EQ(stage.acted.size(), 1U);
  stage.state(false);
  stage.state(true);

  EXPECT_EQ(stage.acted.size(), 2U);
}

TEST(ScriptLabels, FollowerActsAfterItsDelayInTimeOrInEvents) {
  ScriptEntry first = line(AtTime{10us});
  first.label = "failure";
  Stage stage({first, line(AfterEntry{"failure"}, {.time = 25us}), line(AfterEntry{"failure"}, {.events = 7}),
               line(AfterEntry{"failure"})});

  stage.run(100us);

  ASSERT_EQ(stage.order(), (std::vector<uint32_t>{0, 3, 2, 1}));
  EXPECT_EQ(stage.acted[1].at, stage.acted[0].at);
  EXPECT_EQ(stage.acted[2].step, stage.acted[0].step + 7);
  EXPECT_EQ(stage.acted[3].at, stage.acted[0].at + 25us);
}

}  // namespace
}  // namespace raidsim::harness
