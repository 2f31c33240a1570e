// model/raid/admin/set_sync.h: starts what a restart left open: initialisation, resync, regeneration, or the log
// replay (spec/raid-admin.md 8). The boot fiber issues it for every unit (D-02).
#pragma once

#include "model/md/error.h"
#include "model/raid/raid_unit.h"

namespace raidsim::raid {

/// Suspends. Errors  MDE_RAID_DOI, MDE_RESYNC_ACTIVE, MDE_DB_STALE, MDE_RAID_OPEN_FAILURE
[[nodiscard]] md::Error raid_setsync(md::System& system, md::Minor minor);

}  // namespace raidsim::raid
