// RS: the numbers of the record agree with each other, and the map of blocks is one to one.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <vector>

#include "harness/invariants/families.h"
#include "harness/invariants/unit_rules.h"
#include "harness/world/world.h"
#include "model/raid/layout.h"

namespace raidsim::harness {
namespace {

using raid::Column;
using raid::Unit;

template <class Ask>
Broken each_column(const Unit& unit, Ask ask) {
  for (size_t c = 0; c < unit.columns.size(); ++c) {
    const Broken broken = ask(unit.columns[c], c);
    if (!broken.empty()) return fmt::format("column {}: {}", c, broken);
  }
  return {};
}

Broken rs_01(const Unit& u) {
  if (u.un_origcolumncnt < 3 || u.un_origcolumncnt > u.un_totalcolumncnt) return "3 <= O <= N";
  if (u.columns.size() != u.un_totalcolumncnt) return "N columns";
  if (u.un_segsize < 2 || u.un_segsincolumn < 1) return "S >= 2, L >= 1";
  if (u.un_iosize < 2 || u.un_iosize != std::min(u.un_maxio, u.un_segsize + 1))
    return "un_iosize = min(un_maxio, S + 1)";
  if (u.un_pwcnt < 2 || u.un_pwcnt * u.un_iosize > u.un_pwsize) return "un_pwcnt slots fit in un_pwsize";
  return u.un_pwsize % 2 != 0 ? "un_pwsize is even" : "";
}

Broken rs_02(const Unit& u) {
  return each_column(u, [&](const Column& c, size_t) -> Broken {
    if (c.orig.devstart != c.orig.pwstart + u.un_pwsize) return "own device: data do not follow the log";
    if (c.now.devstart != c.now.pwstart + u.un_pwsize) return "device in use: data do not follow the log";
    if (c.hot_spared() && c.un_hs_devstart != c.un_hs_pwstart + u.un_pwsize) return "spare: data do not follow the log";
    const bool alternate = c.alt.dev != no_device;
    return alternate && c.alt.devstart != c.alt.pwstart + u.un_pwsize ? "alternate: data do not follow the log" : "";
  });
}

/// Numbers of one device may differ while one of them cannot be resolved.
bool same_place(const raid::DeviceGroup& a, const raid::DeviceGroup& b) {
  const bool known = a.dev != no_device && b.dev != no_device;
  return a.pwstart == b.pwstart && a.devstart == b.devstart && (!known || a.dev == b.dev);
}

Broken rs_04(const Unit& u) {
  return each_column(u, [](const Column& c, size_t) -> Broken {
    if (!c.hot_spared()) {
      if (c.un_hs_key != 0 || c.un_hs_pwstart != 0 || c.un_hs_devstart != 0)
        return "not hot spared, but has a spare's fields";
      return same_place(c.now, c.orig) ? "" : "not hot spared, but in use is not its own device";
    }
    const bool same = c.now.pwstart == c.un_hs_pwstart && c.now.devstart == c.un_hs_devstart;
    return same ? "" : "hot spared, but in use is not the spare's area";
  });
}

// Between a failed start and its restore, and after an error on the column, the alternate is still recorded.
Broken rs_05(const Unit& u) {
  const bool active = u.has(raid::MD_UN_RESYNC_ACTIVE);
  return each_column(u, [&](const Column& c, size_t index) -> Broken {
    if (c.alt.dev == no_device) return "";
    if (!c.hot_spared()) return "an alternate without a spare";
    if (!same_place(c.alt, c.orig)) return "the alternate is not the column's own device";
    const bool mine = active && u.un_resync_index == static_cast<int64_t>(index);
    if (active && !mine) return "an alternate outside of the resync";
    if (!mine) return c.un_devstate == raid::RCS_RESYNC ? "" : "an alternate without a resync";
    return c.has(raid::MD_RAID_COPY_RESYNC) ? "" : "an alternate in a resync that does not copy";
  });
}

Broken rs_06(const Unit& u) {
  return each_column(u, [](const Column& c, size_t) -> Broken {
    if (c.has(raid::MD_RAID_WRITE_ALT) && !c.has(raid::MD_RAID_ALT_ISOPEN))
      return "writes to an alternate that is not open";
    return c.has(raid::MD_RAID_ALT_ISOPEN) && c.alt.dev == no_device ? "an open alternate that is none" : "";
  });
}

Broken rs_07(const Unit& u) {
  for (size_t a = 0; a < u.columns.size(); ++a) {
    for (size_t b = a + 1; b < u.columns.size(); ++b) {
      for (const raid::DeviceGroup* x : {&u.columns[a].orig, &u.columns[a].now, &u.columns[a].alt}) {
        for (const raid::DeviceGroup* y : {&u.columns[b].orig, &u.columns[b].now, &u.columns[b].alt}) {
          if (x->dev != no_device && x->dev == y->dev) return fmt::format("columns {} and {} use one device", a, b);
        }
      }
    }
  }
  return {};
}

Broken rs_08(const Unit& u) {
  const uint32_t absent = u.count(raid::RCS_INIT | raid::RCS_INIT_ERRED);
  const auto bearing = static_cast<uint64_t>(u.columns.size() - absent);
  if (u.un_total_blocks > u.rows() * (u.columns.size() - 1)) return "larger than its columns";
  const bool growing = absent > 0 && bearing > 0 && u.un_state != raid::RUS_INIT && u.un_state != raid::RUS_DOI;
  return growing && u.un_total_blocks > u.rows() * (bearing - 1) ? "larger than the columns that bear data" : "";
}

constexpr UnitRule rules[] = {
    {{"RS-01", When::always, "the geometry's numbers are possible and agree"}, rs_01},
    {{"RS-02", When::unit_lock, "in each device group the data area follows the log"}, rs_02},
    {{"RS-04", When::unit_lock, "in use is the column's own device, or its spare if it is hot spared"}, rs_04},
    {{"RS-05", When::unit_lock, "an alternate exists only in a copy, and is the column's own device"}, rs_05},
    {{"RS-06", When::unit_lock, "WRITE_ALT implies ALT_ISOPEN implies an alternate"}, rs_06},
    {{"RS-07", When::unit_lock, "no device serves two columns"}, rs_07},
    {{"RS-08", When::quiescent, "the unit is no larger than the columns that bear data"}, rs_08},
};

/// RS-03: a column's areas lie on its device. A disk that a fault made smaller excuses itself.
class ColumnFits final : public NamedInvariant {
 public:
  ColumnFits() : NamedInvariant({"RS-03", When::unit_lock, "every column's areas end within its device"}, at_unit) {}
  void on_unit(const Judgement& judgement, uint32_t index, const Unit&, const raid::RaidUnit& now) override {
    if (!at_rest(now)) return;
    World& world = judgement.world();
    for (size_t c = 0; c < now.un.columns.size(); ++c) {
      const Column& column = now.un.columns[c];
      const uint32_t disk = world.roles().disk_of(column.now.dev);
      const bool in_use = (column.un_devstate & (raid::RCS_OKAY | raid::RCS_RESYNC | raid::RCS_INIT)) != 0;
      if (!in_use || disk >= world.bay().size() || world.bay()[disk].incarnation() != 1) continue;
      if (world.bay()[disk].blocks() < world.bay()[disk].options().blocks) continue;  // F35
      const uint64_t end = world.roles().disk_block(column.now.dev, column.now.devstart + now.un.rows());
      if (end <= world.bay()[disk].blocks()) continue;
      const std::string& name = world.scenario().units[index].name;
      judgement.broken(
          name, fmt::format("{} column {} ends at block {} of a disk of {}", name, c, end, world.bay()[disk].blocks()));
    }
  }
};

/// RS-09: asks the map for every segment, once per geometry.
class MapIsOneToOne final : public NamedInvariant {
 public:
  MapIsOneToOne()
      : NamedInvariant(
            {"RS-09", When::always, "the map of blocks is one to one, and keeps the members of a line apart"},
            at_unit) {}
  void on_unit(const Judgement& judgement, uint32_t index, const Unit&, const raid::RaidUnit& now) override {
    if (index >= checked_.size()) checked_.resize(index + 1);
    const raid::Geometry geometry = now.geometry();
    if (checked_[index] == geometry) return;
    checked_[index] = geometry;
    Broken broken = broken_map(geometry);
    const std::string& name = judgement.world().scenario().units[index].name;
    if (!broken.empty()) judgement.broken(name, name + " " + broken);
  }

