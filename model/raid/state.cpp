// model/raid/state.cpp
#include "model/raid/state.h"

#include "engine/assert.h"

namespace raidsim::raid {
namespace {

constexpr uint32_t errored_states = RCS_ERRED | RCS_LAST_ERRED;

uint32_t weak_columns(const Unit& unit) noexcept {
  uint32_t weak = 0;
  for (const Column& column : unit.columns) weak += counts_as_weak(column) ? 1U : 0U;
  return weak;
}

bool beyond_tolerance(const Unit& unit) noexcept {
  const uint32_t errored = unit.count(errored_states);
  return errored > 0 && errored + weak_columns(unit) > 1;
}

bool is_argument(ColumnState state) noexcept {
  return state == RCS_REGEN || state == RCS_INIT || state == RCS_OKAY || state == RCS_ERRED ||
         state == RCS_LAST_ERRED || state == RCS_RESYNC || state == RCS_INIT_ERRED;
}

/// A rebuild or copy of a column that was errored: the unit is degraded while it lasts (RT-04).
bool rebuilds_errored(const Unit& unit) noexcept {
  for (const Column& column : unit.columns) {
    if (column.un_devstate == RCS_RESYNC && column.has(MD_RAID_DEV_ERRED)) return true;
  }
  return false;
}

/// What the column's flags become with its new state (rule 6, and what a last-errored column is worth).
void settle_flags(Column& column, ColumnState was, bool had_right_data) noexcept {
  if (column.un_devstate == RCS_ERRED) column.un_devflags |= MD_RAID_MISSED_WRITE;
  // A half-built device is no last-errored column with complete data, whatever it missed.
  if (column.un_devstate == RCS_LAST_ERRED && was == RCS_RESYNC && !had_right_data) {
    column.un_devflags |= MD_RAID_MISSED_WRITE;
  }
  const bool completed = column.un_devstate == RCS_OKAY && (was == RCS_RESYNC || was == RCS_INIT);
  if (completed) column.un_devflags &= ~uint32_t{MD_RAID_MISSED_WRITE};
  if (column.un_devstate != RCS_LAST_ERRED) column.un_devflags &= ~uint32_t{MD_RAID_LOG_COMPLETE};
}

void force(Unit& unit, Column& column, ColumnState newstate, int64_t now_ns) noexcept {
  const ColumnState was = column.un_devstate;
  column.un_devstate = newstate;
  if (newstate == RCS_ERRED) column.un_devflags |= MD_RAID_MISSED_WRITE;
  if (newstate != RCS_LAST_ERRED || was != RCS_LAST_ERRED) column.un_devflags &= ~uint32_t{MD_RAID_LOG_COMPLETE};
  switch (newstate) {
    case RCS_INIT:
      unit.un_state = RUS_INIT;
      break;
    case RCS_OKAY:
      unit.un_state = RUS_OKAY;
      break;
    case RCS_RESYNC:
      unit.un_state = unit.un_state == RUS_LAST_ERRED ? RUS_LAST_ERRED : RUS_ERRED;
      break;
    default:
      unit.un_state = RUS_ERRED;
      break;
  }
  column.un_devtimestamp_ns = now_ns;
  unit.un_timestamp_ns = now_ns;
}

/// Rules 4 and 5, with the new state already in place.
UnitState provisional(const Unit& unit, UnitState before) noexcept {
  UnitState state = before;
  if (unit.count(RCS_OKAY) == unit.columns.size()) {
    state = RUS_OKAY;
  } else if (beyond_tolerance(unit)) {
    state = RUS_LAST_ERRED;
  } else if (unit.count(errored_states | RCS_INIT_ERRED) == 1 && before != RUS_LAST_ERRED) {
    state = RUS_ERRED;
  }
  return before == RUS_DOI ? RUS_DOI : state;
}

/// Rule 7, and RT-05 where nothing errored is left though the rule does not name it: the last-errored column
/// came back while the only other one is RESYNC.
UnitState settled(const Unit& unit, UnitState state) noexcept {
  const bool single = unit.count(RCS_LAST_ERRED) == 0 && unit.count(RCS_ERRED) == 1 && weak_columns(unit) == 0;
  if (single && state != RUS_DOI) return RUS_ERRED;
  if (state != RUS_LAST_ERRED || unit.count(errored_states) > 0) return state;
  return unit.count(RCS_INIT_ERRED | RCS_RESYNC) > 0 ? RUS_ERRED : RUS_OKAY;
}

/// Rule 9.
StateEffect notice(Column& column, ColumnIndex col, ColumnState was, UnitState before, UnitState after) noexcept {
  constexpr uint32_t bad = RUS_ERRED | RUS_LAST_ERRED | RUS_DOI;
  StateEffect effect{.column = col, .device = column.now.dev};
  bool close = false;
  if ((before & bad) == 0 && (after & bad) != 0) {
    effect.needs_maint = true;
    effect.last_errored_note = after == RUS_LAST_ERRED;
    close = after != RUS_LAST_ERRED;
  } else if (was == RCS_LAST_ERRED && column.un_devstate == RCS_ERRED) {
    close = true;
  }
  if (close && column.has(MD_RAID_DEV_ISOPEN)) {
    effect.close_device = true;
    column.un_devflags &= ~uint32_t{MD_RAID_DEV_ISOPEN};
  }
  return effect;
}

void set_normally(Unit& unit, ColumnIndex col, ColumnState newstate, int64_t now_ns, StateChange& change) {
  Column& column = unit.columns[col.value];
  const ColumnState was = column.un_devstate;
  const bool had_right_data = !counts_as_weak(column);
  const UnitState before = unit.un_state;
  if (was == newstate) return;
  if (newstate == RCS_REGEN) {
    if (unit.count(RCS_OKAY) == unit.columns.size()) unit.un_state = RUS_REGEN;
    return;
  }

  column.un_devstate = newstate;
  RAIDSIM_ASSERT(unit.count(RCS_RESYNC) < 2);  // RT-02
  const UnitState provisionally = provisional(unit, before);
  if (newstate == RCS_ERRED && unit.count(RCS_OKAY) != unit.columns.size() && beyond_tolerance(unit)) {
    column.un_devstate = RCS_LAST_ERRED;
  }
  column.un_devtimestamp_ns = now_ns;
  settle_flags(column, was, had_right_data);

  unit.un_state = settled(unit, provisionally);
  unit.un_timestamp_ns = now_ns;
  change.add(notice(column, col, was, before, unit.un_state));

  if (was != RCS_RESYNC || column.un_devstate != RCS_OKAY) return;
  for (uint64_t other = 0; other < unit.columns.size(); ++other) {  // rule 10: only the lowest one
    if (unit.columns[other].un_devstate != RCS_LAST_ERRED) continue;
    set_normally(unit, ColumnIndex{other}, RCS_ERRED, now_ns, change);
    return;
  }
}

}  // namespace

void StateChange::add(const StateEffect& effect) {
  RAIDSIM_ASSERT(count_ < effects_.size());
  effects_[count_++] = effect;
}

StateChange raid_set_state(Unit& unit, ColumnIndex col, ColumnState newstate, Flavour flavour, int64_t now_ns) {
  RAIDSIM_ASSERT(col.value < unit.columns.size());
  RAIDSIM_ASSERT(is_argument(newstate));
  StateChange change;
  if (flavour == Flavour::forced) {
    RAIDSIM_ASSERT(newstate != RCS_REGEN);
    force(unit, unit.columns[col.value], newstate, now_ns);
  } else {
    set_normally(unit, col, newstate, now_ns, change);
  }
  // A resync that runs ends with its flags; one that was only recorded ends here (RT-12).
  Column& column = unit.columns[col.value];
  if (column.un_devstate != RCS_RESYNC && !unit.has(MD_UN_RESYNC_ACTIVE)) {
    column.un_devflags &= ~uint32_t{MD_RAID_COPY_RESYNC | MD_RAID_REGEN_RESYNC};
  }
  return change;
}

bool counts_as_weak(const Column& column) noexcept {
  return column.weak() || (column.copying() && column.has(MD_RAID_DEV_ERRED));
}

UnitState state_of_columns(const Unit& unit) noexcept {
  if (beyond_tolerance(unit)) return RUS_LAST_ERRED;
  const bool degraded = unit.count(errored_states | RCS_INIT_ERRED) > 0 || rebuilds_errored(unit);
  return degraded ? RUS_ERRED : RUS_OKAY;
}

void recompute_state(Unit& unit, int64_t now_ns) noexcept {
  if ((unit.un_state & (RUS_INIT | RUS_DOI | RUS_REGEN)) != 0) return;
  const UnitState state = state_of_columns(unit);
  if (state != RUS_LAST_ERRED) {
    for (Column& column : unit.columns) {
      if (column.un_devstate != RCS_LAST_ERRED) continue;
      column.un_devstate = RCS_ERRED;
      column.un_devtimestamp_ns = now_ns;
      column.un_devflags |= MD_RAID_MISSED_WRITE;
      column.un_devflags &= ~uint32_t{MD_RAID_LOG_COMPLETE};
    }
  }
  if (state == unit.un_state) return;
  unit.un_state = state;
  unit.un_timestamp_ns = now_ns;
}

void note_missed_home_write(Unit& unit, ColumnIndex col) noexcept {
  Column& column = unit.columns[col.value];
  const bool first = column.un_devstate == RCS_LAST_ERRED && !column.has(MD_RAID_MISSED_WRITE);
  column.un_devflags |= MD_RAID_MISSED_WRITE;
  if (first) column.un_devflags |= MD_RAID_LOG_COMPLETE;
}

uint32_t Unit::count(uint32_t mask) const noexcept {
  uint32_t n = 0;
  for (const Column& column : columns) n += (column.un_devstate & mask) != 0 ? 1U : 0U;
  return n;
}

bool valid_for(const Unit& unit, const Column& column, LineIndex line) noexcept {
  switch (column.un_devstate) {
    case RCS_OKAY:
      return true;
    case RCS_LAST_ERRED:
      return !column.has(MD_RAID_MISSED_WRITE);
    case RCS_RESYNC:
      if (column.has(MD_RAID_COPY_RESYNC)) return !column.has(MD_RAID_DEV_ERRED);
      // The resync line is moved before a region is rebuilt; readers do not wait for that region (RL-15).
      return line.value < unit.un_resync_line_index && line.value < unit.un_resync_busy_line;
    default:
      return false;
  }
}

bool usable_for_write(const Unit& unit, const Column& column, LineIndex line) noexcept {
  RAIDSIM_ASSERT(!column.absent());
  switch (column.un_devstate) {
    case RCS_OKAY:
      return true;
    case RCS_RESYNC:
      if (column.has(MD_RAID_COPY_RESYNC)) return !column.has(MD_RAID_DEV_ERRED);
      return line.value < unit.un_resync_line_index;
    default:
      return false;
  }
}

bool logs_are_kept(const Unit& unit) noexcept {
  for (const Column& column : unit.columns) {
    if (column.has(MD_RAID_LOG_COMPLETE)) return true;
  }
  return false;
}

bool up_for_replay(const Column& column) noexcept {
  switch (column.un_devstate) {
    case RCS_OKAY:
      return true;
    case RCS_LAST_ERRED:
      // D-17: one that can come back takes part once its device is open.
      return !column.has(MD_RAID_MISSED_WRITE) || column.has(MD_RAID_LOG_COMPLETE | MD_RAID_DEV_ISOPEN);
    case RCS_RESYNC:
      return column.has(MD_RAID_COPY_RESYNC) && !column.has(MD_RAID_DEV_ERRED);
    default:
      return false;
  }
}

const char* name_of(ColumnState state) noexcept {
  switch (state) {
    case RCS_UNUSED:
      return "RCS_UNUSED";
    case RCS_INIT:
      return "RCS_INIT";
    case RCS_OKAY:
      return "RCS_OKAY";
    case RCS_ERRED:
      return "RCS_ERRED";
    case RCS_LAST_ERRED:
      return "RCS_LAST_ERRED";
    case RCS_RESYNC:
      return "RCS_RESYNC";
    case RCS_INIT_ERRED:
      return "RCS_INIT_ERRED";
    case RCS_REGEN:
      return "RCS_REGEN";
  }
  return "?";
}

const char* name_of(UnitState state) noexcept {
  switch (state) {
    case RUS_UNUSED:
      return "RUS_UNUSED";
    case RUS_INIT:
      return "RUS_INIT";
    case RUS_OKAY:
      return "RUS_OKAY";
    case RUS_ERRED:
      return "RUS_ERRED";
    case RUS_LAST_ERRED:
      return "RUS_LAST_ERRED";
    case RUS_DOI:
      return "RUS_DOI";
    case RUS_REGEN:
      return "RUS_REGEN";
  }
  return "?";
}

const char* word_of(ColumnState state) noexcept {
  switch (state) {
    case RCS_UNUSED:
      return "unused";
    case RCS_INIT:
      return "init";
    case RCS_OKAY:
      return "okay";
    case RCS_ERRED:
      return "errored";
    case RCS_LAST_ERRED:
      return "last-errored";
    case RCS_RESYNC:
      return "resync";
    case RCS_INIT_ERRED:
      return "init-errored";
    case RCS_REGEN:
      return "regen";
  }
  return "?";
}

const char* word_of(UnitState state) noexcept {
  switch (state) {
    case RUS_UNUSED:
      return "unused";
    case RUS_INIT:
      return "init";
    case RUS_OKAY:
      return "okay";
    case RUS_ERRED:
      return "errored";
    case RUS_LAST_ERRED:
      return "last-errored";
    case RUS_DOI:
      return "doi";
    case RUS_REGEN:
      return "regen";
  }
  return "?";
}

}  // namespace raidsim::raid
