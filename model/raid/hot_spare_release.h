// model/raid/hot_spare_release.h: giving a column's spare back to its pool (spec/raid-hotspare.md 4).
#pragma once

#include "model/raid/raid_unit.h"

namespace raidsim::raid {

/// raid_hs_release: closes un_dev, returns the spare to the pool as FREE or BROKEN and forgets it. Returns its
/// record id, 0 when the pool refused: the caller commits it in one group with the unit, then calls
/// hs().release_committed() (HL-06). un_dev and the column's state are the caller's to set.
/// Locks  unit lock (W), or the unit is not visible. Suspends
[[nodiscard]] md::RecordId raid_hs_release(RaidUnit& unit, ColumnIndex col, hotspare::ReleaseAs as);

/// The un_dev group becomes the column's own again. Shape  not hot spared, not open
void return_to_original(RaidUnit& unit, ColumnIndex col);

/// Commits the unit and, if one was given back, the spare's record; then says so to the pool service.
/// Locks  unit lock (W), `held`. Suspends
void commit_with_release(RaidUnit& unit, const WriteHold& held, md::RecordId spare);

}  // namespace raidsim::raid