 private:
  std::vector<raid::Geometry> checked_;
};

}  // namespace

std::span<const UnitRule> structure_rules() { return rules; }

Broken broken_map(const raid::Geometry& g, SegmentMap map) {
  constexpr uint64_t most = 1 << 20;
  const uint64_t rotated = (g.original_columns - 1) * g.lines;
  std::vector<bool> taken(std::min(most, g.columns * g.lines));
  for (uint64_t s = 0; s < std::min(g.segments(), most); ++s) {
    const raid::SegmentPlace at = map(raid::SegmentIndex{s}, g);
    const raid::BlockPlace last = raid::place_of_block((s + 1) * g.segment_blocks - 1, g);
    const uint64_t a = s < rotated ? 0 : s - rotated;
    const uint64_t line = s < rotated ? s / (g.original_columns - 1) : a % g.lines;
    const uint64_t data =
        s < rotated ? (s % (g.original_columns - 1) + line) % g.original_columns : g.original_columns + a / g.lines;
    const uint64_t parity = (line + g.original_columns - 1) % g.original_columns;
    const bool as_written = at.line.value == line && at.data.value == data && at.parity.value == parity;
    const bool same_cell = last.segment.data == at.data && last.row.value == (line + 1) * g.segment_blocks - 1;
    if (!as_written || !same_cell) return fmt::format("segment {} is not where the formula puts it", s);
    if (at.data == at.parity) return fmt::format("segment {} shares a column with its parity", s);
    const uint64_t cell = data * g.lines + line;
    if (cell >= taken.size()) continue;
    if (taken[cell]) return fmt::format("segment {} shares its cell with another", s);
    taken[cell] = true;
  }
  return {};
}

void add_structure_invariants(InvariantList& all) {
  add_rules(all, structure_rules());
  all.push_back(std::make_unique<ColumnFits>());
  all.push_back(std::make_unique<MapIsOneToOne>());
}

}  // namespace raidsim::harness
