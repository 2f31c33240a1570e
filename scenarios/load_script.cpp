// "script": lines of trigger, delay and action.
#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "scenarios/error.h"
#include "scenarios/fault_table.h"
#include "scenarios/loading_script.h"

namespace raidsim::scenarios::loading {
namespace {

constexpr uint64_t times_max = 1'000'000'000;
constexpr uint64_t delay_events_max = 1'000'000'000'000;

Delay load_delay(const Node& node) {
  Delay out;
  if (node.is_object()) {
    const Object from(node, {"events"});
    out.events = from.need("events", "write {\"events\": 3}, or a time like \"5ms\"").integer(0, delay_events_max);
  } else {
    out.time = node.time();
  }
  return out;
}

std::optional<uint64_t> load_times(const Node& node) {
  if (node.is_string() && node.string(200) == "unlimited") return std::nullopt;
  if (node.is_string()) node.fail("this is no number of times", "write a whole number from 1, or \"unlimited\"");
  return node.integer(1, times_max);
}

/// The keys a line may have depend on what it does; so that is looked at first.
std::vector<std::string_view> known_keys(const Object& line) {
  constexpr std::array<std::string_view, 3> kinds{"fault", "do", "ioctl"};
  std::optional<std::string_view> kind;
  for (const auto each : kinds) {
    if (!line.has(each)) continue;
    if (kind) line.find(each)->fail(fmt::format("the line has \"{}\" as well", *kind), "a line does one thing");
    kind = each;
  }
  if (!kind) line.node().fail("the line does nothing", "add \"fault\", \"do\" or \"ioctl\"");
  const std::string word = line.find(*kind)->string(200);
  auto keys = *kind == "fault" ? fault_keys(word) : *kind == "do" ? host_keys(word) : ioctl_keys(word);
  keys.insert(keys.end(), {"label", "at", "when", "after", "times"});
  return keys;
}

/// A parameter that some fault has, but not this one: naming the nearest key would mislead.
void check_parameters_fit(const Object& line, const std::vector<std::string_view>& known) {
  for (const std::string& key : line.keys()) {
    if (std::ranges::find(known, key) != known.end()) continue;
    for (const FaultRow& row : fault_table()) {
      const bool has = std::ranges::any_of(row.parameters, [&](const ParameterRow* p) { return p->key == key; });
      if (!has) continue;
      line.find(key)->fail(fmt::format("this line takes no \"{}\"", key),
                           fmt::format("it takes {}", fmt::join(known, ", ")));
    }
  }
}

ScriptEntry load_line(const Node& node, const Scenario& scenario) {
  const Object free = Object::with_free_keys(node);
  ScriptEntry out;
  const auto keys = known_keys(free);
  // An unknown or unsupported word explains more than the keys that go with it.
  if (free.has("fault")) {
    out.action = load_fault(free, scenario);
  } else if (free.has("do")) {
    out.action = load_host_action(free, scenario);
  } else {
    out.action = load_ioctl(free, scenario);
  }
  check_parameters_fit(free, keys);
  const Object line(node, keys);
  if (const auto label = line.find("label")) {
    out.label = label->string(100);
    if (out.label.empty()) label->fail("the label is empty", "give it a name, or leave it out");
  }
  out.trigger = load_trigger(line, scenario);
  if (const auto after = line.find("after")) out.after = load_delay(*after);
  if (const auto times = line.find("times")) {
    out.times = load_times(*times);
    if (std::holds_alternative<AtTime>(out.trigger) && out.times != 1) {
      times->fail("an instant comes once", "use \"when\" for a line that acts again");
    }
  }
  return out;
}

/// Every label once; every "after" and "since" names one, and no line waits for itself.
void check_labels(const Node& list, const Scenario& scenario) {
  const auto& script = scenario.script;
  const auto index_of = [&](const std::string& label) {
    const auto it = std::ranges::find_if(script, [&](const ScriptEntry& e) { return e.label == label; });
    return static_cast<size_t>(it - script.begin());
  };
  const auto nodes = list.items(script_max);
  const auto place_in = [](const Node& node, std::string_view key) { return *Object::with_free_keys(node).find(key); };
  const auto place = [&](size_t i, std::string_view key) { return place_in(nodes[i], key); };
  for (size_t i = 0; i < script.size(); ++i) {
    if (!script[i].label.empty() && index_of(script[i].label) != i) {
      place(i, "label")
          .fail(fmt::format("the label \"{}\" is used twice", printable(script[i].label)), "give each line its own");
    }
    const std::string label(waits_for(script[i].trigger));
    const char* const key = std::holds_alternative<AfterEntry>(script[i].trigger) ? "after" : "since";
    const bool given = !label.empty() || std::holds_alternative<AfterEntry>(script[i].trigger);
    if (given && (label.empty() || index_of(label) == script.size())) {
      place_in(place(i, "when"), key)
          .fail(fmt::format("no line has the label \"{}\"", printable(label)),
                "give the line that is meant a \"label\"");
    }
  }
  for (size_t i = 0; i < script.size(); ++i) {
    size_t at = i;
    for (size_t steps = 0; steps <= script.size(); ++steps) {
      const std::string label(waits_for(script[at].trigger));
      if (label.empty()) break;
      at = index_of(label);
      if (at == i) place(i, "when").fail("the line waits for itself", "start the chain with another trigger");
    }
  }
}

}  // namespace

void load_script(const Object& top, Scenario& out) {
  const auto list = top.find("script");
  if (!list) return;
  for (const Node& node : list->items(script_max)) out.script.push_back(load_line(node, out));
  check_labels(*list, out);
}

}  // namespace raidsim::scenarios::loading
