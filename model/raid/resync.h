// model/raid/resync.h: rebuilds or copies one column's content to its new device (spec/raid-resync.md 2 to 5).
//
//   request ──> raid_resync_unit: internal open ──> fiber: set-up ─> regions, line by line ─> outcome, commit
//                     │ fails                               │ spare unreadable: hand-over, goes on rebuilding
//                     └──> the caller gives it up            └──> resync_outcome.h says what becomes of column and
//                     spare
#pragma once

#include "model/md/error.h"
#include "model/raid/raid_unit.h"

namespace raidsim::raid {

/// Starts the resync thread for the request that stands (2.3).
///
/// Shape     the column at un_resync_index was made RESYNC with COPY or REGEN
/// Locks     none of the unit's
/// Suspends  for the internal open
/// Errors    MDE_DB_STALE, MDE_RAID_OPEN_FAILURE: the request stands; the caller releases it and restores the column's
///           state in one hold. Released alone, it would leave a RESYNC column that counts as neither gone nor good
[[nodiscard]] md::Error raid_resync_unit(md::System& system, md::Minor minor);

}  // namespace raidsim::raid
