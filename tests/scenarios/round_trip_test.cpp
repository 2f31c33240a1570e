// load(save(x)) == x: a shrunk failure written to a file is the same scenario when it is read again.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "scenarios/fault_table.h"
#include "scenarios/load.h"
#include "scenarios/save.h"

namespace raidsim::scenarios {
namespace {

// Eight disks: d0..d3 are columns, d4 and d5 spares, d6 and d7 free. Generated parts vary all else.
template <typename Enum>
Enum any_word() {
  return static_cast<Enum>(*rc::gen::inRange<size_t>(0, words<Enum>().size()));
}
bool flip() { return *rc::gen::arbitrary<bool>(); }
uint64_t upto(uint64_t low, uint64_t high) { return *rc::gen::inRange<uint64_t>(low, high + 1); }
Duration any_time() { return Duration(static_cast<int64_t>(upto(0, 100'000'000'000))); }
double any_share() { return static_cast<double>(upto(0, 1000)) / 1000.0; }
std::string any_disk() { return "d" + std::to_string(upto(0, 7)); }

Latency any_latency() {
  Latency out;
  out.model = any_word<LatencyModel>();
  if (out.model == LatencyModel::fixed && flip()) out.per_block = Duration(static_cast<int64_t>(upto(0, 5000)));
  if (out.model == LatencyModel::ssd && flip()) {
    out.spread = any_share();
    out.stall_chance = any_share();
  }
  if (out.model == LatencyModel::hdd && flip()) {
    out.rpm = static_cast<uint32_t>(upto(60, 15000));
    out.outer_bytes_per_s = upto(1024, 1'000'000'000);
  }
  return out;
}

Disk any_disk_entry(const std::string& name) {
  Disk out;
  out.name = name;
  out.size_blocks = upto(8192, 20000);
  out.latency = any_latency();
  out.cache = CacheKind::volatile_cache;
  out.cache_blocks = upto(1, 4096);
  out.destage = any_word<DestagePolicy>();
  out.atom_bytes = std::array<uint32_t, 3>{0, 512, 4096}.at(upto(0, 2));
  out.queue = any_word<QueuePolicy>();
  out.depth = static_cast<uint32_t>(upto(1, 32));
  out.paths = static_cast<uint32_t>(upto(1, 4));
  if (flip()) out.shelf = "s" + std::to_string(upto(0, 1));
  for (uint32_t path = 0; name == "d1" && path < out.paths; ++path) out.adapters.push_back("c" + std::to_string(path));
  out.label = flip();
  if (flip()) out.geometry = {static_cast<uint32_t>(upto(1, 4)), static_cast<uint32_t>(upto(1, 16))};
  return out;
}

Trigger any_trigger() {
  switch (upto(0, 5)) {
    case 0:
      return AtTime{any_time()};
    case 1:
      return AtEvent{upto(1, 1000)};
    case 2: {
      AtPoint out{.point = any_word<ProtocolPoint>(),
                  .nth = upto(1, 9),
                  .unit = {},
                  .column = {},
                  .disk = {},
                  .side = any_word<Side>(),
                  .since = {}};
      if (flip()) out.unit = "d10";
      if (out.unit && flip()) out.column = static_cast<uint32_t>(upto(0, 3));
      if (flip()) out.disk = any_disk();
      return out;
    }
    case 3: {
      AtRequest out{.disk = any_disk(),
                    .op = any_word<Op>(),
                    .kind = any_word<RequestKind>(),
                    .range = {},
                    .nth = upto(1, 9),
                    .since = {}};
      if (flip()) out.range = BlockRange{upto(0, 99), upto(100, 200)};
      return out;
    }
    case 4: {
      AtState out;
      out.spare = "d4";
      out.spare_state = any_word<SpareState>();
      return out;
    }
    default: {
      AtState out;
      out.unit = "d10";
      out.unit_state = any_word<UnitState>();
      if (flip()) {
        out.column = static_cast<uint32_t>(upto(0, 3));
        out.column_state = any_word<ColumnState>();
      }
      if (flip()) out.resync_line = upto(0, 20);
      return out;
    }
  }
}

/// One value for a parameter, in JSON, as the row says; nothing to leave it at its default.
nlohmann::json any_parameter(std::string_view key) {
  if (key == "count") return flip() ? nlohmann::json("unlimited") : nlohmann::json(upto(1, 50));
  if (key == "lasts" || key == "stall" || key == "timeout" || key == "delay") return "3s";
  if (key == "probability" || key == "effect_fraction" || key == "fraction" || key == "keep") return any_share();
  if (key == "bursts" || key == "versions" || key == "retries") return upto(1, 90);
  if (key == "factor") return static_cast<double>(upto(4, 40)) / 2;
  if (key == "delta") return -static_cast<int64_t>(upto(1, 90));
  if (key == "error_after" || key == "burst_gap" || key == "window") return "12us";
  if (key == "commits") return "older";
  if (key == "cache") return "none";
  if (key == "age" || key == "period") return "25ms";
  if (key == "duty") return static_cast<double>(upto(1, 99)) / 100.0;
  if (key == "thread") return "resync";
  if (key == "events" || key == "nth" || key == "misses" || key == "writes" || key == "free") return upto(1, 90);
  if (key == "site") return "column-buffer";
  if (key == "index") return upto(0, 1);
  if (key == "access") return "both";
  if (key == "part") return "master";
  if (key == "flaw") return "magic";
  if (key == "loses_power") return true;
  if (key == "torn_last") return flip();
  if (key == "how") return "path-loss";
  if (key == "id") return "none";
  if (key == "size" || key == "cache_size" || key == "radius" || key == "burst_size") return upto(1, 90) * 512;
  if (key == "with_error" || key == "split_sector" || key == "neighbours" || key == "adversarial") return flip();
  return {};
}

Fault any_fault(const Scenario& scenario) {
  std::vector<const FaultRow*> rows;
  for (const FaultRow& row : fault_table()) {
    if (row.support == Support::injected) rows.push_back(&row);
  }
  const FaultRow& row = *rows[upto(0, rows.size() - 1)];
  nlohmann::json line = {{"at", "0ns"}, {"fault", row.word}};
  if (flip()) {
    line["disk"] = "d1";
  } else {
    line["column"] = upto(0, 3);
  }
  if (row.takes_place && (row.target == TargetNeed::place || flip())) {
    if (line.contains("column") && flip()) {
      line["lines"] = {upto(0, 9), upto(10, 20)};
    } else {
      line["range"] = {upto(0, 9) * 512, upto(10, 20) * 512};
    }
  }
  if (row.number == 41) {
    std::string clone;  // no replica on it (D-01)
    for (const Disk& disk : scenario.disks) {
      if (std::ranges::find(scenario.replicas, disk.name) == scenario.replicas.end()) clone = disk.name;
    }
    if (clone.empty()) return any_fault(scenario);
    line.erase("column");
    line["disk"] = clone;
    line["of"] = clone == "d0" ? "d1" : "d0";
  }
  if (row.number == 24) line["form"] = flip() ? "battery-dead" : "stale-contents";
  if (row.shared == Shared::adapter && flip()) {
    line.erase("column");
    line.erase("disk");
    line["adapter"] = "c0";
  }
  if (row.target == TargetNeed::host || row.target == TargetNeed::replica) {
    line.erase("column");
    line.erase("disk");
    if (row.target == TargetNeed::replica) line["disk"] = "d0";  // two replicas
    if (row.number == 51) line["events"] = 7U;
    if (row.number == 54) {
      line["anomaly"] = flip() ? "forward" : "repeat";
      if (line["anomaly"] == "repeat") line["lasts"] = "5ms";
      if (flip()) line["step"] = "2s";
    }
    if (row.number == 55) line["access"] = "both";
    if (row.number == 59) line["reachable"] = 1U;
  }
  if (row.number == 35) line["size"] = upto(0, 90) * 512;
  if (row.number == 39) line["by"] = "d7";
  if (row.number == 38) {
    line.erase("column");
    line.erase("disk");
    line["disks"] = {"d4", "d1", "d0"};
  }
  for (const ParameterRow* parameter : row.parameters) {
    if (!flip() || (row.number == 54 && parameter->key == "lasts")) continue;
    const bool of_the_other_form =
        row.number == 24 && (line["form"] == "battery-dead") == (parameter->key == "count" || parameter->key == "age");
    if (of_the_other_form) continue;
    const auto value = any_parameter(parameter->key);
    if (!value.is_null()) line[std::string(parameter->key)] = value;
  }
  // Through the loader, since a fault's defaults are its row's.
  nlohmann::json file = nlohmann::json::parse(save_text(scenario));
  file["script"] = nlohmann::json::array({line});
  return std::get<Fault>(load_json(file, "fault").script.at(0).action);
}

Action any_action(const Scenario& scenario) {
  switch (upto(0, 3)) {
    case 0: {
      HostAction out;
      out.verb = any_word<HostVerb>();
      if (out.verb == HostVerb::crash || out.verb == HostVerb::power_cut) out.outstanding = any_word<OutstandingFate>();
      if (out.verb == HostVerb::power_cut) {
        out.torn = any_word<TornRule>();
        if (flip()) out.keep = any_share();
        out.adversarial = !out.keep && flip();
        if (flip()) out.disks = {"d2", "d6"};
      }
      return out;
    }
    case 1: {
      Ioctl out;
      out.verb = any_word<IoctlVerb>();
      if (flip()) out.error = "MDE_RESYNC_ACTIVE";
      if (out.verb == IoctlVerb::pool_add || out.verb == IoctlVerb::pool_delete) {
        out.pool = "hsp001";
        out.spare = any_disk();
        out.force = out.verb == IoctlVerb::pool_delete && flip();
        return out;
      }
      if (out.verb == IoctlVerb::replica_add || out.verb == IoctlVerb::replica_delete) {
        const uint64_t index = upto(0, 2);  // two places on d0, one on d7
        out.disk = index == 2 ? "d7" : "d0";
        out.index = index == 1 ? 1 : 0;
        out.force = out.verb == IoctlVerb::replica_delete && flip();
        return out;
      }
      out.unit = "d10";
      if (out.verb == IoctlVerb::replace || out.verb == IoctlVerb::enable) {
        out.column = static_cast<uint32_t>(upto(0, 3));
        out.force = flip();
      }
      if (out.verb == IoctlVerb::replace) {
        out.with = "d7";
        out.error = "EBUSY";
      }
      return out;
    }
    default:
      return any_fault(scenario);
  }
}

Expect any_expect() {
  Expect out;
  if (flip())
    out.units["d10"] = {any_word<UnitState>(), {{static_cast<uint32_t>(upto(0, 3)), {any_word<ColumnState>(), "d4"}}}};
  if (flip()) out.pools["hsp001"] = {CountRange{1, 1}, CountRange{upto(0, 3), upto(4, 9)}, std::nullopt};
  if (flip()) out.replicas = ReplicasExpectation{CountRange{upto(0, 2), 2}, CountRange{3, 3}, flip()};
  if (flip()) out.violations = {"V1", "RD-02"};
  if (flip()) out.failed_requests = CountRange{upto(0, 5), upto(5, 9)};
  if (flip()) out.events.push_back({any_word<EventName>(), std::nullopt, CountRange{upto(0, 2), upto(2, 4)}});
  if (flip()) out.events.push_back({any_word<EventName>(), "d10", EventExpectation{}.count});
  if (flip()) out.outcome = any_word<Outcome>();
  return out;
}

Workload any_workload() {
  Workload out;
  out.unit = "d10";
  out.clients = static_cast<uint32_t>(upto(1, 64));
  out.requests = upto(1, 500);
  out.size_min_blocks = upto(1, 8);
  out.size_max_blocks = upto(8, 64);
  out.reads = any_share();
  out.pattern = any_word<Pattern>();
  if (out.pattern == Pattern::hot_spot) out.hot_spot = {any_share(), 0.25};
  if (flip()) out.range = BlockRange{upto(0, 50), upto(150, 300)};
  out.start = any_time();
  out.think_min = Duration(static_cast<int64_t>(upto(0, 1000)));
  out.think_max = out.think_min + Duration(static_cast<int64_t>(upto(0, 1000)));
  out.verify = flip();
  return out;
}

Scenario any_scenario() {
  Scenario out;
  out.name = "generated";
  if (flip()) out.why = "for the property \"round trip\" \u00e9\n";
  for (int i = 0; i < 8; ++i) out.disks.push_back(any_disk_entry("d" + std::to_string(i)));
  out.replicas = {"d0", "d0", "d6"};
  out.replica_room = {"d7"};
  out.replica_blocks = upto(64, 1024);
  out.pools = {{"hsp001", {"d4", "d5"}, true}};
  Unit unit{.name = "d10",
            .kind = UnitKind::raid5,
            .rows = {},
            .columns = {"d3", "d1", "d2", "d0"},
            .interlace_blocks = upto(2, 64),
            .slots = 10,
            .maxio_blocks = {},
            .pool = "hsp001",
            .create = any_word<CreateMode>()};
  if (unit.create == CreateMode::ready) unit.slots = static_cast<uint32_t>(upto(2, 20));
  if (flip()) unit.maxio_blocks = static_cast<uint32_t>(upto(4, 256));
  out.units = {unit};
  out.workload = {any_workload(), any_workload()};
  out.seed = *rc::gen::arbitrary<uint64_t>();
  out.profile = any_word<Profile>();
  out.schedule.policy = any_word<SchedulePolicy>();
  out.schedule.window = any_time();
  if (out.schedule.policy == SchedulePolicy::pct) out.schedule.pct_depth = static_cast<uint32_t>(upto(1, 9));
  if (flip()) out.tape = "tape text";
  out.expect = any_expect();
  out.time_limit = any_time() + 1ns;
  out.reboot_after = any_time();
  out.recheck = flip();
  out.epoch = any_time();
  const uint64_t lines = upto(0, 4);
  const Scenario base = out;
  for (uint64_t i = 0; i < lines; ++i) {
    ScriptEntry entry;
    entry.label = "line " + std::to_string(i);
    entry.trigger = i > 0 && flip() ? Trigger(AfterEntry{"line " + std::to_string(i - 1)}) : any_trigger();
    if (auto* at = std::get_if<AtPoint>(&entry.trigger); at != nullptr && i > 0 && flip()) at->since = "line 0";
    if (flip())
      entry.after.events = upto(1, 9);
    else
      entry.after.time = any_time();
    if (!std::holds_alternative<AtTime>(entry.trigger)) {
      if (flip())
        entry.times.reset();
      else
        entry.times = upto(1, 5);
    }
    entry.action = any_action(base);
    out.script.push_back(entry);
  }
  return out;
}

RC_GTEST_PROP(RoundTrip, LoadOfSaveIsTheScenario, ()) {
  const Scenario scenario = any_scenario();
  const std::string text = save_text(scenario);
  const Scenario loaded = load_text(text, "saved");
  RC_ASSERT(loaded == scenario);
  RC_ASSERT(save_text(loaded) == text);
}

RC_GTEST_PROP(RoundTrip, AStripeComesBackAsItWent, ()) {
  Scenario scenario;
  scenario.name = "generated";
  for (int i = 0; i < 4; ++i) scenario.disks.push_back(any_disk_entry("d" + std::to_string(i)));
  scenario.replicas = {"d0"};
  Unit stripe;
  stripe.name = "d20";
  stripe.kind = UnitKind::stripe;
  stripe.rows = {{{"d2"}, upto(16, 64)}, {{"d1", "d0"}, upto(16, 64)}};
  if (flip()) stripe.rows = {{{"d3", "d1", "d0"}, upto(16, 64)}};
  stripe.create = any_word<CreateMode>();
  scenario.units = {stripe};
  Workload workload;
  workload.unit = "d20";
  scenario.workload = {workload};
  const std::string text = save_text(scenario);
  const Scenario loaded = load_text(text, "saved");
  RC_ASSERT(loaded == scenario);
  RC_ASSERT(save_text(loaded) == text);
}

// A random fault prints as the script line that replays it (spec/fault-model.md section 8).
RC_GTEST_PROP(RoundTrip, AScriptLineAloneReplaysItsFault, ()) {
  Scenario scenario = any_scenario();
  scenario.script.clear();
  const ScriptEntry line{.label = "", .trigger = AtEvent{7}, .after = {}, .times = 1, .action = any_fault(scenario)};
  auto file = nlohmann::json::parse(save_text(scenario));
  file["script"] = nlohmann::json::array({nlohmann::json::parse(script_line_text(line))});
  RC_ASSERT(load_json(file, "line").script.at(0) == line);
}

}  // namespace
}  // namespace raidsim::scenarios
