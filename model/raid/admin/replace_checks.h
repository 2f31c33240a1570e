// model/raid/admin/replace_checks.h: which column a replace or enable means, and whether its state allows it; pure
// (spec/raid-admin.md 5.1, 5.2).
#pragma once

#include "model/md/error.h"
#include "model/raid/unit.h"

namespace raidsim::raid {

/// 5.1, under the unit lock (R), before anything else is looked at.
/// Errors  in order: MDE_RESYNC_ACTIVE, MDE_RAID_DOI, MDE_IN_USE (RH-24.5: also while the unit is REGEN)
[[nodiscard]] md::Error refused_before_locking(const Unit& unit) noexcept;

/// 5.2 steps 3 to 5, under all locks.
/// Errors  MDE_RESYNC_ACTIVE, MDE_REPL_INVAL_STATE, MDE_IN_USE, MDE_RAID_NEED_FORCE, MDE_RAID_COMP_ERRED
[[nodiscard]] md::Error refused_by_state(const Unit& unit, ColumnIndex col, bool force) noexcept;

}  // namespace raidsim::raid
