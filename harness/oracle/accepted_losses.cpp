#include "harness/oracle/accepted_losses.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "harness/invariants/committed.h"
#include "harness/oracle/row_losses.h"
#include "harness/world/world.h"
#include "model/raid/layout.h"

namespace raidsim::harness {
namespace {

using scenarios::RequestKind;

bool last_errored(const raid::Column& column) { return column.un_devstate == raid::RCS_LAST_ERRED; }
bool marked(const raid::Column& column) { return last_errored(column) && column.has(raid::MD_RAID_MISSED_WRITE); }

}  // namespace

AcceptedLosses::AcceptedLosses(World& world)
    : world_(world), missed_(world.bay()), units_(world.scenario().units.size()) {}

void AcceptedLosses::command_ended(uint32_t unit, bool granted) {
  OfUnit& of = units_[unit];
  --of.commands;
  look(unit);
  const raid::RaidUnit* now = world_.unit(unit);
  of.granted = of.granted || (granted && now != nullptr && now->un.has(raid::MD_UN_RESYNC_ACTIVE));
}

// What was committed before the host died is accepted, though nobody had time to look. So is what a commit on its way
// says: it may be there after the boot.
void AcceptedLosses::host_died() {
  const bool in_commit = commit_begun_ == commits() + 1;
  for (uint32_t i = 0; i < units_.size(); ++i) {
    look(i, in_commit);
    const raid::RaidUnit* const unit = world_.unit(i);
    if (unit != nullptr && i < world_.ports().size()) what_logs_hold_may_come_back(i, unit->un);
    units_[i] = {};
  }
}

// Logs whose emptying was cut short are replayed by the next boot, as far as they go.
void AcceptedLosses::what_logs_hold_may_come_back(uint32_t unit, const raid::Unit& now) {
  const RowSet rows = RowLosses(world_, unit, now).logged_rows();
  const raid::Geometry geometry = raid::geometry_of(now);
  world_.ports()[unit]->losses_may_come_back(
      [&](uint64_t block) { return rows.contains(raid::place_of_block(block, geometry).row.value); });
}

void AcceptedLosses::on_unit_looked_at(uint32_t unit, const raid::Unit&, const raid::RaidUnit& now) {
  missed_.look(unit, now.un);
  look(unit);
  OfUnit& of = units_[unit];
  of.marked.resize(now.un.columns.size());
  for (uint32_t c = 0; c < now.un.columns.size(); ++c) {
    const raid::Column& column = now.un.columns[c];
    of.marked[c] = marked(column) || (of.marked[c] && last_errored(column));
  }
  if (!now.un.has(raid::MD_UN_RESYNC_ACTIVE)) of.granted = of.logs_given = false;
}

uint64_t AcceptedLosses::commits() const {
  return world_.machine() == nullptr ? 0 : world_.machine()->manager().view().commits();
}

void AcceptedLosses::on_issue(const ClassifiedTransfer& t) {
  if (t.kind == RequestKind::replica_write) commit_begun_ = commits() + 1;
  if (t.unit == nullptr) return;
  missed_.issued(t, t.unit->un);
  if (!units_[t.place.unit].open()) return;
  look(t.place.unit);
  const bool abandoned = t.unit->un.has(raid::MD_UN_REPLAY_ABANDONED);
  if (t.kind == RequestKind::log_clear && abandoned) give_up_logs(t.place.unit, t.unit->un);
}

void AcceptedLosses::on_durable(const ClassifiedTransfer& t) {
  if (t.place.role == Role::data) missed_.durable(t, world_.watch().last_seen(t.place.unit));
}

// The record counts: until it says so, a boot would go by the mark.
void AcceptedLosses::look(uint32_t unit, bool in_commit) {
  OfUnit& of = units_[unit];
  const raid::RaidUnit* now = world_.unit(unit);
  if (!of.open() || now == nullptr) return;
  if (std::find(of.marked.begin(), of.marked.end(), true) == of.marked.end()) return;
  const auto record = read_unit_record(world_.machine()->manager().view().committed_bytes(now->un.un_record_id));
  if (!record) return;
  for (uint32_t c = 0; c < of.marked.size(); ++c) {
    const raid::Column& column = in_commit ? now->un.columns[c] : record->columns[c];
    if (!of.marked[c] || !last_errored(column) || marked(column)) continue;
    of.marked[c] = false;
    give_up_column(unit, now->un, c);
  }
}

void AcceptedLosses::give_up_column(uint32_t unit, const raid::Unit& now, uint32_t column) {
  RowLosses losses(world_, unit, now);
  const RowSet rows = missed_.of(unit, now, column);
  for (const auto& [first, end] : rows.ranges()) {
    for (uint64_t row = first; row < end; ++row) {
      losses.held(column, row);
      losses.rebuilt(row);
    }
  }
  losses.report(fmt::format("column {} missed writes", column));
}

void AcceptedLosses::give_up_logs(uint32_t unit, const raid::Unit& now) {
  OfUnit& of = units_[unit];
  if (std::exchange(of.logs_given, true)) return;
  RowLosses losses(world_, unit, now);
  const RowSet rows = losses.logged_rows();
  for (const auto& [first, end] : rows.ranges()) {
    for (uint64_t row = first; row < end; ++row) {
      for (uint32_t c = 0; c < now.columns.size(); ++c) losses.held(c, row);
      losses.rebuilt(row);
    }
  }
  losses.report("the logs are given up");
}

}  // namespace raidsim::harness
