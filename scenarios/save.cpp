#include "scenarios/save.h"

#include "scenarios/saving.h"

namespace raidsim::scenarios {
namespace {

using saving::Json;

template <typename Value, typename Write>
void add_if(Json& out, const char* key, const std::optional<Value>& value, Write write) {
  if (value) out[key] = write(*value);
}

Json save_latency(const Latency& latency) {
  Latency plain;
  plain.model = latency.model;
  if (latency == plain) return word(latency.model);
  Json out = {{"model", word(latency.model)}};
  add_if(out, "read", latency.read, saving::time);
  add_if(out, "write", latency.write, saving::time);
  add_if(out, "flush", latency.flush, saving::time);
  add_if(out, "per_block", latency.per_block, saving::time);
  add_if(out, "spread", latency.spread, saving::as_is<double>);
  add_if(out, "program_min", latency.program_min, saving::time);
  add_if(out, "program_max", latency.program_max, saving::time);
  add_if(out, "stall_chance", latency.stall_chance, saving::as_is<double>);
  add_if(out, "stall_median", latency.stall_median, saving::time);
  add_if(out, "stall_p99", latency.stall_p99, saving::time);
  add_if(out, "rpm", latency.rpm, saving::as_is<uint32_t>);
  add_if(out, "seek_track", latency.seek_track, saving::time);
  add_if(out, "seek_mean", latency.seek_mean, saving::time);
  add_if(out, "seek_full", latency.seek_full, saving::time);
  add_if(out, "inner_rate", latency.inner_bytes_per_s, size_text);
  add_if(out, "outer_rate", latency.outer_bytes_per_s, size_text);
  return out;
}

Json save_disk(const Disk& disk) {
  const Disk plain;
  Json out = {{"name", disk.name}, {"size", saving::blocks(disk.size_blocks)}};
  saving::add_unless_default(out, "latency", disk.latency, plain.latency, save_latency);
  saving::add_unless_default(out, "cache", disk.cache, plain.cache, saving::as_word<CacheKind>);
  saving::add_unless_default(out, "cache_size", disk.cache_blocks, plain.cache_blocks, saving::blocks);
  saving::add_unless_default(out, "destage", disk.destage, plain.destage, saving::as_word<DestagePolicy>);
  saving::add_unless_default(out, "atom", disk.atom_bytes, plain.atom_bytes, saving::as_is<uint32_t>);
  saving::add_unless_default(out, "queue", disk.queue, plain.queue, saving::as_word<QueuePolicy>);
  saving::add_unless_default(out, "depth", disk.depth, plain.depth, saving::as_is<uint32_t>);
  saving::add_unless_default(out, "geometry", disk.geometry, plain.geometry,
                             [](const Geometry& g) { return Json{{"heads", g.heads}, {"sectors", g.sectors}}; });
  saving::add_unless_default(out, "label", disk.label, plain.label, saving::as_is<bool>);
  saving::add_unless_default(out, "paths", disk.paths, plain.paths, saving::as_is<uint32_t>);
  if (!disk.shelf.empty()) out["shelf"] = disk.shelf;
  if (!disk.adapters.empty()) out["adapters"] = disk.adapters;
  saving::add_unless_default(out, "max_transfer", uint64_t{disk.max_transfer_blocks},
                             uint64_t{plain.max_transfer_blocks}, saving::blocks);
  add_if(out, "device_id", disk.device_id, saving::as_is<uint64_t>);
  return out;
}

Json save_pool(const Pool& pool) {
  Json out = {{"name", pool.name}, {"spares", pool.spares}};
  if (pool.allow_small) out["allow_small"] = true;
  return out;
}

Json save_unit(const Unit& unit) {
  const Unit plain;
  Json out = {{"name", unit.name}, {"type", word(unit.kind)}};
  if (unit.kind == UnitKind::raid5) {
    out["columns"] = unit.columns;
    out["interlace"] = saving::blocks(unit.interlace_blocks);
  }
  for (const StripeRow& row : unit.rows) {
    out["rows"].push_back({{"components", row.components}, {"interlace", saving::blocks(row.interlace_blocks)}});
  }
  saving::add_unless_default(out, "slots", unit.slots, plain.slots, saving::as_is<uint32_t>);
  if (unit.maxio_blocks) out["maxio"] = saving::blocks(*unit.maxio_blocks);
  if (unit.pool) out["pool"] = *unit.pool;
  saving::add_unless_default(out, "create", unit.create, plain.create, saving::as_word<CreateMode>);
  return out;
}

Json save_trace(const TraceSource& trace) {
  const TraceSource plain;
  Json out = {{"path", trace.path}};
  saving::add_unless_default(out, "timing", trace.timing, plain.timing, saving::as_word<TraceTiming>);
  saving::add_unless_default(out, "speed", trace.speed, plain.speed, saving::as_is<double>);
  saving::add_unless_default(out, "fit", trace.fit, plain.fit, saving::as_word<TraceFit>);
  add_if(out, "limit", trace.limit, saving::as_is<uint64_t>);
  return out;
}

void save_generated(const Workload& workload, Json& out) {
  const Workload plain;
  out["requests"] = workload.requests;
  out["size"] = saving::range({workload.size_min_blocks, workload.size_max_blocks});
  out["reads"] = workload.reads;
  if (workload.pattern == Pattern::hot_spot) {
    out["pattern"] = {{"kind", "hot-spot"}, {"share", workload.hot_spot.share}, {"space", workload.hot_spot.space}};
  } else {
    out["pattern"] = word(workload.pattern);
  }
  if (workload.range) out["range"] = saving::range(*workload.range);
  if (workload.think_max != Duration{}) {
    out["think"] = {saving::time(workload.think_min), saving::time(workload.think_max)};
  }
  saving::add_unless_default(out, "verify", workload.verify, plain.verify, saving::as_is<bool>);
}

Json save_workload(const Workload& workload) {
  Json out = {{"unit", workload.unit}, {"clients", workload.clients}};
  if (workload.trace) {
    out["trace"] = save_trace(*workload.trace);
  } else {
    save_generated(workload, out);
  }
  if (workload.start != Duration{}) out["start"] = saving::time(workload.start);
  return out;
}

Json save_schedule(const Schedule& schedule) {
  const Schedule plain;
  Json out = {{"policy", word(schedule.policy)}};
  saving::add_unless_default(out, "window", schedule.window, plain.window, saving::time);
  saving::add_unless_default(out, "pct_depth", schedule.pct_depth, plain.pct_depth, saving::as_is<uint32_t>);
  saving::add_unless_default(out, "pct_steps", schedule.pct_steps, plain.pct_steps, saving::as_is<uint64_t>);
  return out;
}

template <typename List, typename Write>
Json list_of(const List& list, Write write) {
  Json out = Json::array();
  for (const auto& element : list) out.push_back(write(element));
  return out;
}

}  // namespace

Json save_json(const Scenario& scenario) {
  const Scenario plain;
  Json out = {{"name", scenario.name}};
  if (!scenario.why.empty()) out["why"] = scenario.why;
  out["disks"] = list_of(scenario.disks, save_disk);
  out["replicas"] = scenario.replicas;
  if (!scenario.replica_room.empty()) out["replica_room"] = scenario.replica_room;
  saving::add_unless_default(out, "replica_blocks", scenario.replica_blocks, plain.replica_blocks,
                             saving::as_is<uint64_t>);
  if (!scenario.pools.empty()) out["pools"] = list_of(scenario.pools, save_pool);
  out["units"] = list_of(scenario.units, save_unit);
  out["workload"] = list_of(scenario.workload, save_workload);
  if (!scenario.script.empty()) out["script"] = list_of(scenario.script, saving::save_script_entry);
  saving::add_unless_default(out, "profile", scenario.profile, plain.profile, saving::as_word<Profile>);
  saving::add_unless_default(out, "seed", scenario.seed, plain.seed, saving::as_is<uint64_t>);
  saving::add_unless_default(out, "schedule", scenario.schedule, plain.schedule, save_schedule);
  if (!scenario.tape.empty()) out["tape"] = scenario.tape;
  saving::add_unless_default(out, "time_limit", scenario.time_limit, plain.time_limit, saving::time);
  saving::add_unless_default(out, "reboot_after", scenario.reboot_after, plain.reboot_after, saving::time);
  saving::add_unless_default(out, "recheck", scenario.recheck, plain.recheck, saving::as_is<bool>);
  saving::add_unless_default(out, "epoch", scenario.epoch, plain.epoch, saving::time);
  if (!(scenario.expect == plain.expect)) out["expect"] = saving::save_expect(scenario.expect);
  return out;
}

std::string save_text(const Scenario& scenario) {
  const Json document = save_json(scenario);
  std::string out = "{";
  const char* comma = "\n";
  for (const auto& [key, value] : document.items()) {
    out += comma + ("  " + Json(key).dump()) + ": ";
    comma = ",\n";
    if (!value.is_array() || value.empty() || !value.front().is_object()) {
      out += value.dump();
      continue;
    }
    const char* between = "[\n    ";
    for (const auto& element : value) {
      out += between + element.dump();
      between = ",\n    ";
    }
    out += "\n  ]";
  }
  return out + "\n}\n";
}

std::string script_line_text(const ScriptEntry& entry) { return saving::save_script_entry(entry).dump(); }

}  // namespace raidsim::scenarios
