// model/raid/admin/get_sync.cpp
#include "model/raid/admin/get_sync.h"

#include <algorithm>

#include "model/raid/admin/lookup.h"

namespace raidsim::raid {
namespace {

uint32_t per_mille(uint64_t done, uint64_t of) {
  return of == 0 ? 0 : static_cast<uint32_t>(std::min<uint64_t>(1000, 1000 * done / of));
}

}  // namespace

SyncStatus sync_status(const Unit& unit) noexcept {
  SyncStatus status;
  if (unit.has(MD_UN_RESYNC_ACTIVE)) {
    status.flags |= MD_RI_INPROGRESS;
    status.per_mille_done = per_mille(unit.un_resync_line_index, unit.un_segsincolumn);
  }
  if (unit.un_state == RUS_INIT) {
    status.flags |= MD_GROW_INPROGRESS;
    status.per_mille_done = per_mille(unit.un_init_iocnt, unit.rows() * unit.un_totalcolumncnt);
  } else if (unit.has(MD_UN_GROW_PENDING)) {
    status.flags |= MD_GROW_INPROGRESS;
    status.per_mille_done = per_mille(unit.un_init_iocnt, unit.rows() * unit.un_init_colcnt);
  }
  if (unit.un_state == RUS_REGEN) status.per_mille_done = unit.un_percent_done;
  const uint32_t dirty = unit.count(RCS_INIT | RCS_ERRED | RCS_LAST_ERRED);
  if (unit.un_totalcolumncnt != 0) status.percent_dirty = 100 * dirty / unit.un_totalcolumncnt;
  return status;
}

md::Error raid_getsync(md::System& system, md::Minor minor, SyncStatus& status) {
  const Looked looked = raid_getun(system, minor, LockSet::read);
  if (looked.unit == nullptr) return looked.error;
  status = sync_status(looked.unit->un);
  return md::no_error;
}

}  // namespace raidsim::raid
