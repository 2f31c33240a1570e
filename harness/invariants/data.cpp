// RD and RL-15: what the media hold and what is read of them. Rows that a liar touched, or that a damaged sector
// stands for, excuse themselves.
#include <fmt/core.h>

#include <algorithm>

#include "harness/invariants/families.h"
#include "harness/invariants/log_entry.h"
#include "harness/invariants/media_rules.h"
#include "harness/invariants/rebuilt_rows.h"
#include "harness/world/media.h"
#include "harness/world/world.h"
#include "model/raid/layout.h"

namespace raidsim::harness {
namespace {

using raid::RaidUnit;
using raid::Unit;
using scenarios::RequestKind;

bool damaged(World& world, const raid::DeviceGroup& group, uint64_t row) {
  const uint32_t disk = world.roles().disk_of(group.dev);
  if (disk >= world.bay().size()) return false;
  return world.points().swapped_unseen(disk) ||
         world.bay()[disk].damage().any(world.roles().disk_block(group.dev, group.devstart + row), 1);
}

bool excused(World& world, uint32_t unit, const Unit& un, uint64_t row) {
  if (!world.tolerance().excuse_for_row(unit, row).empty()) return true;
  return std::any_of(un.columns.begin(), un.columns.end(),
                     [&](const raid::Column& c) { return damaged(world, c.now, row) || damaged(world, c.alt, row); });
}

bool locked_by_writer(const RaidUnit& unit, uint64_t row) {
  for (const raid::Child* cs = unit.lines.chain(); cs != nullptr; cs = cs->chain_next) {
    if (cs->is(raid::MD_RCS_WRITER) && cs->rows.first <= row && row <= cs->rows.last) return true;
  }
  return false;
}

bool all_okay_but(const Unit& un, uint32_t column) {
  for (uint32_t c = 0; c < un.columns.size(); ++c) {
    if (c != column && un.columns[c].un_devstate != raid::RCS_OKAY) return false;
  }
  return true;
}

const std::string& name_of(const Judgement& judgement, uint32_t unit) {
  return judgement.world().scenario().units[unit].name;
}

constexpr uint64_t every_row_most = 1 << 17;  ///< 64 MiB per column; chosen

/// Sums the groups over rows [first, end) and reports the first row that is neither zero, locked nor excused.
void check_rows(const Judgement& judgement, uint32_t index, const RaidUnit& unit,
                const std::vector<raid::DeviceGroup>& groups, uint64_t first, uint64_t end, const char* what) {
  World& world = judgement.world();
  RowSums sums(world.bay(), world.roles());
  const auto written = [&](uint64_t from) { return next_written_row(world.bay(), world.roles(), groups, from, end); };
  for (uint64_t row = written(first); row < end; row = written(row + RowSums::most_rows)) {
    const auto count = static_cast<uint32_t>(std::min<uint64_t>(RowSums::most_rows, end - row));
    if (!sums.readable(groups, row, count)) continue;
    for (uint32_t i = 0; i < count; ++i) {
      if (i % RowSums::piece_rows == 0) {
        const uint32_t piece = std::min(RowSums::piece_rows, count - i);
        if (!sums.sum(groups, row + i, piece) || sums.all_zero()) {
          i += piece - 1;
          continue;
        }
      }
      if (sums.zero(i % RowSums::piece_rows) || locked_by_writer(unit, row + i)) continue;
      if (excused(world, index, unit.un, row + i)) continue;
      report_unit(judgement, index, fmt::format("line {}, row {} {}", (row + i) / unit.un.un_segsize, row + i, what));
      return;
    }
  }
}

/// RD-01, V3.
class RowsAddUp final : public NamedInvariant {
 public:
  RowsAddUp()
      : NamedInvariant({"RD-01", When::quiescent, "all columns okay: every row XORs to zero over the columns"},
                       at_quiescence) {}
  void on_quiescent(const Judgement& judgement) override {
    for (uint32_t i = 0; i < judgement.world().scenario().units.size(); ++i) {
      const RaidUnit* unit = judgement.world().unit(i);
      if (unit == nullptr || !all_okay_but(unit->un, UINT32_MAX) || unit->un.un_state != raid::RUS_OKAY) continue;
      if (unit->un.has(raid::MD_UN_REPLAY_ABANDONED)) continue;  // on a STALE set; the boot that can record goes on
      check_rows(judgement, i, *unit, parity_groups(unit->un), 0, unit->un.rows(), "does not XOR to zero");
    }
  }
};

/// RD-03.
class DegradedRowsHoldTheMissing final : public NamedInvariant {
 public:
  DegradedRowsHoldTheMissing()
      : NamedInvariant({"RD-03", When::quiescent, "one column gone: the others XOR to what it last held"},
                       at_quiescence) {}
  void on_quiescent(const Judgement& judgement) override {
    for (uint32_t i = 0; i < judgement.world().ports().size(); ++i) {
      const RaidUnit* unit = judgement.world().unit(i);
      if (unit == nullptr || unit->un.un_state != raid::RUS_ERRED) continue;
      if (!unit->un.has(raid::MD_UN_REPLAYED)) continue;  // its open was refused: the log still has what is missing
      for (uint32_t c = 0; c < unit->un.columns.size(); ++c) {
        const raid::Column& column = unit->un.columns[c];
        const bool gone = !column_valid(unit->un, column, 0) && !column.absent();
        if (gone && all_okay_but(unit->un, c)) check(judgement, i, unit->un, c);
      }
    }
  }

