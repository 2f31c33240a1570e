// "expect", and the keys that steer the run itself.
#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "scenarios/error.h"
#include "scenarios/loading.h"

namespace raidsim::scenarios::loading {
namespace {

constexpr uint64_t counts_max = 1'000'000'000'000;
constexpr size_t tape_bytes_max = size_t{8} << 20;

CountRange load_count(const Node& node) {
  if (!node.is_array()) {
    const uint64_t exact = node.integer(0, counts_max);
    return {exact, exact};
  }
  const auto ends = node.items(2);
  if (ends.size() != 2) node.fail("this is no range", "write a number, or [least, most]");
  const CountRange range{ends[0].integer(0, counts_max), ends[1].integer(0, counts_max)};
  if (range.low > range.high) node.fail("the first is above the second", "write [least, most]");
  return range;
}

ColumnExpectation load_column(const Node& node, const Scenario& scenario) {
  ColumnExpectation out;
  if (node.is_string()) {
    out.state = node.word<ColumnState>();
    return out;
  }
  const Object from(node, {"state", "on"});
  if (const auto state = from.find("state")) out.state = state->word<ColumnState>();
  if (const auto on = from.find("on")) out.on = disk_at(*on, scenario).name;
  return out;
}

uint32_t column_key(const Node& place, const std::string& key, const Unit& unit) {
  uint32_t column = 0;
  const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), column);
  if (error != std::errc{} || end != key.data() + key.size() || (key.size() > 1 && key.front() == '0') ||
      column >= unit.columns.size()) {
    place.fail(fmt::format("\"{}\" is no column of {}", printable(key), unit.name),
               fmt::format("write \"0\" to \"{}\"", unit.columns.size() - 1));
  }
  return column;
}

UnitExpectation load_unit(const Node& node, const Unit& unit, const Scenario& scenario) {
  if (unit.kind != UnitKind::raid5) {
    node.fail(fmt::format("{} is a stripe, which has no states", unit.name), "expect failed_requests or an outcome");
  }
  const Object from(node, {"state", "columns"});
  UnitExpectation out;
  if (const auto state = from.find("state")) out.state = state->word<UnitState>();
  if (const auto columns = from.find("columns")) {
    const Object each = Object::with_free_keys(*columns);
    for (const std::string& key : each.keys()) {
      const Node place = *each.find(key);
      out.columns[column_key(place, key, unit)] = load_column(place, scenario);
    }
  }
  return out;
}

void load_pools_expected(const Node& node, const Scenario& scenario, Expect& out) {
  const Object pools = Object::with_free_keys(node);
  for (const std::string& name : pools.keys()) {
    const Node place = *pools.find(name);
    if (find_pool(scenario, name) == nullptr) {
      place.fail(fmt::format("there is no pool \"{}\"", printable(name)), "name one of \"pools\"");
    }
    const Object from(place, {"available", "reserved", "broken"});
    PoolExpectation pool;
    if (const auto count = from.find("available")) pool.available = load_count(*count);
    if (const auto count = from.find("reserved")) pool.reserved = load_count(*count);
    if (const auto count = from.find("broken")) pool.broken = load_count(*count);
    out.pools[name] = pool;
  }
}

ReplicasExpectation load_replicas_expected(const Node& node) {
  const Object from(node, {"active", "listed", "stale"});
  ReplicasExpectation out;
  if (const auto count = from.find("active")) out.active = load_count(*count);
  if (const auto count = from.find("listed")) out.listed = load_count(*count);
  if (const auto stale = from.find("stale")) out.stale = stale->boolean();
  return out;
}

/// V6, RD-02, RT-14, RH-06, INV-M22, DB-C13: letters, then perhaps a dash and letters, then digits.
bool is_invariant_id(std::string_view text) {
  const auto upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.empty() || text.size() > 16 || !upper(text.front()) || !digit(text.back())) return false;
  return std::ranges::all_of(text, [&](char c) { return upper(c) || digit(c) || c == '-'; });
}

void load_violations(const Node& node, Expect& out) {
  for (const Node& item : node.items(100)) {
    const std::string id = item.string(64);
    if (!is_invariant_id(id)) {
      item.fail(fmt::format("\"{}\" is no id of an invariant", printable(id)),
                "write V1 or RD-02, say; `raidsim list invariants`");
    }
    out.violations.push_back(id);
  }
}

