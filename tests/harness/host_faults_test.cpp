// Faults of the host: memory that cannot be had (F53), a wall clock that goes wrong (F54).
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/host.h"
#include "harness/world/host_services.h"

namespace raidsim::harness {
namespace {

using scenarios::AllocationSite;
using scenarios::ClockAnomaly;
using scenarios::FaultParameters;

constexpr const char* data_site = "raid-data-buffer";
constexpr const char* column_site = "raid-column-buffer";

struct Machine {
  Simulation simulation{SimulationOptions{}};
  Host host{simulation, "host"};
  MemoryShortage shortage{simulation};
  HostMemory memory;
  Machine() { memory.set_shortage(&shortage); }
};

FaultParameters calls(uint64_t nth, uint64_t count, AllocationSite site = AllocationSite::any) {
  FaultParameters with;
  with.count = count;
  with.host.nth_call = nth;
  with.host.site = site;
  return with;
}

FaultParameters window(Duration lasts) {
  FaultParameters with;
  with.count.reset();
  with.lasts = lasts;
  return with;
}

std::string asked(Machine& machine, std::initializer_list<const char*> sites) {
  std::string out;
  for (const char* site : sites) {
    std::byte* const memory = machine.memory.try_allocate(1024, site);
    out += memory == nullptr ? '-' : '+';
    if (memory != nullptr) machine.memory.free(memory, 1024);
  }
  return out;
}

TEST(MemoryShortage, RefusesTheNthCallAndSoManyAfterIt_F53) {
  Machine machine;
  machine.shortage.begin(calls(2, 2));
  EXPECT_EQ(asked(machine, {data_site, data_site, data_site, data_site}), "+--+");
  EXPECT_EQ(machine.shortage.refusals(), 2U);
  EXPECT_EQ(machine.memory.outstanding(), 0U);
}

TEST(MemoryShortage, CountsTheCallsOfItsSiteAlone_F53) {
  Machine machine;
  machine.shortage.begin(calls(2, 1, AllocationSite::column_buffer));
  EXPECT_EQ(asked(machine, {column_site, data_site, data_site, column_site, column_site}), "+++-+");
}

// A window: nothing at all, and then everything again.
TEST(MemoryShortage, LastsForAWindow_F53) {
  Machine machine;
  machine.shortage.begin(window(1ms));
  std::string got;
  machine.host.spawn("asker", [&] {
    got += asked(machine, {data_site});
    sleep_for(999us);
    got += asked(machine, {data_site});
    sleep_for(1us);
    got += asked(machine, {data_site});
  });
  EXPECT_EQ(machine.simulation.run(), RunEnd::idle);
  EXPECT_EQ(got, "--+");
}

// A call that may wait waits until somebody gives memory back, and no longer; the one behind it waits on.
TEST(MemoryShortage, WhoMayWaitGoesOnWhenMemoryIsFreed_F53) {
  Machine machine;
  std::byte* const held = machine.memory.allocate(1024, data_site);
  machine.shortage.begin(window(1s));
  std::vector<SimTime> had;
  for (int i = 0; i < 2; ++i) {
    machine.host.spawn("sleeper", [&] {
      std::byte* const memory = machine.memory.allocate(1024, column_site);
      had.push_back(now());
      sleep_for(10s);
      machine.memory.free(memory, 1024);
    });
  }
  machine.host.spawn("holder", [&] {
    sleep_for(5ms);
    machine.memory.free(held, 1024);
  });
  EXPECT_EQ(machine.simulation.run(), RunEnd::idle);
  EXPECT_EQ(had, (std::vector<SimTime>{sim_start + 5ms, sim_start + 1s}));
  EXPECT_EQ(machine.memory.outstanding(), 0U);
}

// Nobody frees anything, and the shortage is one of so many calls: others on the host do, sooner or later.
TEST(MemoryShortage, OfSoManyCallsHoldsNobodyForEver_F53) {
  Machine machine;
  machine.shortage.begin(calls(1, 1));
  SimTime had{};
  machine.host.spawn("sleeper", [&] {
    machine.memory.free(machine.memory.allocate(1024, column_site), 1024);
    had = now();
  });
  EXPECT_EQ(machine.simulation.run(), RunEnd::idle);
  EXPECT_EQ(had, sim_start + 20ms);
}

// Faults stop: whoever waits goes on at once.
TEST(MemoryShortage, EndsWhenFaultsStop_F53) {
  Machine machine;
  machine.shortage.begin(window(10s));
  SimTime had{};
  machine.host.spawn("sleeper", [&] {
    machine.memory.free(machine.memory.allocate(1024, column_site), 1024);
    had = now();
  });
  (void)machine.simulation.run({.until = sim_start + 1ms});
  machine.shortage.end_all();
  EXPECT_EQ(machine.simulation.run(), RunEnd::idle);
  EXPECT_LT(had, sim_start + 2ms);
  EXPECT_EQ(asked(machine, {data_site}), "+");
}

// The host dies with one that waits; the next epoch's memory is whole.
TEST(MemoryShortage, WhoWaitsDiesWithTheHost_F53_F47) {
  Machine machine;
  machine.shortage.begin(window(10s));
  bool went_on = false;
  machine.host.spawn("sleeper", [&] {
    (void)machine.memory.allocate(1024, column_site);
    went_on = true;
  });
  (void)machine.simulation.run({.until = sim_start + 1ms});
  machine.host.crash();
  EXPECT_EQ(machine.simulation.run({.until = sim_start + 2ms}), RunEnd::time_limit);
  machine.memory.host_died();
  machine.shortage.end_all();
  EXPECT_FALSE(went_on);
  EXPECT_EQ(machine.memory.outstanding(), 0U);
}

std::vector<int64_t> clock_us(const FaultParameters& with) {
  Simulation simulation{SimulationOptions{}};
  HostClock clock(simulation, 1s);
  std::vector<int64_t> seen;
  simulation.spawn("watcher", [&] {
    for (int i = 0; i < 6; ++i) {
      if (i == 1) clock.go_wrong(with);
      seen.push_back(clock.wall_ns() / 1000 - 1'000'000);
      sleep_for(10us);
    }
  });
  (void)simulation.run();
  return seen;
}

FaultParameters anomaly(ClockAnomaly what, Duration step, std::optional<Duration> lasts = {}) {
  FaultParameters with;
  with.host.anomaly = what;
  with.host.step = step;
  with.lasts = lasts;
  return with;
}

TEST(HostClock, JumpsStandsAndRepeats_F54) {
  EXPECT_EQ(clock_us(anomaly(ClockAnomaly::forward, 1ms)), (std::vector<int64_t>{0, 1010, 1020, 1030, 1040, 1050}));
  EXPECT_EQ(clock_us(anomaly(ClockAnomaly::back, 1ms)), (std::vector<int64_t>{0, -990, -980, -970, -960, -950}));
  EXPECT_EQ(clock_us(anomaly(ClockAnomaly::stand_still, 1s, 30us)), (std::vector<int64_t>{0, 10, 10, 10, 40, 50}));
  EXPECT_EQ(clock_us(anomaly(ClockAnomaly::repeat, 15us, 40us)), (std::vector<int64_t>{0, 10, 20, 15, 10, 50}));
}

}  // namespace
}  // namespace raidsim::harness
