#include "harness/search/host_faults.h"

#include <utility>

#include "harness/search/draw_fault.h"
#include "scenarios/script_spec.h"

namespace raidsim::harness {
namespace {

using namespace scenarios;

constexpr uint64_t threads = static_cast<uint64_t>(HostThread::administrator) + 1;
constexpr uint64_t sites = static_cast<uint64_t>(AllocationSite::resync_buffer) + 1;

void add(Scenario& out, Fault fault, Trigger trigger) {
  ScriptEntry entry;
  entry.trigger = std::move(trigger);
  entry.action = std::move(fault);
  out.script.push_back(std::move(entry));
}

// One draw to a line: the order of arguments is the compiler's, and a seed must not depend on it.
Fault hold(ChoiceStream& stream) {
  Fault f;
  f.id = fault_id(51);
  f.with.host.thread = static_cast<HostThread>(stream.below(threads));
  const bool by_time = stream.chance(0.5);
  const Duration lasts = stream.duration_between(10us, 2s);
  const uint64_t events = uint64_t{1} << stream.below(14);
  if (by_time) {
    f.with.lasts = lasts;
  } else {
    f.with.host.hold_events = events;
  }
  return f;
}

Fault shortage(ChoiceStream& stream) {
  Fault f;
  f.id = fault_id(53);
  f.with.host.site = static_cast<AllocationSite>(stream.below(sites));
  const bool for_a_while = stream.chance(0.5);
  const Duration lasts = stream.duration_between(100us, 1s);
  const uint64_t count = uint64_t{1} << stream.below(10);
  const bool some = stream.chance(0.5);
  f.with.count = count;
  if (for_a_while) f.with.lasts = lasts;
  if (for_a_while) f.with.count.reset();
  if (some) f.with.probability = 0.5;
  return f;
}

Fault anomaly(ChoiceStream& stream) {
  Fault f;
  f.id = fault_id(54);
  f.with.host.anomaly = static_cast<ClockAnomaly>(stream.below(4));
  const Duration step = stream.duration_between(1us, 1h);
  const Duration lasts = stream.duration_between(1ms, 30s);
  const bool jumps = f.with.host.anomaly == ClockAnomaly::forward || f.with.host.anomaly == ClockAnomaly::back;
  if (f.with.host.anomaly != ClockAnomaly::stand_still) f.with.host.step = step;
  if (!jumps) f.with.lasts = lasts;
  return f;
}

}  // namespace

void draw_clock_anomaly(Scenario& out, ChoiceStream& stream, uint64_t steps) {
  Fault f = anomaly(stream);
  add(out, std::move(f), draw_early(steps, stream));
}

void draw_host_faults(Scenario& out, ChoiceStream& stream, uint64_t steps) {
  const uint64_t holds = stream.below(3);
  for (uint64_t i = 0; i < holds; ++i) {
    Fault f = hold(stream);
    add(out, std::move(f), draw_early(steps, stream));
  }
  const uint64_t shortages = stream.below(3);
  for (uint64_t i = 0; i < shortages; ++i) {
    Fault f = shortage(stream);
    add(out, std::move(f), draw_early(steps, stream));
  }
  if (stream.chance(0.3)) draw_clock_anomaly(out, stream, steps);
}

}  // namespace raidsim::harness
