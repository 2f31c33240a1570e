#include "harness/status/status_json.h"

namespace raidsim::harness {
namespace {

using Json = nlohmann::ordered_json;

Json to_json(const ComponentStatus& component) {
  Json out{{"device", component.device}};
  if (!component.state.empty()) out["state"] = component.state;
  out["start_block"] = component.start_block;
  out["has_replica"] = component.has_replica;
  if (!component.spare.empty()) out["spare"] = component.spare;
  if (!component.errors.empty()) out["errors"] = component.errors;
  return out;
}

Json to_json(const std::vector<ComponentStatus>& components) {
  Json out = Json::array();
  for (const ComponentStatus& component : components) out.push_back(to_json(component));
  return out;
}

Json to_json(const UnitStatus& unit) {
  Json out{{"type", "raid5"},       {"state", unit.state},
           {"blocks", unit.blocks}, {"interlace_blocks", unit.interlace_blocks},
           {"pool", unit.pool},     {"open", unit.open}};
  if (!unit.running.empty()) out["running"] = {{"what", unit.running}, {"per_mille", unit.per_mille}};
  out["columns"] = to_json(unit.columns);
  return out;
}

Json to_json(const StripeStatus& unit) {
  Json rows = Json::array();
  for (const RowStatus& row : unit.rows) {
    rows.push_back({{"interlace_blocks", row.interlace_blocks}, {"components", to_json(row.components)}});
  }
  return {
      {"type", "stripe"}, {"blocks", unit.blocks}, {"pool", unit.pool}, {"open", unit.open}, {"rows", std::move(rows)}};
}

Json to_json(const PoolStatus& pool) {
  Json spares = Json::array();
  for (const SpareStatus& spare : pool.spares) {
    spares.push_back({{"device", spare.device}, {"state", spare.state}, {"blocks", spare.blocks}});
  }
  return {{"units", pool.units}, {"spares", std::move(spares)}};
}

}  // namespace

Json to_json(const HostStatus& status) {
  Json out{{"time_ns", (status.at - sim_start).count()},
           {"boots", status.boots},
           {"running", status.running},
           {"up", status.up},
           {"database", word_of(status.database)}};
  out["replicas"] = Json::array();
  for (const ReplicaRow& each : status.replicas) {
    out["replicas"].push_back(
        {{"flags", each.flags}, {"device", each.device}, {"first_block", each.first_block}, {"blocks", each.blocks}});
  }
  out["units"] = Json::object();
  for (const UnitStatus& unit : status.units) out["units"][unit.name] = to_json(unit);
  for (const StripeStatus& unit : status.stripes) out["units"][unit.name] = to_json(unit);
  out["pools"] = Json::object();
  for (const PoolStatus& pool : status.pools) out["pools"][pool.name] = to_json(pool);
  return out;
}

}  // namespace raidsim::harness
