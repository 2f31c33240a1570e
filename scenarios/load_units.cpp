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
constexpr uint64_t interlace_max = 204'800;    // MAXINTERLACE
constexpr uint64_t stripe_interlace_min = 16;  // MININTERLACE
constexpr size_t rows_max = 64;
constexpr uint32_t tool_slots_min = 10;  // PWCNT_MIN
constexpr uint32_t tool_slots_max = 100;

bool is_spare(const Scenario& scenario, std::string_view disk) {
  return std::any_of(scenario.pools.begin(), scenario.pools.end(), [&](const Pool& pool) {
    return std::find(pool.spares.begin(), pool.spares.end(), disk) != pool.spares.end();
  });
}

/// A disk has one role in all.
void check_role(const Node& place, const Scenario& scenario, const std::vector<std::string>& disks) {
  for (const std::string& disk : disks) {
    if (std::count(disks.begin(), disks.end(), disk) > 1) {
      place.fail(fmt::format("{} is named twice", disk), "give each column a disk of its own (RS-07)");
    }
    if (is_spare(scenario, disk)) {
      place.fail(fmt::format("{} is a hot spare", disk), "a disk is a column or a spare, not both (RS-07)");
    }
    for (const Unit& other : scenario.units) {
      const std::vector<std::string> taken = disks_of(other);
      if (std::find(taken.begin(), taken.end(), disk) != taken.end()) {
        place.fail(fmt::format("{} is a column of {} already", disk, other.name),
                   "give each column its own disk (RS-07)");
      }
    }
  }
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
  check_role(place, scenario, columns);
  return columns;
}

void load_rows(const Object& from, const Scenario& scenario, Unit& unit) {
  for (const char* key : {"columns", "interlace", "slots", "maxio"}) {
    if (from.has(key)) from.need(key, "").fail("a stripe has none", "write \"rows\", each with its components");
  }
  const Node rows = from.need("rows", "write \"rows\": [{\"components\": [\"d0\", \"d1\"]}]");
  for (const Node& node : rows.items(rows_max)) {
    const Object row(node, {"components", "interlace"});
    StripeRow made;
    const Node components = row.need("components", "write \"components\": [\"d0\", \"d1\"]");
    made.components = disk_names(components, scenario, columns_max);
    if (made.components.empty()) components.fail("the row has no component", "name at least one disk");
    if (const auto interlace = row.find("interlace")) {
      made.interlace_blocks = interlace->blocks(stripe_interlace_min, interlace_max);
    }
    unit.rows.push_back(std::move(made));
  }
  if (unit.rows.empty()) rows.fail("the stripe has no row", "write at least one");
  check_role(rows, scenario, disks_of(unit));
  if (!stripe_layout_of(scenario, unit)) {
    rows.fail(fmt::format("a component of {} has no room for one interlace", unit.name),
              "make its disks larger, or the interlace smaller");
  }
}

void load_slots(const Object& from, Unit& unit) {
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

void load_raid(const Object& from, const Scenario& scenario, Unit& unit) {
  if (const auto rows = from.find("rows")) rows->fail("a RAID-5 unit has none", "write \"columns\"");
  unit.columns = load_columns(from, scenario);
  if (const auto interlace = from.find("interlace"))
    unit.interlace_blocks = interlace->blocks(interlace_min, interlace_max);
  load_slots(from, unit);
  if (const auto most = from.find("maxio")) unit.maxio_blocks = static_cast<uint32_t>(most->blocks(2, 131'072));
  check_room(from, unit, scenario);
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
  if (const auto type = from.find("type")) unit.kind = type->word<UnitKind>();
  if (const auto create = from.find("create")) unit.create = create->word<CreateMode>();
  unit.kind == UnitKind::stripe ? load_rows(from, scenario, unit) : load_raid(from, scenario, unit);
  if (const auto pool = from.find("pool")) {
    unit.pool = pool->string(200);
    if (find_pool(scenario, *unit.pool) == nullptr) {
      pool->fail(fmt::format("there is no pool \"{}\"", printable(*unit.pool)), "define it in \"pools\"");
    }
  }
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
    const Object from(node, {"name", "type", "columns", "rows", "interlace", "slots", "maxio", "pool", "create"});
    out.units.push_back(load_unit(from, out));
  }
}

void check_spares(const Object& top, const Scenario& scenario) {
  for (const Unit& unit : scenario.units) {
    if (!unit.pool) continue;
    const Pool& pool = *find_pool(scenario, *unit.pool);
    if (pool.allow_small) continue;
    const std::optional<UnitLayout> made = layout_of(scenario, unit);
    if (!made) continue;  // a stripe by itself takes no spare
    const UnitLayout& layout = *made;
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
