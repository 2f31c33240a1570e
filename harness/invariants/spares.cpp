// RP: every spare is free, broken or in use by one column, and the column agrees (V7).
#include <fmt/core.h>

#include <algorithm>
#include <vector>

#include "harness/invariants/families.h"
#include "harness/invariants/spare_rules.h"
#include "harness/invariants/unit_rules.h"
#include "harness/world/world.h"

namespace raidsim::harness {
namespace {

using hotspare::SpareState;
using raid::Column;
using raid::Unit;

/// There are spares, and nobody is in the middle of taking or giving back one.
bool spares_at_rest(const World& world) {
  if (world.machine() == nullptr) return false;
  const View view = world.machine()->manager().view();
  if (view.spares().empty() || view.hot_spare_lock().write_held()) return false;
  if (!view.system().snarfed || view.system().snarfing) return false;
  for (uint32_t i = 0; i < world.scenario().units.size(); ++i) {
    const raid::RaidUnit* unit = world.unit(i);
    if (unit != nullptr && !at_rest(*unit)) return false;
  }
  return true;
}

void fill(SpareTable& table, const World& world) {
  table.units.clear();
  table.spares.clear();
  table.pools.clear();
  for (uint32_t i = 0; i < world.scenario().units.size(); ++i) {
    if (const raid::RaidUnit* unit = world.unit(i)) table.units.push_back(&unit->un);
  }
  const View view = world.machine()->manager().view();
  for (const auto& spare : view.spares()) table.spares.push_back(spare.get());
  for (const auto& pool : view.pools()) table.pools.push_back(pool.get());
}

class SpareRule final : public NamedInvariant {
 public:
  SpareRule(const InvariantInfo& info, uint32_t occasions, Broken (*ask)(const SpareTable&))
      : NamedInvariant(info, occasions), ask_(ask) {}
  void on_unit(const Judgement& judgement, uint32_t, const Unit& before, const raid::RaidUnit&) override {
    if (!before.columns.empty()) look(judgement);
  }
  void on_restart(const Judgement& judgement) override { look(judgement); }
  void on_quiescent(const Judgement& judgement) override { look(judgement); }

 private:
  void look(const Judgement& judgement) {
    const World& world = judgement.world();
    if (!spares_at_rest(world)) return;
    fill(table_, world);
    const Broken broken = ask_(table_);
    if (!broken.empty()) judgement.broken("spares", broken);
  }
  Broken (*ask_)(const SpareTable&);
  SpareTable table_;  ///< kept for its memory
};

/// RP-04, K01: what a column uses of its spare lies on it.
class SpareFits final : public NamedInvariant {
 public:
  SpareFits()
      : NamedInvariant({"RP-04", When::unit_lock, "a column's areas lie on its spare, past the label"}, at_unit) {}
  void on_unit(const Judgement& judgement, uint32_t index, const Unit&, const raid::RaidUnit& now) override {
    if (!at_rest(now)) return;
    const View view = judgement.world().machine()->manager().view();
    for (const Column& column : now.un.columns) {
      const hotspare::HotSpare* spare = column.hot_spared() ? view.spare(column.un_hs_id) : nullptr;
      if (spare != nullptr) report_unit(judgement, index, broken_fit(now.un, column, *spare));
    }
  }
};

/// RP-05: an errored column whose pool has a good spare does not stay without one.
class SpareIsTaken final : public NamedInvariant {
 public:
  SpareIsTaken()
      : NamedInvariant(
            {"RP-05", When::quiescent, "no single errored column stays un-spared while its pool has a good spare"},
            at_quiescence) {}
  void on_quiescent(const Judgement& judgement) override {
    World& world = judgement.world();
    if (world.machine() == nullptr || world.machine()->manager().view().stale()) return;
    for (uint32_t i = 0; i < world.scenario().units.size(); ++i) {
      const raid::RaidUnit* unit = world.unit(i);
      if (unit == nullptr || !unit->is_open() || (unit->ui_tstate & md::MD_DEV_ERRORED) != 0) continue;
      const auto column = column_without_spare(unit->un);
      if (column) look(judgement, i, *unit, *column);
    }
  }

