// model/raid/init.h: zeroing of INIT columns, at creation, after grow, or after a failed one (spec/raid-resync.md 7).
#pragma once

#include "model/md/error.h"
#include "model/raid/raid_unit.h"

namespace raidsim::raid {

/// Starts the init thread (7.1).
///
/// Shape     GROW_PENDING is set
/// Locks     none of the unit's. Suspends
/// Errors    MDE_DB_STALE, MDE_RAID_OPEN_FAILURE
[[nodiscard]] md::Error raid_init_unit(md::System& system, md::Minor minor);

/// Unit after an initialisation whose columns have their new states (7.2 step 10, RH-26b). Pure.
/// `before` is the unit state when it began; `failed` says whether a column failed.
void settle_initialised(Unit& unit, UnitState before, bool failed, int64_t now_ns) noexcept;

}  // namespace raidsim::raid
