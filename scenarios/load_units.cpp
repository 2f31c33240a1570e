// "pools" and "units", and whether each disk has one role and each unit its room.
#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "scenarios/error.h"
#include "scenarios/loading.h"
#include "scenarios/names.h"

namespace raidsim::scenarios::loading {
namespace {

constexpr size_t columns_min = 3;  // MD_RAID_MIN
constexpr uint64_t interlace_min = 2;
constexpr uint64_t interlace_max = 204'800;  // MAXINTERLACE
constexpr uint32_t tool_slots_min = 10;      // PWCNT_MIN
constexpr uint32_t tool_slots_max = 100;

bool is_spare(const Scenario& scenario, std::string_view disk) {
  return std::any_of(scenario.pools.begin(), scenario.pools.end(), [&](const Pool& pool) {
    return std::find(pool.spares.begin(), pool.spares.end(), disk) != pool.spares.end();
  });
}

std::vector<std::string> load_columns(const Object& from, const Scenario& scenario) {
  const auto list = from.find("columns");
  std::vector<std::string> columns;
  if (list) {
    columns = disk_names(*list, scenario, columns_max);
  } else {
    for (const Disk& disk : scenario.disks) {
      if (!is_spare(scenario, disk.name)) columns.push_back(disk.name);
    }
  }
  const Node place = list ? *list : from.node();
  if (columns.size() < columns_min) {
    place.fail(fmt::format("the unit has {} columns", columns.size()), "RAID-5 needs at least 3");
  }
  if (columns.size() > columns_max) {
    place.fail(fmt::format("the unit has {} columns", columns.size()), fmt::format("the limit is {}", columns_max));
  }
  for (const std::string& disk : columns) {
    if (std::count(columns.begin(), columns.end(), disk) > 1) {
      place.fail(fmt::format("{} is named twice", disk), "give each column a disk of its own (RS-07)");
    }
    if (is_spare(scenario, disk)) {
      place.fail(fmt::format("{} is a hot spare", disk), "a disk is a column or a spare, not both (RS-07)");
    }
    for (const Unit& other : scenario.units) {
      if (std::find(other.columns.begin(), other.columns.end(), disk) != other.columns.end()) {
        place.fail(fmt::format("{} is a column of {} already", disk, other.name),
                   "give each column its own disk (RS-07)");
      }
    }
  }
  return columns;
}

void load_slots(const Object& from, Unit& unit) {
  if (const auto create = from.find("create")) unit.create = create->word<CreateMode>();
  const auto slots = from.find("slots");
  if (!slots) return;
  unit.slots = slots->integer32(2, tool_slots_max);
  if (unit.slots < tool_slots_min && unit.create != CreateMode::ready) {
    slots->fail(fmt::format("the create command refuses {} slots", unit.slots),
                "write 10 to 100, or \"create\": \"ready\" for a small-scope run (D-08)");
  }
}

void check_room(const Object& from, const Unit& unit, const Scenario& scenario) {
  if (layout_of(scenario, unit)) return;
  const Node place = from.find("columns").value_or(from.node());
  place.fail(
      fmt::format("the smallest column of {} has no room for {} pre-write slots and one line", unit.name, unit.slots),
      "make its disks larger, or the interlace smaller");
}

Unit load_unit(const Object& from, const Scenario& scenario) {
  Unit unit;
  const Node name = from.need("name", "write \"name\": \"d10\"");
  unit.name = name.string(200);
  if (!unit_minor(unit.name)) {
    name.fail(fmt::format("\"{}\" is no unit name", printable(unit.name)),
              "write d and a number below 8192, like \"d10\"");
  }
  if (find_unit(scenario, unit.name) != nullptr)
    name.fail(fmt::format("there are two units {}", unit.name), "number them apart");
  if (find_disk(scenario, unit.name) != nullptr) {
    name.fail(fmt::format("{} is a disk", unit.name), "give the unit another number, like \"d10\"");
  }
  if (const auto type = from.find("type"); type && type->string(200) != "raid5") {
    type->fail(fmt::format("\"{}\" units are not known", printable(type->string(200))), "write \"raid5\"");
  }
  unit.columns = load_columns(from, scenario);
  if (const auto interlace = from.find("interlace"))
    unit.interlace_blocks = interlace->blocks(interlace_min, interlace_max);
  load_slots(from, unit);
  if (const auto most = from.find("maxio")) unit.maxio_blocks = static_cast<uint32_t>(most->blocks(2, 131'072));
  if (const auto pool = from.find("pool")) {
    unit.pool = pool->string(200);
    if (find_pool(scenario, *unit.pool) == nullptr) {
      pool->fail(fmt::format("there is no pool \"{}\"", printable(*unit.pool)), "define it in \"pools\"");
    }
  }
  check_room(from, unit, scenario);
  return unit;
}

}  // namespace

void load_pools(const Object& top, Scenario& out) {
  const auto list = top.find("pools");
  if (!list) return;
  for (const Node& node : list->items(pools_max)) {
    const Object from(node, {"name", "spares", "allow_small"});
    Pool pool;
    const Node name = from.need("name", "write \"name\": \"hsp001\"");
    pool.name = name.string(200);
    if (!pool_id(pool.name)) {
      name.fail(fmt::format("\"{}\" is no pool name", printable(pool.name)),
                "write hsp and three digits, like \"hsp001\"");
    }
    if (find_pool(out, pool.name) != nullptr)
      name.fail(fmt::format("there are two pools {}", pool.name), "number them apart");
    if (const auto spares = from.find("spares")) {
      pool.spares = disk_names(*spares, out, disks_max);
      const std::set<std::string> once(pool.spares.begin(), pool.spares.end());
      if (once.size() != pool.spares.size()) spares->fail("a spare is named twice", "name each once");
    }
    if (const auto small = from.find("allow_small")) pool.allow_small = small->boolean();
    out.pools.push_back(std::move(pool));
  }
}

void load_units(const Object& top, Scenario& out) {
  const auto list = top.find("units");
  if (!list) {  // one unit over all disks that are no spares (D-08)
    const nlohmann::json only = {{"name", "d10"}};
    const Node node = top.node().child(only, "units");
    out.units.push_back(load_unit(Object(node, {"name"}), out));
    return;
  }
  for (const Node& node : list->items(units_max)) {
    const Object from(node, {"name", "type", "columns", "interlace", "slots", "maxio", "pool", "create"});
    out.units.push_back(load_unit(from, out));
  }
}

void check_spares(const Object& top, const Scenario& scenario) {
  for (const Unit& unit : scenario.units) {
    if (!unit.pool) continue;
    const Pool& pool = *find_pool(scenario, *unit.pool);
    if (pool.allow_small) continue;
    const UnitLayout layout = *layout_of(scenario, unit);
    for (const std::string& name : pool.spares) {
      const Slice spare = slice_zero(scenario, *find_disk(scenario, name));
      for (const std::string& column : unit.columns) {
        const uint64_t needed = spare_blocks_needed(scenario, layout, *find_disk(scenario, column));
        if (spare.blocks >= spare.start + needed) continue;
        top.need("pools", "")
            .fail(fmt::format("the spare {} of {} has {} blocks, column {} of {} needs {}", name, pool.name,
                              spare.blocks - std::min(spare.blocks, spare.start), column, unit.name, needed),
                  "make it larger, or write \"allow_small\": true in the pool if that is meant");
      }
    }
  }
}

}  // namespace raidsim::scenarios::loading