 private:
  static void check(const Judgement& judgement, uint32_t index, const Unit& un, uint32_t missing) {
    World& world = judgement.world();
    RowSums sums(world.bay(), world.roles());
    const raid::Geometry geometry = raid::geometry_of(un);
    const auto groups = parity_groups(un, missing);
    // Rows that a big unit's other columns never held are left to the read-back, which asks for what users wrote.
    const auto next = [&](uint64_t from) {
      const bool every = un.rows() <= every_row_most;
      return every ? from : next_written_row(world.bay(), world.roles(), groups, from, un.rows());
    };
    for (uint64_t row = next(0); row < un.rows(); row = next(row + RowSums::most_rows)) {
      const auto count = static_cast<uint32_t>(std::min<uint64_t>(RowSums::most_rows, un.rows() - row));
      if (!sums.readable(groups, row, count)) continue;
      for (uint32_t r = 0; r < count; ++r) {
        const uint32_t within = r % RowSums::piece_rows;
        if (within == 0 && !sums.sum(groups, row + r, std::min(RowSums::piece_rows, count - r))) return;
        const raid::RowIndex at{row + r};
        if (raid::parity_column(raid::line_of(at, geometry), geometry).value == missing) continue;
        const uint64_t block = raid::block_at(raid::ColumnIndex{missing}, at, geometry);
        Broken broken = broken_rebuilt(world.ports()[index]->legal(), block, sums.row(within));
        if (broken.empty() || excused(world, index, un, row + r)) continue;
        report_unit(judgement, index, broken);
        return;
      }
    }
  }
};

/// Which disk stood in each slot when a unit's resync began. Another one since then (F33) holds nothing of the unit's,
/// and those who read it have yet to notice.
class DisksOfResync {
 public:
  void look(World& world, uint32_t index, const Unit& before, const Unit& now) {
    if (!now.has(raid::MD_UN_RESYNC_ACTIVE) || before.has(raid::MD_UN_RESYNC_ACTIVE)) return;
    if (index >= ids_.size()) ids_.resize(index + 1);
    ids_[index].clear();
    for (uint32_t d = 0; d < world.bay().size(); ++d) ids_[index].push_back(world.bay()[d].id());
  }
  [[nodiscard]] bool still_there(World& world, uint32_t index, const std::vector<raid::DeviceGroup>& groups) const {
    if (index >= ids_.size()) return true;
    return std::all_of(groups.begin(), groups.end(), [&](const raid::DeviceGroup& group) {
      const uint32_t disk = world.roles().disk_of(group.dev);
      return disk >= ids_[index].size() || world.bay()[disk].id() == ids_[index][disk];
    });
  }

