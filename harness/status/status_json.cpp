#include "harness/status/status_json.h"

namespace raidsim::harness {
namespace {

using Json = nlohmann::ordered_json;

Json to_json(const UnitStatus& unit) {
  Json out{{"state", unit.state},
           {"blocks", unit.blocks},
           {"interlace_blocks", unit.interlace_blocks},
           {"pool", unit.pool},
           {"open", unit.open}};
  if (!unit.running.empty()) out["running"] = {{"what", unit.running}, {"per_mille", unit.per_mille}};
  out["columns"] = Json::array();
  for (const ColumnStatus& column : unit.columns) {
    Json row{{"device", column.device},
             {"state", column.state},
             {"start_block", column.start_block},
             {"has_replica", column.has_replica}};
    if (!column.spare.empty()) row["spare"] = column.spare;
    out["columns"].push_back(std::move(row));
  }
  return out;
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
  out["pools"] = Json::object();
  for (const PoolStatus& pool : status.pools) out["pools"][pool.name] = to_json(pool);
  return out;
}

}  // namespace raidsim::harness
