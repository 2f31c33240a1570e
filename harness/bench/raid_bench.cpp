// RAID-5: what one request, one rebuilt megabyte and one simulated second cost.
#include <benchmark/benchmark.h>

#include "harness/bench/cpu_time.h"
#include "harness/bench/raid_world.h"

namespace raidsim::bench {
namespace {

constexpr uint64_t requests = 96'000;  // a multiple of 16 clients on 20 units

double rate(uint64_t count, int64_t cpu_ns) { return static_cast<double>(count) * 1e9 / static_cast<double>(cpu_ns); }

/// Warm memory and full tables first, then the measured requests.
int64_t measured(RaidWorld& world, RaidLoad load) {
  load.requests = requests / 10;
  (void)world.run(load);
  load.requests = requests;
  return world.run(load);
}

void random_io(benchmark::State& state, const RaidShape& shape, const RaidLoad& load, bool degraded) {
  int64_t cpu = 0, virtual_ns = 0;
  uint64_t done = 0;
  for (auto _ : state) {
    RaidWorld world(shape);
    if (degraded) world.fail_disk(1);
    const SimTime began = world.simulation().now();
    cpu += measured(world, load);
    virtual_ns += to_ns(world.simulation().now() - began);
    done += requests;
  }
  state.counters["req_per_cpu_s"] = rate(done, cpu);
  state.counters["virtual_to_cpu"] = static_cast<double>(virtual_ns) / (static_cast<double>(cpu) * 1.1);
}

BENCHMARK_CAPTURE(random_io, write_512, RaidShape{}, RaidLoad{}, false);
BENCHMARK_CAPTURE(random_io, write_4k, RaidShape{}, RaidLoad{.blocks = 8}, false);
BENCHMARK_CAPTURE(random_io, read_512, RaidShape{}, RaidLoad{.write = false}, false);
BENCHMARK_CAPTURE(random_io, degraded_read_512, RaidShape{}, RaidLoad{.write = false}, true);
BENCHMARK_CAPTURE(random_io, degraded_write_512, RaidShape{}, RaidLoad{}, true);
BENCHMARK_CAPTURE(random_io, hdd_write_512, RaidShape{.model = "hdd"}, RaidLoad{}, false);

/// The same requests on 1 unit of 5 disks and on 20 units of 100 disks, in turns. Both write the same number of blocks,
/// so that the ratio tells what disks cost and not what twenty times the memory costs: that is `ratio_all_blocks`.
void hundred_disks(benchmark::State& state) {
  constexpr uint32_t units = 20;
  int64_t few = 0, many = 0, many_all = 0;
  uint64_t done = 0;
  for (auto _ : state) {
    RaidWorld five(RaidShape{});
    few += measured(five, {});
    const uint64_t blocks = five.blocks(0);
    RaidWorld hundred(RaidShape{.units = units});
    many += measured(hundred, {.below_block = blocks / units});
    RaidWorld all(RaidShape{.units = units});
    many_all += measured(all, {});
    done += requests;
  }
  state.counters["ns_5_disks"] = per(few, done);
  state.counters["ns_100_disks"] = per(many, done);
  state.counters["ratio"] = static_cast<double>(many) / static_cast<double>(few);
  state.counters["ratio_all_blocks"] = static_cast<double>(many_all) / static_cast<double>(few);
}
BENCHMARK(hundred_disks);

/// Off (the hash alone), then everything kept. The hash cannot be turned off: its share is records times the cost of
/// one, measured beside it.
void trace_cost(benchmark::State& state) {
  int64_t off = 0, full = 0, hashing = 0;
  uint64_t records = 0, done = 0;
  for (auto _ : state) {
    RaidWorld plain(RaidShape{});
    off += measured(plain, {});
    RaidWorld kept(RaidShape{}, TraceMode::full);
    full += measured(kept, {});
    Recorder recorder(TraceMode::off);
    const uint64_t count = plain.simulation().recorder().count() * 10 / 11;  // without those of the warm-up
    hashing += cpu_ns_of([&] {
      for (uint64_t n = 0; n < count; ++n) recorder.add(SimTime{}, harness_kinds, static_cast<uint32_t>(n), n, n);
    });
    benchmark::DoNotOptimize(recorder.hash());
    records += count;
    done += requests;
  }
  state.counters["records_per_request"] = static_cast<double>(records) / static_cast<double>(done);
  state.counters["hash_share"] = static_cast<double>(hashing) / static_cast<double>(off);
  state.counters["full_trace_share"] = static_cast<double>(full - off) / static_cast<double>(off);
}
BENCHMARK(trace_cost);

/// A column's loss, the spare, and the resync until every row is right again; no other load.
void rebuild(benchmark::State& state) {
  int64_t cpu = 0;
  uint64_t bytes = 0;
  for (auto _ : state) {
    RaidWorld world(RaidShape{.disk_size = "64MiB", .spare = true});
    (void)world.run({.requests = 16'000});
    world.fail_disk(1);
    (void)world.run({.requests = 160});  // somebody must notice
    cpu += world.run_until_okay();
    bytes += world.unit(0).un.rows() * block_bytes;
  }
  state.counters["MB_per_cpu_s"] = rate(bytes, cpu) * 1e-6;
}
BENCHMARK(rebuild);

/// 5 x 1 TiB, written at random in the first part: pages held for each block written.
void sparse_unit(benchmark::State& state) {
  for (auto _ : state) {
    RaidWorld world(RaidShape{.disk_size = "1TiB"});
    const size_t before = world.pages().pages_in_use();
    (void)world.run({.requests = requests});
    state.counters["pages_before"] = static_cast<double>(before);
    state.counters["pages_per_write"] = static_cast<double>(world.pages().pages_in_use() - before) / double{requests};
  }
}
BENCHMARK(sparse_unit)->Iterations(1);

}  // namespace
}  // namespace raidsim::bench