EventExpectation load_event(const Node& node, const Scenario& scenario) {
  EventExpectation out;
  if (node.is_string()) {
    out.event = node.word<EventName>();
    return out;
  }
  const Object from(node, {"event", "unit", "count"});
  out.event = from.need("event", "write \"event\": \"resync-done\"").word<EventName>();
  if (const auto unit = from.find("unit")) out.unit = unit_at(*unit, scenario).name;
  if (const auto count = from.find("count")) out.count = load_count(*count);
  return out;
}

constexpr std::array<std::string_view, 6> expect_keys{"pools",           "replicas", "violations",
                                                      "failed_requests", "events",   "outcome"};

void check_unit_key(const Node& place, const std::string& key, const Scenario& scenario) {
  if (find_unit(scenario, key) != nullptr) return;
  std::string units;
  for (const Unit& unit : scenario.units) units += fmt::format("{}{}", units.empty() ? "" : ", ", unit.name);
  place.fail(fmt::format("there is no unit \"{}\"", printable(key)),
             fmt::format("known here: {}, pools, replicas, violations, failed_requests, events, outcome", units));
}

Schedule load_schedule(const Node& node) {
  const Object from(node, {"policy", "window", "pct_depth", "pct_steps"});
  Schedule out;
  if (const auto policy = from.find("policy")) out.policy = policy->word<SchedulePolicy>();
  if (const auto window = from.find("window")) out.window = window->time(Duration{}, 24h);
  for (const auto key : {"pct_depth", "pct_steps"}) {
    if (from.has(key) && out.policy != SchedulePolicy::pct) {
      from.find(key)->fail("only the policy pct has this", "write \"policy\": \"pct\" too, or leave it out");
    }
  }
  if (const auto depth = from.find("pct_depth")) out.pct_depth = depth->integer32(1, 1000);
  if (const auto steps = from.find("pct_steps")) out.pct_steps = steps->integer(1, counts_max);
  return out;
}

}  // namespace

void load_expect(const Object& top, Scenario& out) {
  const auto node = top.find("expect");
  if (!node) return;
  const Object from = Object::with_free_keys(*node);
  for (const std::string& key : from.keys()) {
    if (std::ranges::find(expect_keys, key) != expect_keys.end()) continue;
    const Node place = *from.find(key);
    check_unit_key(place, key, out);
    out.expect.units[key] = load_unit(place, *find_unit(out, key), out);
  }
  if (const auto pools = from.find("pools")) load_pools_expected(*pools, out, out.expect);
  if (const auto replicas = from.find("replicas")) out.expect.replicas = load_replicas_expected(*replicas);
  if (const auto violations = from.find("violations")) load_violations(*violations, out.expect);
  if (const auto failed = from.find("failed_requests")) out.expect.failed_requests = load_count(*failed);
  if (const auto events = from.find("events")) {
    for (const Node& event : events->items(1000)) out.expect.events.push_back(load_event(event, out));
  }
  if (const auto outcome = from.find("outcome")) out.expect.outcome = outcome->word<Outcome>();
}

void load_run(const Object& top, Scenario& out) {
  if (const auto profile = top.find("profile")) {
    const std::string text = profile->string(200);
    if (text == "field" || text == "accelerated") {
      profile->fail(fmt::format("the profile \"{}\" needs faults that cannot be injected yet", text),
                    "write clean, honest-1, honest-2, power, replica, identity, liar or storm");
    }
    out.profile = profile->word<Profile>();
    for (const Unit& unit : out.units) {
      if (unit.kind == UnitKind::raid5 || out.profile == Profile::none) continue;
      profile->fail(fmt::format("{} is a stripe", unit.name), "a profile draws for RAID-5 units only");
    }
  }
  if (const auto schedule = top.find("schedule")) out.schedule = load_schedule(*schedule);
  if (const auto tape = top.find("tape")) out.tape = tape->string(tape_bytes_max);
  if (const auto limit = top.find("time_limit")) out.time_limit = limit->time(1ns);
  if (const auto after = top.find("reboot_after")) out.reboot_after = after->time();
  if (const auto recheck = top.find("recheck")) out.recheck = recheck->boolean();
  if (const auto epoch = top.find("epoch")) out.epoch = epoch->time();
}

}  // namespace raidsim::scenarios::loading
