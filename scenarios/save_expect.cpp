#include "scenarios/saving.h"

namespace raidsim::scenarios::saving {
namespace {

Json count(const CountRange& range) {
  if (range.low == range.high) return range.low;
  return Json::array({range.low, range.high});
}

Json column(const ColumnExpectation& expected) {
  if (expected.state && !expected.on) return word(*expected.state);
  Json out = Json::object();
  if (expected.state) out["state"] = word(*expected.state);
  if (expected.on) out["on"] = *expected.on;
  return out;
}

Json unit(const UnitExpectation& expected) {
  Json out = Json::object();
  if (expected.state) out["state"] = word(*expected.state);
  for (const auto& [number, each] : expected.columns) out["columns"][std::to_string(number)] = column(each);
  return out;
}

Json pool(const PoolExpectation& expected) {
  Json out = Json::object();
  if (expected.available) out["available"] = count(*expected.available);
  if (expected.reserved) out["reserved"] = count(*expected.reserved);
  if (expected.broken) out["broken"] = count(*expected.broken);
  return out;
}

Json replicas(const ReplicasExpectation& expected) {
  Json out = Json::object();
  if (expected.active) out["active"] = count(*expected.active);
  if (expected.listed) out["listed"] = count(*expected.listed);
  if (expected.stale) out["stale"] = *expected.stale;
  return out;
}

Json event(const EventExpectation& expected) {
  if (!expected.unit && expected.count == EventExpectation{}.count) return word(expected.event);
  Json out = {{"event", word(expected.event)}};
  if (expected.unit) out["unit"] = *expected.unit;
  if (!(expected.count == EventExpectation{}.count)) out["count"] = count(expected.count);
  return out;
}

}  // namespace

Json save_expect(const Expect& expect) {
  Json out = Json::object();
  for (const auto& [name, each] : expect.units) out[name] = unit(each);
  for (const auto& [name, each] : expect.pools) out["pools"][name] = pool(each);
  if (expect.replicas) out["replicas"] = replicas(*expect.replicas);
  if (!expect.violations.empty()) out["violations"] = expect.violations;
  if (expect.failed_requests) out["failed_requests"] = count(*expect.failed_requests);
  for (const EventExpectation& each : expect.events) out["events"].push_back(event(each));
  if (expect.outcome) out["outcome"] = word(*expect.outcome);
  return out;
}

}  // namespace raidsim::scenarios::saving
