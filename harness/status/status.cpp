#include "harness/status/status.h"

#include <algorithm>

#include "harness/inspect/words.h"
#include "harness/world/world.h"

namespace raidsim::harness {
namespace {

/// Names of disks, as the scenario has them, behind numbers of devices as they are now.
class Names {
 public:
  explicit Names(World& world) : world_(world) {}
  [[nodiscard]] std::string operator()(DeviceNumber number) const {
    const uint32_t disk = world_.roles().disk_of(number);
    return disk < world_.bay().size() ? world_.bay()[disk].name() : "none";
  }
  [[nodiscard]] bool same_disk(DeviceNumber one, DeviceNumber other) const {
    return one != no_device && world_.roles().disk_of(one) == world_.roles().disk_of(other);
  }

 private:
  World& world_;
};

bool has_replica(const View& view, const Names& names, DeviceNumber device) {
  const auto& locators = view.replicas().lb.lb_locators;
  return std::any_of(locators.begin(), locators.end(), [&](const statedb::Locator& each) {
    return !each.deleted() && names.same_disk(device, statedb::expanded_device(each.l_dev));
  });
}

const char* running_on(const raid::Unit& unit) {
  if (unit.un_state == raid::RUS_INIT) return "initialisation";
  if (unit.un_state == raid::RUS_REGEN) return "regeneration";
  return unit.count(raid::RCS_RESYNC) != 0 ? "resync" : "";
}

/// A resync tells its line, the others count by themselves.
uint32_t per_mille_of(const raid::Unit& unit) {
  if (unit.count(raid::RCS_RESYNC) == 0 || unit.un_segsincolumn == 0) return unit.un_percent_done;
  return static_cast<uint32_t>(std::min<uint64_t>(1000, unit.un_resync_line_index * 1000 / unit.un_segsincolumn));
}

UnitStatus status_of(const raid::RaidUnit& installed, const View& view, const Names& names) {
  const raid::Unit& unit = installed.un;
  UnitStatus out{.name = unit_name(unit.un_self_id),
                 .state = raid::word_of(unit.un_state),
                 .blocks = unit.un_total_blocks,
                 .interlace_blocks = unit.un_segsize,
                 .pool = pool_name(unit.un_hsp_id),
                 .open = installed.is_open(),
                 .running = running_on(unit),
                 .per_mille = per_mille_of(unit),
                 .columns = {}};
  for (const raid::Column& column : unit.columns) {
    out.columns.push_back({.device = names(column.orig.dev),
                           .spare = column.hot_spared() ? names(column.now.dev) : "",
                           .start_block = column.now.devstart,
                           .has_replica = has_replica(view, names, column.now.dev),
                           .state = raid::word_of(column.un_devstate),
                           .errors = ""});
  }
  return out;
}

std::string errors_of(const stripe::Component& component) {
  std::string out = component.has(stripe::MDM_S_READERR) ? "read" : "";
  if (component.has(stripe::MDM_S_WRTERR)) out += out.empty() ? "write" : " write";
  return out;
}

StripeStatus status_of(const stripe::StripeUnit& installed, const View& view, const Names& names) {
  const stripe::Unit& unit = installed.un;
  StripeStatus out{.name = unit_name(unit.un_self_id),
                   .blocks = unit.un_total_blocks,
                   .pool = pool_name(unit.un_hsp_id),
                   .open = installed.is_open(),
                   .rows = {}};
  for (const stripe::Row& row : unit.rows) {
    RowStatus& shown = out.rows.emplace_back(RowStatus{.interlace_blocks = row.un_interlace, .components = {}});
    for (uint32_t c = row.un_icomp; c < row.un_icomp + row.un_ncomp; ++c) {
      const stripe::Component& component = unit.components[c];
      shown.components.push_back({.device = names(component.own_device()),
                                  .spare = component.hot_spared() ? names(component.un_dev) : "",
                                  .start_block = component.un_start_block,
                                  .has_replica = has_replica(view, names, component.un_dev),
                                  .state = "",
                                  .errors = errors_of(component)});
    }
  }
  return out;
}

PoolStatus status_of(const hotspare::Pool& pool, const View& view, const Names& names) {
  PoolStatus out{.name = pool_name(pool.hsp_self_id), .units = pool.hsp_refcount, .spares = {}};
  for (const md::RecordId id : pool.hsp_hotspares) {
    const hotspare::HotSpare* spare = view.spare(id);
    if (spare == nullptr) continue;
    out.spares.push_back({names(spare->hs_devnum), hotspare::word_of(spare->hs_state), spare->hs_number_blks});
  }
  return out;
}

DatabaseStatus database_of(const View& view) {
  if (!view.loaded_database()) return DatabaseStatus::none;
  if (view.stale()) return DatabaseStatus::stale;
  return view.replicas().toofew ? DatabaseStatus::too_few : DatabaseStatus::writable;
}

void look_at(const Manager& manager, const Names& names, HostStatus& out) {
  const View view = manager.view();
  out.database = database_of(view);
  for (const statedb::ReplicaStatus& each : manager.replicas()) {
    const uint64_t blocks = each.last_block == 0 ? 0 : each.last_block - each.place.block + 1;
    out.replicas.push_back({letters_of(each.l_flags), names(each.place.device), each.place.block, blocks});
  }
  auto units = view.units();
  std::sort(units.begin(), units.end(), [](const auto* a, const auto* b) { return a->minor < b->minor; });
  for (const stripe::StripeUnit* unit : view.stripes()) out.stripes.push_back(status_of(*unit, view, names));
  std::sort(out.stripes.begin(), out.stripes.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  for (const raid::RaidUnit* unit : units) out.units.push_back(status_of(*unit, view, names));
  for (const auto& pool : view.pools()) out.pools.push_back(status_of(*pool, view, names));
  std::sort(out.pools.begin(), out.pools.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
}

}  // namespace

const char* word_of(DatabaseStatus status) noexcept {
  switch (status) {
    case DatabaseStatus::none:
      return "none";
    case DatabaseStatus::writable:
      return "writable";
    case DatabaseStatus::stale:
      return "stale";
    case DatabaseStatus::too_few:
      return "too-few";
  }
  return "";
}

HostStatus status_of(World& world) {
  HostStatus out;
  out.at = world.simulation().now();
  out.boots = world.epochs();
  out.running = world.machine() != nullptr;
  out.up = world.host_up();
  if (world.machine() != nullptr) look_at(world.machine()->manager(), Names(world), out);
  return out;
}

}  // namespace raidsim::harness
