#include "harness/world/follow_ups.h"

#include <fmt/core.h>

#include "scenarios/unit_layout.h"

namespace raidsim::harness {
namespace {

using namespace scenarios;

/// F58: so many writes have reached the replica. The next one is issued, and has no effect or is cut in two.
ScriptEntry death_at_the_next_write(const Scenario& scenario, const Fault& fault, const std::string& since) {
  const ReplicaFaultParameters& with = fault.with.replica;
  const uint64_t first = replica_slice_head_blocks + with.index * scenario.replica_blocks;
  AtRequest at;
  at.disk = *fault.target.disk;
  at.op = Op::write;
  at.range = BlockRange{first, first + scenario.replica_blocks};
  at.nth = with.writes + 1;
  at.since = since;
  HostAction death;
  death.verb = with.loses_power ? HostVerb::power_cut : HostVerb::crash;
  death.outstanding = with.torn_last ? OutstandingFate::drawn : OutstandingFate::undone;
  if (with.torn_last) death.torn = TornRule::subset;
  ScriptEntry out;
  out.trigger = at;
  out.action = death;
  return out;
}

}  // namespace

std::vector<ScriptEntry> script_of(const Scenario& scenario) {
  std::vector<ScriptEntry> lines = scenario.script;
  const size_t own = lines.size();
  for (size_t i = 0; i < own; ++i) {
    const auto* fault = std::get_if<Fault>(&lines[i].action);
    if (fault == nullptr || fault->id != fault_id(58)) continue;
    const Fault torn = *fault;
    if (lines[i].label.empty()) lines[i].label = fmt::format("\n{}", i);  // no file can have such a label by chance
    ScriptEntry death = death_at_the_next_write(scenario, torn, lines[i].label);
    death.times = lines[i].times;
    lines.push_back(std::move(death));
  }
  return lines;
}

}  // namespace raidsim::harness
