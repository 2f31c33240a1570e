// model/raid/state.h: the state function: how a column changes state and what that makes of the unit.
//
// Pure: it changes the Unit value alone. What else has to happen (a message, a device to close) comes back as
// a value, which raid_unit's side carries out; nothing here commits, emits an event or suspends.
//
//   RT-02  At most one column is RESYNC.
//   RT-05  The unit is LAST_ERRED iff something is errored and errored + weak columns are two or more.
//   RT-14  ERRED implies MISSED_WRITE; OKAY implies not MISSED_WRITE.
//
// Source  spec/raid-data-model.md 4.3, RH-03, RH-18
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "model/raid/types.h"
#include "model/raid/unit.h"

namespace raidsim::raid {

/// What a change of state asks for beyond the unit itself, for one column.
struct StateEffect {
  ColumnIndex column;
  DeviceNumber device = no_device;  ///< un_dev of the column, for the messages
  bool needs_maint = false;         ///< [msg NEEDS_MAINT]
  bool last_errored_note = false;   ///< [msg LAST_ERRED_NOTE], after it
  bool close_device = false;        ///< close un_dev; MD_RAID_DEV_ISOPEN is already cleared
  bool operator==(const StateEffect&) const = default;
};

/// Effects of one call, in order: of the column itself, then of the one that rule 10 turned ERRED.
class StateChange {
 public:
  void add(const StateEffect& effect);
  [[nodiscard]] std::span<const StateEffect> effects() const noexcept { return {effects_.data(), count_}; }

 private:
  std::array<StateEffect, 2> effects_{};
  size_t count_ = 0;
};

enum class Flavour : uint8_t { normal, forced };

/// raid_set_state: gives column `col` the state `newstate` and the unit the state that follows.
///
/// Shape   `col` < N; `newstate` one of INIT, INIT_ERRED, OKAY, RESYNC, ERRED, LAST_ERRED, REGEN; for RESYNC the
///         column's COPY or REGEN flag is set before the call, so that RH-03 can tell a copy from a rebuild
/// Locks   unit lock (W), or the unit is not visible
/// Source  spec/raid-data-model.md 4.3
[[nodiscard]] StateChange raid_set_state(Unit& unit, ColumnIndex col, ColumnState newstate, Flavour flavour,
                                         int64_t now_ns);

/// RH "weak", and the copy whose source is errored (RH-17), which becomes a rebuild at its hand-over (RH-16):
/// the column counts as failed.
[[nodiscard]] bool counts_as_weak(const Column& column) noexcept;

/// Which unit state the column states alone call for (RH-18):
///
///   two or more of ERRED, LAST_ERRED, weak                                    LAST_ERRED
///   one ERRED or LAST_ERRED, an INIT_ERRED, or a rebuild of an errored column ERRED
///   anything else                                                             OKAY
[[nodiscard]] UnitState state_of_columns(const Unit& unit) noexcept;

/// Sets the unit state to state_of_columns(), unless it is INIT, DOI or REGEN; stamps it when it changes. A unit
/// that takes writes leaves a last-errored column out of them, so it is plainly ERRED from here on.
/// Called when an operation has made its last change, before its commit.
void recompute_state(Unit& unit, int64_t now_ns) noexcept;

/// A home write to the column failed, and its new state is already set: it missed that write. A last-errored
/// column that had missed none before can still be brought back from the log (D-17).
void note_missed_home_write(Unit& unit, ColumnIndex col) noexcept;

/// raid-io.md 7.3, RH-17: a partial write may go to this column at rows of `line`.
/// Shape  the column is neither INIT nor INIT_ERRED
[[nodiscard]] bool usable_for_write(const Unit& unit, const Column& column, LineIndex line) noexcept;

/// D-17: the logs still hold what some last-errored column missed.
[[nodiscard]] bool logs_are_kept(const Unit& unit) noexcept;

/// RH-09: a column whose log counts in a replay.
[[nodiscard]] bool up_for_replay(const Column& column) noexcept;

}  // namespace raidsim::raid
