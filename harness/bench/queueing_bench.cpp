// The queueing macro-benchmark: our engine beside others, in turns, in one run.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "harness/bench/queueing.h"
#include "harness/bench/queueing_ns3.h"

namespace raidsim::bench {
namespace {

struct Sum {
  QueueingResult all;
  void add(const QueueingResult& r) {
    all.ios += r.ios;
    all.cpu_ns += r.cpu_ns;
    all.end_ns = r.end_ns;
  }
  [[nodiscard]] double per_second() const {
    return all.cpu_ns == 0 ? 0 : static_cast<double>(all.ios) * 1e9 / static_cast<double>(all.cpu_ns);
  }
};

#ifdef RAIDSIM_BENCH_NS3
QueueingResult queueing_on_ns3(uint64_t ios_per_client) {
  std::vector<QueueingDraws> draws;
  for (uint32_t i = 0; i < queueing_clients; ++i) draws.emplace_back(i);
  const Ns3Result r =
      run_on_ns3({.clients = queueing_clients,
                  .disks = queueing_disks,
                  .ios_per_client = ios_per_client,
                  .hold_ns = to_ns(queueing_hold),
                  .draw_disk = [&draws](uint32_t client) { return draws[client].disk(); },
                  .draw_service_ns = [&draws](uint32_t client) { return to_ns(draws[client].service()); }});
  return {ios_per_client * queueing_clients, r.end_ns, r.cpu_ns};
}
#endif

void show(benchmark::State& state, const std::string& name, const Sum& ours, const Sum& other) {
  if (other.all.ios == 0) {
    state.SkipWithError((name + " gave no result").c_str());
    return;
  }
  state.counters[name + "_io_per_cpu_s"] = other.per_second();
  state.counters[name + "_end_ms"] = static_cast<double>(other.all.end_ns) * 1e-6;
  if (&ours != &other) state.counters["x_" + name] = ours.per_second() / other.per_second();
}

/// Range 0: I/Os per client for the fast engines; SimGrid gets a tenth, or it would be most of the time.
void queueing(benchmark::State& state) {
  const auto each = static_cast<uint64_t>(state.range(0));
  Sum ours, random, callbacks, simgrid, ns3;
  for (auto _ : state) {
    ours.add(queueing_on_raidsim(each, PolicyKind::fifo));
    callbacks.add(queueing_on_callbacks(each));
    random.add(queueing_on_raidsim(each, PolicyKind::random));
#ifdef RAIDSIM_BENCH_NS3
    ns3.add(queueing_on_ns3(each));
#endif
#ifdef RAIDSIM_BENCH_SIMGRID
    simgrid.add(queueing_on_simgrid(each / 10));
#endif
  }
  show(state, "raidsim", ours, ours);
  show(state, "raidsim_random", ours, random);
  show(state, "callbacks", ours, callbacks);
#ifdef RAIDSIM_BENCH_NS3
  show(state, "ns3", ours, ns3);
#endif
#ifdef RAIDSIM_BENCH_SIMGRID
  show(state, "simgrid", ours, simgrid);
#endif
}
BENCHMARK(queueing)->Arg(10'000)->Iterations(3);

}  // namespace
}  // namespace raidsim::bench
