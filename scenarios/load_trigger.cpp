// "at" and "when" of a script line.
#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "scenarios/loading_script.h"

namespace raidsim::scenarios::loading {
namespace {

constexpr uint64_t nth_max = 1'000'000'000'000;

uint64_t load_nth(const Object& from) {
  const auto nth = from.find("nth");
  return nth ? nth->integer(1, nth_max) : 1;
}

std::string load_since(const Object& from) {  // load_script looks the label up
  const auto since = from.find("since");
  return since ? since->string(200) : std::string();
}

AtPoint load_point(const Node& node, const Scenario& scenario) {
  const Object from(node, {"event", "nth", "unit", "column", "disk", "side", "since"});
  AtPoint out;
  out.point = from.find("event")->word<ProtocolPoint>();
  out.nth = load_nth(from);
  if (const auto unit = from.find("unit")) out.unit = unit_at(*unit, scenario).name;
  if (const auto column = from.find("column")) {
    const Unit& unit = unit_or_only(from, scenario);
    out.unit = unit.name;
    out.column = column_at(*column, unit);
  }
  if (const auto disk = from.find("disk")) out.disk = disk_at(*disk, scenario).name;
  if (const auto side = from.find("side")) out.side = side->word<Side>();
  out.since = load_since(from);
  return out;
}

AtRequest load_request(const Node& node, const Scenario& scenario) {
  const Object from(node, {"disk", "op", "kind", "range", "nth", "since"});
  AtRequest out;
  const Disk& disk = disk_at(from.need("disk", "a trigger on requests names the disk"), scenario);
  out.disk = disk.name;
  if (const auto op = from.find("op")) out.op = op->word<Op>();
  if (const auto kind = from.find("kind")) out.kind = kind->word<RequestKind>();
  if (const auto range = from.find("range")) {
    out.range = range->block_range();
    if (out.range->end > disk.size_blocks) {
      range->fail(fmt::format("block {} is beyond the end of {}", out.range->end, disk.name),
                  fmt::format("the disk has {} blocks of 512 bytes", disk.size_blocks));
    }
  }
  out.nth = load_nth(from);
  out.since = load_since(from);
  return out;
}

AtState load_spare(const Node& node, const Scenario& scenario) {
  const Object from(node, {"spare", "state"});
  AtState out;
  out.spare = disk_at(*from.find("spare"), scenario).name;
  out.spare_state = from.need("state", "write \"state\": \"reserved\", say").word<SpareState>();
  return out;
}

/// The resync index runs from 0 to L: "last" is the moment the last region is taken.
uint64_t resync_line_at(const Node& node, const UnitLayout& layout) {
  if (node.is_string() && node.string(200) == "first") return 1;
  if (node.is_string() && node.string(200) == "last") return layout.lines;
  if (!node.is_string() && node.integer(0, UINT64_MAX) == layout.lines) return layout.lines;
  return line_at(node, layout);
}

AtState load_state(const Node& node, const Scenario& scenario) {
  const Object from(node, {"unit", "state", "unit_state", "column", "resync_line"});
  AtState out;
  const Unit& unit = unit_or_only(from, scenario);
  if (unit.kind != UnitKind::raid5) {
    node.fail(fmt::format("{} is a stripe, which has no states", unit.name), "wait for a time, a request or an event");
  }
  out.unit = unit.name;
  if (const auto column = from.find("column")) {
    out.column = column_at(*column, unit);
    out.column_state = from.need("state", "write the column's state, like \"state\": \"errored\"").word<ColumnState>();
    if (const auto state = from.find("unit_state")) out.unit_state = state->word<UnitState>();
  } else if (const auto state = from.find("state")) {
    if (from.has("unit_state"))
      state->fail("without a column this is the unit's state already", "leave \"unit_state\" out");
    out.unit_state = state->word<UnitState>();
  } else if (const auto unit_state = from.find("unit_state")) {
    out.unit_state = unit_state->word<UnitState>();
  }
  if (const auto line = from.find("resync_line")) out.resync_line = resync_line_at(*line, *layout_of(scenario, unit));
  if (!out.unit_state && !out.column_state && !out.resync_line) {
    node.fail("the trigger waits for nothing", "add \"state\" or \"resync_line\"");
  }
  return out;
}

Trigger load_when(const Node& node, const Scenario& scenario) {
  const Object from = Object::with_free_keys(node);
  if (const auto events = from.find("events")) {
    (void)Object(node, {"events"});
    return AtEvent{events->integer(1, nth_max)};
  }
  if (from.has("event")) return load_point(node, scenario);
  if (const auto after = from.find("after")) {
    (void)Object(node, {"after"});
    return AfterEntry{after->string(200)};  // load_script looks the label up
  }
  if (from.has("spare")) return load_spare(node, scenario);
  if (from.has("op") || from.has("kind") || from.has("nth") || from.has("disk")) return load_request(node, scenario);
  if (from.has("unit") || from.has("state") || from.has("resync_line") || from.has("unit_state")) {
    return load_state(node, scenario);
  }
  node.fail("this is no trigger",
            "give it \"event\", \"events\", \"disk\", \"unit\" with state or resync_line, \"spare\", or \"after\"");
}

}  // namespace

Trigger load_trigger(const Object& line, const Scenario& scenario) {
  const auto at = line.find("at");
  const auto when = line.find("when");
  if (at && when) when->fail("the line has \"at\" as well", "a line has exactly one trigger");
  if (at) return AtTime{at->time()};
  if (when) return load_when(*when, scenario);
  line.node().fail("the line has no trigger", "write \"at\": \"40ms\", or \"when\": {...}");
}

}  // namespace raidsim::scenarios::loading
