// The engine's own operations: switch, timer, spawn, lock, crash, trace record.
#include <benchmark/benchmark.h>

#include <boost/context/fiber.hpp>
#include <memory>
#include <utility>
#include <vector>

#include "engine/host.h"
#include "engine/simulation.h"
#include "engine/sync/mutex.h"
#include "harness/bench/cpu_time.h"

namespace raidsim::bench {
namespace {

constexpr uint64_t rounds = 100'000;

/// `fibers` fibers that yield until `rounds` yields are done, each to the next one.
int64_t yield_ns(uint64_t fibers) {
  Simulation simulation{SimulationOptions{}};
  for (uint64_t i = 0; i < fibers; ++i) {
    simulation.spawn("yielder", [fibers] {
      for (uint64_t n = 0; n < rounds / fibers; ++n) yield();
    });
  }
  return cpu_ns_of([&] { simulation.run(); });
}

/// The same number of switches among as many Boost.Context fibers: no choice, no clock, no exception state. Each passes
/// control to the next one and, when control comes round, puts the one before back in its place.
int64_t raw_switch_ns(uint64_t fibers) {
  namespace ctx = boost::context;
  std::vector<ctx::fiber> ring(fibers);
  for (uint64_t i = 0; i < fibers; ++i) {
    ring[i] = ctx::fiber{[&ring, i, fibers](ctx::fiber&& from) {
      ctx::fiber home;
      (i == 0 ? home : ring[i - 1]) = std::move(from);
      for (uint64_t n = 0; i != 0 || n < rounds / fibers; ++n) {
        ctx::fiber came = std::move(ring[(i + 1) % fibers]).resume();
        ring[(i + fibers - 1) % fibers] = std::move(came);
      }
      return home;
    }};
  }
  return cpu_ns_of([&] { ctx::fiber ended = std::move(ring[0]).resume(); });
}

void yield_and_raw_switch(benchmark::State& state) {
  int64_t ours = 0, raw = 0;
  uint64_t switches = 0;
  for (auto _ : state) {
    ours += yield_ns(static_cast<uint64_t>(state.range(0)));
    raw += raw_switch_ns(static_cast<uint64_t>(state.range(0)));
    switches += rounds;
  }
  state.counters["yield_ns"] = per(ours, switches);
  state.counters["raw_ns"] = per(raw, switches);
  state.counters["yield_to_raw"] = static_cast<double>(ours) / static_cast<double>(raw);
}
BENCHMARK(yield_and_raw_switch)->Arg(2)->Arg(64);

/// Each fiber sleeps for a time of its own, so that every wake-up is a timer event and a switch.
void timer_and_switch(benchmark::State& state) {
  const auto fibers = static_cast<uint64_t>(state.range(0));
  int64_t cpu = 0;
  uint64_t slept = 0;
  for (auto _ : state) {
    Simulation simulation{SimulationOptions{}};
    for (uint64_t i = 0; i < fibers; ++i) {
      simulation.spawn("sleeper", [fibers, delay = Duration{static_cast<int64_t>(1000 + 7 * i)}] {
        for (uint64_t n = 0; n < rounds / fibers; ++n) sleep_for(delay);
      });
    }
    cpu += cpu_ns_of([&] { simulation.run(); });
    slept += rounds / fibers * fibers;
  }
  state.counters["ns"] = per(cpu, slept);
}
BENCHMARK(timer_and_switch)->Arg(2)->Arg(64)->Arg(1024);

/// One fiber spawns, the spawned one runs to its end on a recycled stack.
void spawn_and_run(benchmark::State& state) {
  int64_t cpu = 0;
  uint64_t spawned = 0;
  for (auto _ : state) {
    Simulation simulation{SimulationOptions{}};
    uint64_t ran = 0;
    simulation.spawn("parent", [&simulation, &ran] {
      for (uint64_t n = 0; n < rounds; ++n) {
        simulation.spawn("child", [&ran] { ++ran; });
        yield();
      }
    });
    cpu += cpu_ns_of([&] { simulation.run(); });
    spawned += ran;
  }
  state.counters["ns_with_parents_yield"] = per(cpu, spawned);
}
BENCHMARK(spawn_and_run);

constexpr LockClass bench_lock{.name = "bench mutex", .level = 0};

/// Range 1: nobody else wants it. Range 2: another fiber waits each time, so that every unlock hands it over.
void mutex_lock_unlock(benchmark::State& state) {
  const auto fibers = static_cast<uint64_t>(state.range(0));
  int64_t cpu = 0;
  uint64_t locked = 0;
  for (auto _ : state) {
    Simulation simulation{SimulationOptions{}};
    Mutex mutex{bench_lock};
    for (uint64_t i = 0; i < fibers; ++i) {
      simulation.spawn("locker", [&mutex, fibers] {
        for (uint64_t n = 0; n < rounds / fibers; ++n) {
          MutexLock held(mutex);
          if (fibers > 1) yield();
        }
      });
    }
    cpu += cpu_ns_of([&] { simulation.run(); });
    locked += rounds / fibers * fibers;
  }
  state.counters["ns"] = per(cpu, locked);
}
BENCHMARK(mutex_lock_unlock)->Arg(1)->Arg(2);

/// A host whose fibers all block ends at once.
void host_crash(benchmark::State& state) {
  const auto fibers = static_cast<uint64_t>(state.range(0));
  int64_t cpu = 0;
  uint64_t killed = 0;
  for (auto _ : state) {
    Simulation simulation{SimulationOptions{}};
    Host host(simulation, "host");
    for (uint64_t i = 0; i < fibers; ++i) host.spawn("victim", [] { sleep_for(1h); });
    simulation.run({.until = SimTime{1s}});
    struct Crash : Event {
      explicit Crash(Host& h) : Event([](Event& e) { static_cast<Crash&>(e).host.crash(); }), host(h) {}
      Host& host;
    } crash(host);
    simulation.schedule(crash, SimTime{2s});
    cpu += cpu_ns_of([&] { simulation.run({.until = SimTime{3s}}); });
    killed += fibers;
  }
  state.counters["ns_per_fiber"] = per(cpu, killed);
}
BENCHMARK(host_crash)->Arg(20);

/// Range 0: the rolling hash alone; 2: the record is kept too.
void trace_record(benchmark::State& state) {
  int64_t cpu = 0;
  uint64_t records = 0;
  for (auto _ : state) {
    Recorder recorder(static_cast<TraceMode>(state.range(0)));
    cpu += cpu_ns_of([&] {
      for (uint64_t n = 0; n < rounds; ++n) {
        recorder.add(SimTime{Duration{static_cast<int64_t>(n)}}, harness_kinds, static_cast<uint32_t>(n & 63), n,
                     n ^ 5);
      }
    });
    benchmark::DoNotOptimize(recorder.hash());
    records += rounds;
  }
  state.counters["ns"] = per(cpu, records);
}
BENCHMARK(trace_record)
    ->Arg(static_cast<int>(TraceMode::off))
    ->Arg(static_cast<int>(TraceMode::ring))
    ->Arg(static_cast<int>(TraceMode::full));

}  // namespace
}  // namespace raidsim::bench