 private:
  static void look(const Judgement& judgement, uint32_t index, const raid::RaidUnit& unit, uint32_t column) {
    World& world = judgement.world();
    const View view = world.machine()->manager().view();
    const hotspare::Pool* pool = view.pool(unit.un.un_hsp_id);
    if (pool == nullptr) return;
    for (const md::RecordId id : pool->hsp_hotspares) {
      const hotspare::HotSpare* spare = view.spare(id);
      if (spare == nullptr || !would_fit(unit.un, unit.un.columns[column], *spare) || !opens(world, *spare)) continue;
      report_unit(judgement, index, fmt::format("column {}: stays errored though a good spare is available", column));
      return;
    }
  }
  static bool opens(World& world, const hotspare::HotSpare& spare) {
    const uint32_t disk = world.roles().disk_of(spare.hs_devnum);
    if (disk >= world.bay().size()) return false;
    const disk::VirtualDisk& d = world.bay()[disk];
    // A disk that ever gave trouble may fail an open in ways that only its faults know.
    return !d.dead() && d.powered() && world.bay().paths(disk).any_up() && d.incarnation() == 1 &&
           d.blocks() >= d.options().blocks && d.id() == d.options().id &&
           world.points().last_trouble(disk) < sim_start;
  }
};

/// RP-07: a spare on which a write of the column failed for good is broken once it is released.
class FailedSpareIsBroken final : public NamedInvariant {
 public:
  FailedSpareIsBroken()
      : NamedInvariant({"RP-07", When::always, "a spare that failed a write is broken when it is released"},
                       at_unit | at_complete | at_host_death, column_writes) {}

  void on_complete(const Judgement&, const ClassifiedTransfer& t, int error) override {
    if (t.place.group != Group::spare || !t.place.current || t.view.op != IoOp::write) return;
    const Failed key{t.place.unit, t.place.column, t.view.block, t.view.blocks};
    const auto same = [&](const Failed& f) { return f == key; };
    if (error != 0 && std::none_of(failed_.begin(), failed_.end(), same)) failed_.push_back(key);
    if (error == 0) std::erase_if(failed_, same);  // the driver tried again
  }
  void on_unit(const Judgement& judgement, uint32_t index, const Unit& before, const raid::RaidUnit& now) override {
    if (failed_.empty() || !at_rest(now)) return;
    for (uint32_t c = 0; c < before.columns.size(); ++c) {
      const md::RecordId was = before.columns[c].un_hs_id;
      if (was == 0 || now.un.columns[c].un_hs_id == was) continue;
      const auto of_column = [&](const Failed& f) { return f.unit == index && f.column == c; };
      if (std::erase_if(failed_, of_column) == 0) continue;
      const hotspare::HotSpare* spare = judgement.world().machine()->manager().view().spare(was);
      if (spare == nullptr || spare->hs_state == SpareState::HSS_BROKEN) continue;
      report_unit(judgement, index,
                  fmt::format("column {}: a spare that failed a write was released as {}", c,
                              hotspare::word_of(spare->hs_state)));
    }
  }
  void on_host_died(const Judgement&) override { failed_.clear(); }

