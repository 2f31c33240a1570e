// Whole short seeds: boot, load, a failure, a rebuild on the spare, a crash, recovery, judgement.
#include <benchmark/benchmark.h>

#include <memory>
#include <string_view>

#include "harness/bench/cpu_time.h"
#include "harness/runner.h"
#include "harness/world/prepared_image.h"
#include "scenarios/load.h"

namespace raidsim::bench {
namespace {

constexpr std::string_view short_seed = R"json({
  "name": "a short seed",
  "why": "what a campaign repeats most: failure, rebuild, crash, recovery (V1, V4)",
  "disks": [{"name": "d0..d4", "size": "49KiB"}],
  "replicas": [],
  "pools": [{"name": "hsp001", "spares": ["d4"]}],
  "units": [{"name": "d10", "type": "raid5", "columns": ["d0..d3"], "interlace": "1KiB", "pool": "hsp001",
             "maxio": "4KiB"}],
  "workload": [{"unit": "d10", "clients": 4, "requests": 25, "size": ["512", "1KiB"], "reads": 0.5,
                "pattern": "random"}],
  "script": [{"at": "1ms", "fault": "fail-stop", "disk": "d1"}, {"at": "6ms", "do": "crash"}]
})json";

/// Range 0: judged once more after a power cut at the end (the default of scenarios) or not.
void short_seeds(benchmark::State& state) {
  scenarios::Scenario scenario = scenarios::load_text(short_seed, "short seed");
  scenario.recheck = state.range(0) != 0;
  const auto image = harness::prepare_image(scenario);
  int64_t cpu = 0;
  uint64_t seed = 0, failed = 0, events = 0, requests = 0;
  for (auto _ : state) {
    harness::RunOptions options;
    options.seed = ++seed;
    harness::RunResult result;
    cpu += cpu_ns_of([&] { result = harness::run_scenario(scenario, *image, options).result; });
    failed += result.passed() ? 0U : 1U;
    events += result.events;
    for (const auto& [name, unit] : result.units) requests += unit.requests;
  }
  const auto seeds = static_cast<double>(seed);
  state.counters["seeds_per_cpu_s"] = seeds * 1e9 / static_cast<double>(cpu);
  state.counters["lines"] = static_cast<double>(image->units.at(0)->un_segsincolumn);
  state.counters["events_per_seed"] = static_cast<double>(events) / seeds;
  state.counters["requests_per_seed"] = static_cast<double>(requests) / seeds;
  state.counters["violated"] = static_cast<double>(failed);
}
BENCHMARK(short_seeds)->Arg(0)->Arg(1);

}  // namespace
}  // namespace raidsim::bench