 private:
  std::vector<std::vector<DeviceId>> ids_;  // by unit and disk
};

/// RD-04, RD-05: what a resync has finished is current, looked at region by region.
class FinishedRegions final : public NamedInvariant {
 public:
  FinishedRegions(const InvariantInfo& info, bool copy) : NamedInvariant(info, at_unit | at_host_death), copy_(copy) {}
  void on_unit(const Judgement& judgement, uint32_t index, const Unit& before, const RaidUnit& now) override {
    disks_.look(judgement.world(), index, before, now.un);
    if (index >= checked_.size()) checked_.resize(index + 1);
    const Unit& un = now.un;
    const bool runs = un.has(raid::MD_UN_RESYNC_ACTIVE) && before.has(raid::MD_UN_RESYNC_ACTIVE);
    if (!runs || un.un_resync_line_index < checked_[index]) checked_[index] = 0;
    const bool between = runs && un.un_resync_busy_line == raid::bad_address && at_rest(now);
    if (!between || un.un_resync_index < 0 || un.un_resync_line_index <= checked_[index]) return;
    const auto r = static_cast<uint32_t>(un.un_resync_index);
    const raid::Column& column = un.columns[r];
    const bool mine = copy_ ? column.copying() && !column.has(raid::MD_RAID_DEV_ERRED) : column.weak();
    if (!mine || column.has(raid::MD_RAID_RESYNC_ERRED) || !all_okay_but(un, r)) return;
    if (copy_ && column.alt.dev == no_device) return;
    const auto groups = copy_ ? std::vector{column.now, column.alt} : parity_groups(un);
    if (!disks_.still_there(judgement.world(), index, groups)) return;
    check_rows(judgement, index, now, groups, checked_[index] * un.un_segsize, un.un_resync_line_index * un.un_segsize,
               copy_ ? "was copied, but spare and alternate differ" : "was rebuilt, but does not XOR to zero");
    checked_[index] = un.un_resync_line_index;
  }
  void on_host_died(const Judgement&) override { checked_.clear(); }

 private:
  bool copy_;
  DisksOfResync disks_;
  std::vector<uint64_t> checked_;  // lines, by unit
};

/// RD-06, RC-02: a column becomes OKAY when all of it is there.
class OkayIsWhole final : public NamedInvariant {
 public:
  OkayIsWhole()
      : NamedInvariant({"RD-06", When::unit_lock, "a column that a resync made OKAY adds up in every row"}, at_unit) {}
  void on_unit(const Judgement& judgement, uint32_t index, const Unit& before, const RaidUnit& now) override {
    disks_.look(judgement.world(), index, before, now.un);
    if (!at_rest(now) || !all_okay_but(now.un, UINT32_MAX)) return;
    if (!disks_.still_there(judgement.world(), index, parity_groups(now.un))) return;
    for (uint32_t c = 0; c < before.columns.size(); ++c) {
      if (before.columns[c].un_devstate != raid::RCS_RESYNC) continue;
      check_rows(judgement, index, now, parity_groups(now.un), 0, now.un.rows(),
                 "does not XOR to zero after the resync");
      return;
    }
  }

 private:
  DisksOfResync disks_;
};

/// RL-15, V6.
class SourcesAreValid final : public NamedInvariant {
 public:
  explicit SourcesAreValid(const InvariantInfo& info)
      : NamedInvariant(info, at_unit | at_issue | at_complete | at_host_death,
                       kinds(RequestKind::data_read, RequestKind::parity_read, RequestKind::resync_read,
                             RequestKind::replay_read, RequestKind::resync_write)) {}
  void on_unit(const Judgement&, uint32_t index, const Unit& before, const RaidUnit& now) override {
    if (now.un.has(raid::MD_UN_RESYNC_ACTIVE) && !before.has(raid::MD_UN_RESYNC_ACTIVE)) rebuilt_.began(index);
  }
  void on_issue(const Judgement& judgement, const ClassifiedTransfer& t) override {
    if (t.view.op != IoOp::read || t.place.role != Role::data || t.unit == nullptr) return;
    if (t.view.again) return;  // it was judged when the code under test asked for it; its rows are locked since
    Broken broken = broken_source(t.unit->un, t.place, t.view.blocks);
    if (broken.empty() && t.unit->un.columns[t.place.column].weak()) {
      broken = rebuilt_.broken_read(t.place.unit, t.place.column, t.place.offset, t.view.blocks);
    }
    report_unit(judgement, t.place.unit, broken);
  }
  void on_complete(const Judgement&, const ClassifiedTransfer& t, int error) override {
    if (t.kind == RequestKind::resync_write && error == 0) {
      rebuilt_.written(t.place.unit, t.place.offset, t.view.blocks);
    }
  }
  void on_host_died(const Judgement&) override { rebuilt_.host_died(); }

 private:
  RebuiltRows rebuilt_;
};

/// RD-12, V13.
class WritesStayInside final : public NamedInvariant {
 public:
  WritesStayInside()
      : NamedInvariant({"RD-12", When::always,
                        "nothing but the columns' logs and data areas and the stripes' components is written"},
                       at_issue, column_writes | kinds(RequestKind::replica_write, RequestKind::any)) {}
  void on_issue(const Judgement& judgement, const ClassifiedTransfer& t) override {
    World& world = judgement.world();
    if (t.view.op != IoOp::write || t.view.disk >= world.scenario().disks.size()) return;
    if (broken_target(world.roles(), t.place, t.view.disk, t.view.block, t.view.blocks).empty()) return;
    if (inside_a_component(world.scenario(), t.view)) return;
    // A first open finds a column that was away at the boot and writes to it before it lets the unit go.
    const DiskRoles roles = as_in_core(world);
    const Broken broken =
        broken_target(roles, roles.find(t.view.disk, t.view.block), t.view.disk, t.view.block, t.view.blocks);
    if (!broken.empty()) judgement.broken(fmt::format("disk {}", t.view.disk), broken);
  }