 private:
  struct Failed {
    uint32_t unit, column;
    uint64_t block;
    uint32_t blocks;
    bool operator==(const Failed&) const = default;
  };
  std::vector<Failed> failed_;
};

bool available(const hotspare::HotSpare& spare) {
  return spare.hs_state == SpareState::HSS_AVAILABLE && !spare.releasing;
}

}  // namespace

Broken broken_owners(const SpareTable& table) {
  for (const Unit* unit : table.units) {
    for (size_t c = 0; c < unit->columns.size(); ++c) {
      const Column& column = unit->columns[c];
      if (!column.hot_spared()) continue;
      const auto mine = [&](const hotspare::HotSpare* s) { return s->hs_record_id == column.un_hs_id; };
      const auto spare = std::find_if(table.spares.begin(), table.spares.end(), mine);
      const std::string who = fmt::format("unit {} column {}: ", unit->un_self_id, c);
      if (spare == table.spares.end()) return who + "its spare does not exist";
      if ((*spare)->hs_state != SpareState::HSS_RESERVED)
        return who + "its spare is " + hotspare::word_of((*spare)->hs_state);
      if ((*spare)->hs_key != column.un_hs_key) return who + "its spare has another key";
      const auto in_pool = [&](const hotspare::Pool* p) {
        return p->hsp_self_id == unit->un_hsp_id && p->lists(column.un_hs_id);
      };
      if (std::none_of(table.pools.begin(), table.pools.end(), in_pool)) return who + "its spare is not in its pool";
    }
  }
  return {};
}

Broken broken_sharing(const SpareTable& table) {
  for (const hotspare::HotSpare* spare : table.spares) {
    size_t columns = 0;
    for (const Unit* unit : table.units) {
      for (const Column& column : unit->columns) columns += column.un_hs_id == spare->hs_record_id ? 1u : 0u;
    }
    if (columns > 1) return fmt::format("spare {} serves {} columns", spare->hs_record_id, columns);
    const bool reserved = spare->hs_state == SpareState::HSS_RESERVED;
    if (reserved && columns == 0) return fmt::format("spare {} is reserved for nobody", spare->hs_record_id);
  }
  return {};
}

Broken broken_fit(const Unit& unit, const Column& column, const hotspare::HotSpare& spare) {
  if (column.un_hs_devstart + unit.rows() > spare.hs_number_blks) {
    return fmt::format("a column ends at block {} of a spare of {}", column.un_hs_devstart + unit.rows(),
                       spare.hs_number_blks);
  }
  return column.un_hs_pwstart < column.orig.pwstart ? "a column starts on its spare's label" : "";
}

std::optional<uint32_t> column_without_spare(const Unit& unit) {
  const bool wants = unit.un_state == raid::RUS_ERRED && unit.un_hsp_id != md::MD_HSP_NONE &&
                     unit.count(raid::RCS_ERRED) == 1 && unit.count(raid::RCS_LAST_ERRED | raid::RCS_RESYNC) == 0 &&
                     !unit.has(raid::MD_UN_GROW_PENDING);
  for (uint32_t c = 0; wants && c < unit.columns.size(); ++c) {
    if (unit.columns[c].un_devstate == raid::RCS_ERRED) return c;
  }
  return std::nullopt;
}

bool would_fit(const Unit& unit, const Column& column, const hotspare::HotSpare& spare) {
  const uint64_t needed = column.orig.pwstart + unit.un_pwsize + unit.rows();
  return available(spare) && spare.hs_start_blk <= spare.hs_number_blks &&
         spare.hs_number_blks - spare.hs_start_blk >= needed;
}

void add_spare_invariants(InvariantList& all) {
  all.push_back(std::make_unique<SpareRule>(
      InvariantInfo{"RP-01", When::unit_lock,
                    "a hot-spared column's spare is reserved, has its key and is in its pool"},
      at_unit, broken_owners));
  all.push_back(std::make_unique<SpareRule>(
      InvariantInfo{"RP-02", When::always, "no spare serves two columns, none is reserved for nobody"}, at_unit,
      broken_sharing));
  all.push_back(std::make_unique<SpareRule>(
      InvariantInfo{"RP-03", When::restart, "spares and columns agree after a boot"}, at_restart,
      [](const SpareTable& table) { return broken_owners(table) + broken_sharing(table); }));
  all.push_back(std::make_unique<SpareFits>());
  all.push_back(std::make_unique<SpareIsTaken>());
  all.push_back(std::make_unique<FailedSpareIsBroken>());
}

}  // namespace raidsim::harness
