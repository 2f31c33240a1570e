#include "harness/expectations.h"

#include <fmt/core.h>

#include <algorithm>

#include "harness/world/administrator.h"
#include "harness/world/replica_tool.h"
#include "harness/world/world.h"
#include "model/hotspare/spare.h"
#include "model/raid/state.h"

namespace raidsim::harness {
namespace {

using scenarios::CountRange;

void unmet(World& world, const std::string& place, const std::string& text) {
  world.verdicts().violation("EXPECT", place, fmt::format("{}: {}", place, text));
}

std::string text_of(const CountRange& range) {
  if (range.high == UINT64_MAX) return fmt::format("at least {}", range.low);
  return range.low == range.high ? fmt::format("{}", range.low) : fmt::format("{} to {}", range.low, range.high);
}

void judge_count(World& world, const std::string& place, const std::optional<CountRange>& wanted, uint64_t got) {
  if (wanted && !wanted->contains(got)) unmet(world, place, fmt::format("{}, expected is {}", got, text_of(*wanted)));
}

std::string disk_name(const World& world, DeviceNumber device) {
  const uint32_t disk = world.roles().disk_of(device);
  const auto& disks = world.scenario().disks;
  return disk < disks.size() ? disks[disk].name : "no device";
}

void judge_unit(World& world, const std::string& name, const scenarios::UnitExpectation& wanted) {
  const uint32_t index = unit_index(world.scenario(), name);
  const raid::RaidUnit* unit = world.unit(index);
  const std::string place = "/expect/" + name;
  if (unit == nullptr) {
    unmet(world, place, "the unit is not there");
    return;
  }
  const char* state = raid::word_of(unit->un.un_state);
  if (wanted.state && scenarios::word(*wanted.state) != state) {
    unmet(world, place + "/state", fmt::format("{}, expected is {}", state, scenarios::word(*wanted.state)));
  }
  for (const auto& [c, column] : wanted.columns) {
    const std::string at = fmt::format("{}/columns/{}", place, c);
    const raid::Column& now = unit->un.columns.at(c);
    const char* word = raid::word_of(now.un_devstate);
    if (column.state && scenarios::word(*column.state) != word) {
      unmet(world, at + "/state", fmt::format("{}, expected is {}", word, scenarios::word(*column.state)));
    }
    if (column.on && *column.on != disk_name(world, now.now.dev)) {
      unmet(world, at + "/on", fmt::format("{}, expected is {}", disk_name(world, now.now.dev), *column.on));
    }
  }
}

void judge_pool(World& world, const std::string& name, const scenarios::PoolExpectation& wanted) {
  const std::string place = "/expect/pools/" + name;
  if (world.machine() == nullptr) return unmet(world, place, "the host is down");
  const View view = world.machine()->manager().view();
  const hotspare::Pool* pool = view.pool(pool_of_name(name));
  if (pool == nullptr) return unmet(world, place, "the pool is not there");
  uint64_t counts[4] = {};
  for (const md::RecordId id : pool->hsp_hotspares) {
    if (const hotspare::HotSpare* spare = view.spare(id)) ++counts[static_cast<size_t>(spare->hs_state)];
  }
  judge_count(world, place + "/available", wanted.available, counts[1]);
  judge_count(world, place + "/reserved", wanted.reserved, counts[2]);
  judge_count(world, place + "/broken", wanted.broken, counts[3]);
}

void judge_replicas(World& world, const scenarios::ReplicasExpectation& wanted) {
  const std::string place = "/expect/replicas";
  if (world.machine() == nullptr) return unmet(world, place, "the host is down");
  const Manager& manager = world.machine()->manager();
  const auto all = manager.replicas();
  const auto active = std::count_if(all.begin(), all.end(), [](const statedb::ReplicaStatus& replica) {
    return (replica.l_flags & statedb::MDDB_F_ACTIVE) != 0 && !in_error(replica);
  });
  judge_count(world, place + "/active", wanted.active, static_cast<uint64_t>(active));
  judge_count(world, place + "/listed", wanted.listed, all.size());
  const bool stale = manager.view().stale();
  if (wanted.stale && *wanted.stale != stale) {
    unmet(world, place + "/stale", fmt::format("{}, expected is {}", stale, *wanted.stale));
  }
}

void judge_event(World& world, size_t number, const scenarios::EventExpectation& wanted) {
  const auto word = scenarios::word(wanted.event);
  uint64_t count = 0;
  for (int s = 0; s <= static_cast<int>(md::EventSubclass::ESC_SVM_REMOVE); ++s) {
    const auto subclass = static_cast<md::EventSubclass>(s);
    if (word != md::word_of(subclass)) continue;
    count = wanted.unit ? world.events().count(subclass, md::EventTag::SVM_TAG_METADEVICE, minor_of_name(*wanted.unit))
                        : world.events().count(subclass);
  }
  judge_count(world, fmt::format("/expect/events/{} ({})", number, word), wanted.count, count);
}

/// Expected violations are taken off; those that did not come are reported.
void judge_violations(const World& world, RunResult& result) {
  for (const std::string& id : world.scenario().expect.violations) {
    const auto end = std::remove_if(result.violations.begin(), result.violations.end(),
                                    [&](const Violation& v) { return v.id == id; });
    if (end == result.violations.end()) {
      result.violations.push_back({"EXPECT", "/expect/violations: " + id + " was not reported",
                                   "/expect/violations/" + id, result.ended, result.events});
    }
    result.violations.erase(end, result.violations.end());
  }
}

}  // namespace

void judge_expectations(World& world) {
  const scenarios::Expect& expect = world.scenario().expect;
  for (const auto& [name, unit] : expect.units) judge_unit(world, name, unit);
  for (const auto& [name, pool] : expect.pools) judge_pool(world, name, pool);
  if (expect.replicas) judge_replicas(world, *expect.replicas);
  for (size_t i = 0; i < expect.events.size(); ++i) judge_event(world, i, expect.events[i]);
  uint64_t failed = 0;
  for (const auto& port : world.ports()) failed += port->counters().failed;
  judge_count(world, "/expect/failed_requests", expect.failed_requests, failed);
}

void fill_result(World& world, bool expectations, RunResult& result) {
  result.violations = world.verdicts().violations();
  result.findings = world.verdicts().findings();
  result.outcome = world.verdicts().outcome();
  for (uint32_t i = 0; i < world.scenario().units.size(); ++i) {
    UnitResult& out = result.units[world.scenario().units[i].name];
    const raid::RaidUnit* unit = world.unit(i);
    out.state = unit == nullptr ? "refused" : raid::word_of(unit->un.un_state);
    if (const stripe::StripeUnit* stripe = world.stripe(i)) {
      out.state = world.refused(i) ? "refused" : "okay";
      for (const stripe::Component& component : stripe->un.components) {
        out.columns.emplace_back((component.un_mirror.ms_flags & stripe::MDM_S_IOERR) != 0 ? "errored" : "okay");
        out.devices.push_back(disk_name(world, component.un_dev));
      }
    }
    if (unit != nullptr) {
      for (const raid::Column& column : unit->un.columns) {
        out.columns.emplace_back(raid::word_of(column.un_devstate));
        out.devices.push_back(disk_name(world, column.now.dev));
      }
      if (unit->un.has(raid::MD_UN_RESYNC_ACTIVE)) out.resync_line = unit->un.un_resync_line_index;
      if (unit->un.un_state != raid::RUS_OKAY) result.outcome = std::max(result.outcome, Outcome::degraded);
    }
    if (i >= world.ports().size()) continue;
    const PortCounters& counters = world.ports()[i]->counters();
    out.reads = counters.reads;
    out.writes = counters.writes;
    out.requests = counters.reads + counters.writes;
    out.failed = counters.failed;
  }
  const auto& fired = world.script().fired();
  for (size_t i = 0; i < world.scenario().script.size(); ++i) {  // without the follow-ups behind them
    const std::string& label = world.scenario().script[i].label;
    result.fired[label.empty() ? fmt::format("{}", i) : label] = fired[i];
  }
  if (!expectations) return;
  judge_violations(world, result);
  const auto& wanted = world.scenario().expect.outcome;
  if (wanted && scenarios::word(*wanted) != word_of(result.outcome)) {
    result.violations.push_back(
        {"EXPECT",
         fmt::format("/expect/outcome: {}, expected is {}", word_of(result.outcome), scenarios::word(*wanted)),
         "/expect/outcome", result.ended, result.events});
  }
}

}  // namespace raidsim::harness
