// model/raid/admin/get_sync.h: progress of what runs on the unit (spec/raid-admin.md 9).
#pragma once

#include "model/md/error.h"
#include "model/raid/raid_unit.h"

namespace raidsim::raid {

enum SyncFlag : uint32_t { MD_RI_INPROGRESS = 0x1, MD_GROW_INPROGRESS = 0x2 };

struct SyncStatus {
  uint32_t flags = 0;  ///< SyncFlag
  uint32_t per_mille_done = 0;
  uint32_t percent_dirty = 0;
  bool operator==(const SyncStatus&) const = default;
};

/// Pure: what a unit in this state shows.
[[nodiscard]] SyncStatus sync_status(const Unit& unit) noexcept;

/// Suspends. Errors  of raid_getun()
[[nodiscard]] md::Error raid_getsync(md::System& system, md::Minor minor, SyncStatus& status);

}  // namespace raidsim::raid
