#include "harness/world/state_watch.h"

#include <algorithm>

#include "harness/trace_kinds.h"
#include "model/md/locks.h"

namespace raidsim::harness {
namespace {

constexpr SimTime never_yet = sim_start - Duration{1};

bool usable(const raid::Column& column) {
  switch (column.un_devstate) {
    case raid::RCS_OKAY:
      return true;
    case raid::RCS_RESYNC:
      return column.copying() && !column.has(raid::MD_RAID_DEV_ERRED);
    default:
      return false;
  }
}

bool same_places(const raid::Unit& a, const raid::Unit& b) {
  if (a.columns.size() != b.columns.size()) return false;
  for (size_t c = 0; c < a.columns.size(); ++c) {
    const raid::Column& x = a.columns[c];
    const raid::Column& y = b.columns[c];
    if (x.now != y.now || x.alt != y.alt || x.orig != y.orig || x.un_hs_id != y.un_hs_id) return false;
  }
  return true;
}

}  // namespace

StateWatch::StateWatch(Simulation& simulation, DiskRoles& roles, const UnitLookup& units, std::vector<md::Minor> minors)
    : simulation_(simulation), roles_(roles), units_(units), minors_(std::move(minors)), seen_(minors_.size()) {}

void StateWatch::on_write_release(const RwLock& lock) {
  if (&lock.lock_class() != &md::locks::unit_lock) return;
  for (uint32_t i = 0; i < minors_.size(); ++i) {
    if (minors_[i] == lock.instance()) look_at(i);
  }
  if (script_ != nullptr) script_->states_changed();
}

void StateWatch::look_at_all() {
  for (uint32_t i = 0; i < minors_.size(); ++i) look_at(i);
  if (script_ != nullptr) script_->states_changed();
}

void StateWatch::look_at(uint32_t index) {
  const raid::RaidUnit* unit = units_.unit(index);
  if (unit == nullptr) return;
  Seen& seen = seen_[index];
  const raid::Unit& now = unit->un;
  note_times(seen, now);
  trace_changes(index, seen.unit, now);
  for (StateListener* listener : listeners_) listener->on_unit_looked_at(index, seen.unit, *unit);
  const bool moved = !seen.valid || !same_places(seen.unit, now);
  seen.unit = now;
  seen.valid = true;
  if (moved) rebuild_roles();
}

void StateWatch::expect(uint32_t unit, const raid::Unit& prepared) {
  seen_[unit].unit = prepared;
  seen_[unit].valid = true;
  seen_[unit].unusable.assign(prepared.columns.size(), never_yet);
  rebuild_roles();
}

void StateWatch::renumbered(const disk::DeviceTree& before) {
  const auto follow = [&](DeviceNumber& number) {
    const disk::DiskIndex disk = before.disk_of(number);
    if (disk != disk::no_disk) number = roles_.number_of(disk, minor_of(number) % slices_per_disk);
  };
  for (Seen& seen : seen_) {
    for (raid::Column& column : seen.unit.columns) {
      for (raid::DeviceGroup* group : {&column.now, &column.orig, &column.alt}) follow(group->dev);
    }
  }
}

void StateWatch::note_times(Seen& seen, const raid::Unit& now) {
  seen.unusable.resize(now.columns.size(), never_yet);
  for (size_t c = 0; c < now.columns.size(); ++c) {
    const bool was = seen.valid && c < seen.unit.columns.size() && !usable(seen.unit.columns[c]);
    if (was || !usable(now.columns[c])) seen.unusable[c] = simulation_.now();
  }
  // Readers do not wait for the region that is being rebuilt: its lines are not done yet (RL-15).
  const uint64_t line = std::min(now.un_resync_line_index, now.un_resync_busy_line);
  if (!seen.resync_lines.empty() && line < seen.resync_lines.back().second) seen.resync_lines.clear();
  if (line > 0 && (seen.resync_lines.empty() || line > seen.resync_lines.back().second)) {
    seen.resync_lines.emplace_back(simulation_.now(), line);
  }
  const bool was_last_errored = seen.valid && seen.unit.un_state == raid::RUS_LAST_ERRED;
  if (was_last_errored || now.un_state == raid::RUS_LAST_ERRED) seen.last_errored = simulation_.now();
}

void StateWatch::trace_changes(uint32_t index, const raid::Unit& before, const raid::Unit& now) {
  Recorder& recorder = simulation_.recorder();
  const SimTime at = simulation_.now();
  if (before.un_state != now.un_state) recorder.add(at, kind_unit_state, index, before.un_state, now.un_state);
  for (size_t c = 0; c < now.columns.size(); ++c) {
    const raid::Column fresh{};
    const raid::Column& old = c < before.columns.size() ? before.columns[c] : fresh;
    const raid::Column& column = now.columns[c];
    const auto number = static_cast<uint16_t>(c);
    if (old.un_devstate != column.un_devstate) {
      recorder.add(at, kind_column_state, index, old.un_devstate, column.un_devstate, number);
    }
    if (old.now.dev != column.now.dev) {
      recorder.add(at, kind_column_device, index, roles_.by_index(old.now.dev), roles_.by_index(column.now.dev),
                   number);
    }
  }
  if (before.un_resync_line_index != now.un_resync_line_index) {
    recorder.add(at, kind_resync_line, index, now.un_resync_line_index);
  }
}

void StateWatch::rebuild_roles() {
  roles_.clear();
  for (uint32_t i = 0; i < seen_.size(); ++i) {
    if (seen_[i].valid) roles_.add(i, seen_[i].unit);
  }
}

SimTime StateWatch::last_last_errored(uint32_t unit) const {
  const Seen& seen = seen_[unit];
  return seen.unit.un_state == raid::RUS_LAST_ERRED ? simulation_.now() : seen.last_errored;
}

uint64_t StateWatch::resync_line_at(uint32_t unit, SimTime when) const {
  const auto& lines = seen_[unit].resync_lines;
  const auto later = [](SimTime t, const auto& entry) { return t < entry.first; };
  const auto after = std::upper_bound(lines.begin(), lines.end(), when, later);
  return after == lines.begin() ? 0 : std::prev(after)->second;
}

SimTime StateWatch::last_unusable(uint32_t unit, uint32_t column) const {
  const Seen& seen = seen_[unit];
  if (!seen.valid || column >= seen.unit.columns.size()) return never_yet;
  return usable(seen.unit.columns[column]) ? seen.unusable[column] : simulation_.now();
}

}  // namespace raidsim::harness
