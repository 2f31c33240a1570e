// model/raid/regen.h: recomputes the parity of the whole unit (spec/raid-resync.md 8, RH-24).
#pragma once

#include "model/md/error.h"
#include "model/raid/raid_unit.h"

namespace raidsim::raid {

/// MD_IOCSETREGEN (8.1). Suspends.
/// Errors  MDE_IN_USE, MDE_RESYNC_ACTIVE, MDE_RAID_NOT_OKAY, of raid_regen_unit()
[[nodiscard]] md::Error raid_regen(md::System& system, md::Minor minor);

/// Starts the thread of a unit that is REGEN (8.2). Errors  MDE_DB_STALE, MDE_RAID_OPEN_FAILURE: the unit stays REGEN
[[nodiscard]] md::Error raid_regen_unit(md::System& system, md::Minor minor);

}  // namespace raidsim::raid
