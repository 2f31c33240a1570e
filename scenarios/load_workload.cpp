// "workload": generated requests, and recorded ones.
#include <fmt/core.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "scenarios/error.h"
#include "scenarios/loading.h"

namespace raidsim::scenarios::loading {
namespace {

constexpr uint32_t clients_max = 10'000;
constexpr uint64_t requests_max = 1'000'000'000;
constexpr uint64_t request_blocks_max = request_bytes_max / block_bytes;

/// Two values as [low, high], or one for both.
template <typename Read>
auto low_and_high(const Node& node, std::string_view right, Read read) {
  std::pair out{read(node.is_array() ? node.items(2).empty() ? node : node.items(2).front() : node),
                read(node.is_array() ? node.items(2).empty() ? node : node.items(2).back() : node)};
  if (out.first > out.second) node.fail("the first is above the second", right);
  return out;
}

void load_size(const Node& node, Workload& out) {
  const auto [low, high] = low_and_high(node, "write [smallest, largest], like [\"512\", \"64KiB\"]",
                                        [](const Node& n) { return n.blocks(1, request_blocks_max); });
  out.size_min_blocks = low;
  out.size_max_blocks = high;
}

void load_think(const Node& node, Workload& out) {
  const auto [low, high] = low_and_high(node, "write [shortest, longest], like [\"0ns\", \"2ms\"]",
                                        [](const Node& n) { return n.time(Duration{}, 24h); });
  out.think_min = low;
  out.think_max = high;
}

void load_pattern(const Object& from, Workload& out) {
  const auto pattern = from.find("pattern");
  if (!pattern) return;
  if (!pattern->is_object()) {
    out.pattern = pattern->word<Pattern>();
    return;
  }
  const Object detail(*pattern, {"kind", "share", "space"});
  const Node kind = detail.need("kind", "write \"kind\": \"hot-spot\"");
  out.pattern = kind.word<Pattern>();
  if (out.pattern != Pattern::hot_spot && (detail.has("share") || detail.has("space"))) {
    kind.fail("only a hot spot has \"share\" and \"space\"", "write \"hot-spot\", or leave them out");
  }
  if (const auto share = detail.find("share")) out.hot_spot.share = share->number(0.0, 1.0);
  if (const auto space = detail.find("space")) out.hot_spot.space = space->number(0.000001, 1.0);
}

TraceSource load_trace(const Node& node, const std::filesystem::path& folder) {
  TraceSource out;
  Node path = node;
  if (!node.is_string()) {
    const Object from(node, {"path", "timing", "speed", "fit", "limit"});
    path = from.need("path", "write the iolog's path, relative to this file");
    if (const auto timing = from.find("timing")) out.timing = timing->word<TraceTiming>();
    if (const auto speed = from.find("speed")) {
      if (out.timing != TraceTiming::as_recorded) {
        speed->fail("only a recorded timing has a speed", "write \"timing\": \"as-recorded\" too, or leave this out");
      }
      out.speed = speed->number(0.001, 1000.0);
    }
    if (const auto fit = from.find("fit")) out.fit = fit->word<TraceFit>();
    if (const auto limit = from.find("limit")) out.limit = limit->integer(1, requests_max);
  }
  out.path = path.string(1024);
  if (out.path.empty() || out.path.find('\0') != std::string::npos) {
    path.fail("this is no path", "name a fio iolog, relative to this file");
  }
  const std::filesystem::path named(out.path);
  const auto resolved = named.is_absolute() ? named : folder / named;
  out.resolved = resolved.string();
  std::error_code error;
  if (!std::filesystem::is_regular_file(resolved, error)) {
    path.fail(fmt::format("there is no iolog \"{}\"", printable(out.path)),
              "name a file, relative to this one's folder");
  }
  return out;
}

BlockRange load_range(const Node& node, const Unit& unit, uint64_t total_blocks) {
  const BlockRange range = node.block_range();
  if (range.end > total_blocks) {
    node.fail(fmt::format("block {} is beyond the end of {}", range.end, unit.name),
              fmt::format("the unit has {} blocks of 512 bytes", total_blocks));
  }
  return range;
}

Workload load_one(const Object& from, const Scenario& scenario, const std::filesystem::path& folder) {
  Workload out;
  const Unit& unit = unit_or_only(from, scenario);
  const uint64_t total_blocks = total_blocks_of(scenario, unit);
  out.unit = unit.name;
  if (const auto trace = from.find("trace")) {
    for (const auto key : {"requests", "size", "reads", "pattern", "range", "think", "verify"}) {
      if (from.has(key)) from.need(key, "").fail("a trace has its own requests", "leave this out beside \"trace\"");
    }
    out.trace = load_trace(*trace, folder);
  }
  if (const auto clients = from.find("clients")) out.clients = clients->integer32(1, clients_max);
  if (const auto requests = from.find("requests")) out.requests = requests->integer(1, requests_max);
  if (const auto size = from.find("size")) load_size(*size, out);
  if (const auto reads = from.find("reads")) out.reads = reads->number(0.0, 1.0);
  load_pattern(from, out);
  if (const auto range = from.find("range")) out.range = load_range(*range, unit, total_blocks);
  if (const auto start = from.find("start")) out.start = start->time();
  if (const auto think = from.find("think")) load_think(*think, out);
  if (const auto verify = from.find("verify")) out.verify = verify->boolean();
  const uint64_t room = out.range ? out.range->end - out.range->first : total_blocks;
  if (!out.trace && out.size_max_blocks > room) {
    if (!from.has("size")) {
      out.size_max_blocks = room;  // the default fits itself to a tiny unit
    } else {
      from.need("size", "")
          .fail(fmt::format("a request of {} blocks does not fit in {}", out.size_max_blocks, room),
                "make the requests smaller or the range larger");
    }
  }
  return out;
}

}  // namespace

void load_workload(const Object& top, Scenario& out, const std::filesystem::path& folder) {
  const auto list = top.find("workload");
  if (!list) {  // each unit its default load (D-08)
    for (const Unit& unit : out.units) {
      const nlohmann::json only = {{"unit", unit.name}};
      const Node node = top.node().child(only, "workload");
      out.workload.push_back(load_one(Object(node, {"unit"}), out, folder));
    }
    return;
  }
  for (const Node& node : list->items(workloads_max)) {
    const Object from(node, {"unit", "clients", "requests", "size", "reads", "pattern", "range", "start", "think",
                             "verify", "trace"});
    out.workload.push_back(load_one(from, out, folder));
  }
}

}  // namespace raidsim::scenarios::loading