 private:
  /// By the judge's own layout of what the scenario says.
  static bool inside_a_component(const scenarios::Scenario& scenario, const disk::TransferView& view) {
    for (const scenarios::Unit& unit : scenario.units) {
      const auto layout = scenarios::stripe_layout_of(scenario, unit);
      if (layout && layout->holds(scenario.disks[view.disk], view.block, view.blocks)) return true;
    }
    return false;
  }
  static DiskRoles as_in_core(World& world) {
    DiskRoles roles(world.roles().slices(), world.bay().tree());
    for (uint32_t i = 0; i < world.scenario().units.size(); ++i) {
      if (const RaidUnit* unit = world.unit(i)) roles.add(i, unit->un);
    }
    return roles;
  }
};

/// RL-08, on the media: at quiescence no write is in its pre-write stage. Where a replay was abandoned the log still is
/// as the crash cut it, and that may have been in such a stage.
class EntriesDisjoint final : public NamedInvariant {
 public:
  EntriesDisjoint()
      : NamedInvariant({"RL-08", When::quiescent, "valid entries of one column's log cover disjoint rows"},
                       at_quiescence) {}
  void on_quiescent(const Judgement& judgement) override {
    for (uint32_t i = 0; i < judgement.world().scenario().units.size(); ++i) {
      const RaidUnit* unit = judgement.world().unit(i);
      if (unit == nullptr || !unit->un.has(raid::MD_UN_REPLAYED)) continue;
      if (unit->system.stale()) continue;  // its logs are kept as they are
      for (uint32_t c = 0; c < unit->un.columns.size(); ++c) {
        if (unit->un.columns[c].un_devstate == raid::RCS_OKAY) check(judgement, i, unit->un, c);
      }
    }
  }

 private:
  static void check(const Judgement& judgement, uint32_t index, const Unit& un, uint32_t column) {
    World& world = judgement.world();
    const raid::DeviceGroup& group = un.columns[column].now;
    const uint32_t disk = world.roles().disk_of(group.dev);
    if (disk >= world.bay().size()) return;
    const uint64_t log = world.roles().disk_block(group.dev, group.pwstart);
    if (log + un.un_pwsize > world.bay()[disk].blocks() || world.bay()[disk].damage().any(log, un.un_pwsize)) return;
    std::vector<LogEntryHeader> entries;
    entries.reserve(un.un_pwcnt);
    std::vector<std::byte> slot(un.un_iosize * block_bytes);
    for (uint32_t k = 0; k < un.un_pwcnt; ++k) {
      const uint64_t first = log + k * un.un_iosize;
      world.bay()[disk].peek(first, 1, slot.data());
      if (read_log_header(slot.data()).magic != raid::RAID_PWMAGIC) continue;
      world.bay()[disk].peek(first + 1, static_cast<uint32_t>(un.un_iosize - 1), slot.data() + block_bytes);
      if (const auto entry = valid_entry(slot, un, column)) entries.push_back(*entry);
    }
    const std::string broken = overlapping_entries(entries);
    if (!broken.empty())
      judgement.broken(name_of(judgement, index),
                       fmt::format("{} column {}: {}", name_of(judgement, index), column, broken));
  }
};

}  // namespace

void add_data_invariants(InvariantList& all) {
  all.push_back(std::make_unique<RowsAddUp>());
  all.push_back(std::make_unique<DegradedRowsHoldTheMissing>());
  all.push_back(std::make_unique<FinishedRegions>(
      InvariantInfo{"RD-04", When::always, "below the resync line a rebuilt column adds up"}, false));
  all.push_back(std::make_unique<FinishedRegions>(
      InvariantInfo{"RD-05", When::always, "in finished regions of a copy alternate and spare are equal"}, true));
  all.push_back(std::make_unique<OkayIsWhole>());
  all.push_back(std::make_unique<SourcesAreValid>(
      InvariantInfo{"RL-15", When::always, "no data are read from a column that is not valid at the row (V6)"}));
  all.push_back(std::make_unique<WritesStayInside>());
  all.push_back(std::make_unique<EntriesDisjoint>());
}

}  // namespace raidsim::harness
