// Looking up names that the file has defined, with the nearest one as advice.
#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "scenarios/error.h"
#include "scenarios/loading.h"
#include "scenarios/names.h"

namespace raidsim::scenarios::loading {
namespace {

template <typename List>
std::string advice(std::string_view name, const List& list, std::string_view what) {
  std::vector<std::string_view> names;
  for (const auto& element : list) names.push_back(element.name);
  if (const auto meant = nearest(name, names)) return fmt::format("did you mean \"{}\"?", *meant);
  if (names.empty()) return fmt::format("this scenario has no {}", what);
  return fmt::format("{} here: {} to {}", what, names.front(), names.back());
}

}  // namespace

const Disk& disk_at(const Node& node, const Scenario& scenario) {
  const std::string name = node.string(200);
  const Disk* disk = find_disk(scenario, name);
  if (disk == nullptr) {
    node.fail(fmt::format("there is no disk \"{}\"", printable(name)), advice(name, scenario.disks, "disks"));
  }
  return *disk;
}

const Unit& unit_at(const Node& node, const Scenario& scenario) {
  const std::string name = node.string(200);
  const Unit* unit = find_unit(scenario, name);
  if (unit == nullptr) {
    node.fail(fmt::format("there is no unit \"{}\"", printable(name)), advice(name, scenario.units, "units"));
  }
  return *unit;
}

const Unit& unit_or_only(const Object& object, const Scenario& scenario) {
  if (const auto named = object.find("unit")) return unit_at(*named, scenario);
  if (scenario.units.size() != 1) {
    object.node().fail("the key \"unit\" is missing", "with more than one unit, name the one that is meant");
  }
  return scenario.units.front();
}

uint32_t column_at(const Node& node, const Unit& unit) {
  if (unit.kind != UnitKind::raid5) {
    node.fail(fmt::format("{} is a stripe, which has no columns", unit.name), "name one of its disks");
  }
  const auto columns = static_cast<uint32_t>(unit.columns.size());
  const uint32_t column = node.integer32(0, UINT32_MAX);
  if (column >= columns) {
    node.fail(fmt::format("{} is not below the {} columns of {}", column, columns, unit.name),
              fmt::format("write a column from 0 to {}", columns - 1));
  }
  return column;
}

std::vector<std::string> disk_names(const Node& list, const Scenario& scenario, size_t most) {
  std::vector<std::string> out;
  for (const Node& item : list.items(most)) {
    const std::string text = item.string(200);
    const auto names = expand_names(text);
    if (!names) {
      item.fail(fmt::format("\"{}\" is no disk name", printable(text)), "write \"d0\", or \"d0..d5\" for several");
    }
    for (const std::string& name : *names) {
      if (find_disk(scenario, name) == nullptr) {
        item.fail(fmt::format("there is no disk \"{}\"", name), advice(name, scenario.disks, "disks"));
      }
      out.push_back(name);
    }
  }
  if (out.size() > most) {
    list.fail(fmt::format("the list names {} disks", out.size()), fmt::format("the limit here is {}", most));
  }
  return out;
}

uint64_t line_at(const Node& node, const UnitLayout& layout) {
  if (node.is_string()) {
    const std::string text = node.string(200);
    if (text == "first") return 0;
    if (text == "middle") return layout.lines / 2;
    if (text == "last") return layout.lines - 1;
    node.fail(fmt::format("\"{}\" is no line", printable(text)), "write a number, \"first\", \"middle\" or \"last\"");
  }
  const uint64_t line = node.integer(0, UINT64_MAX);
  if (line >= layout.lines) {
    node.fail(fmt::format("{} is not below the {} lines of the unit", line, layout.lines),
              fmt::format("write a line from 0 to {}", layout.lines - 1));
  }
  return line;
}

}  // namespace raidsim::scenarios::loading
