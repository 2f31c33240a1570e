// model/raid/admin/set_sync.cpp
#include "model/raid/admin/set_sync.h"

#include "engine/assert.h"
#include "model/raid/admin/lookup.h"
#include "model/raid/init.h"
#include "model/raid/open_close.h"
#include "model/raid/regen.h"
#include "model/raid/resync.h"
#include "model/raid/resync_request.h"
#include "model/raid/scoped_hold.h"
#include "model/raid/unit_state.h"

namespace raidsim::raid {
namespace {

int64_t lowest_resync_column(const Unit& unit) {
  for (size_t i = 0; i < unit.columns.size(); ++i) {
    if (unit.columns[i].un_devstate == RCS_RESYNC) return static_cast<int64_t>(i);
  }
  return no_column;
}

/// Claims the recorded resync again. False: no column is RESYNC any more.
bool claim_resync(RaidUnit& unit) {
  const ScopedWrite held(unit.unit_lock.write());
  const int64_t found = lowest_resync_column(unit.un);
  if (found == no_column) return false;
  const ColumnIndex col{static_cast<uint64_t>(found)};
  Column& column = unit.column(col);
  const bool copy = column.has(MD_RAID_COPY_RESYNC) && column.hot_spared();
  if (copy) column.alt = column.orig;
  column.un_devflags |= MD_RAID_RESYNC;
  const ResyncKind kind = copy ? ResyncKind::copy : ResyncKind::regen;
  const RequestResult requested = resync_request(unit.un, col, kind, unit.system.wall_ns());
  RAIDSIM_ASSERT(requested.granted);
  carry_out(unit, requested.change);
  return true;
}

/// The start failed: the request goes, the column stays RESYNC, as recorded, for the next set-sync.
void keep_as_recorded(RaidUnit& unit, uint32_t flags_before) {
  const ScopedWrite held(unit.unit_lock.write());
  release_resync_request(unit.un);
  const int64_t found = lowest_resync_column(unit.un);
  if (found == no_column) return;
  Column& column = unit.un.columns[static_cast<size_t>(found)];
  column.un_devflags |= flags_before & (MD_RAID_COPY_RESYNC | MD_RAID_REGEN_RESYNC);
  column.alt = DeviceGroup{.dev = no_device, .pwstart = 0, .devstart = 0};
}

md::Error open_and_close(RaidUnit& unit) {
  if (open_for_driver(unit) != 0) return md::mdmderror(md::MDE_RAID_OPEN_FAILURE, unit.minor);
  const ScopedWrite io(unit.io_lock.write());
  close_for_driver(unit);
  return md::no_error;
}

}  // namespace

md::Error raid_setsync(md::System& system, md::Minor minor) {
  Looked looked = raid_getun(system, minor, LockSet::writers);
  if (looked.unit == nullptr) return looked.error;
  RaidUnit& unit = *looked.unit;
  if (unit.un.un_state == RUS_DOI) return md::mdmderror(md::MDE_RAID_DOI, minor);
  if (unit.un.has(MD_UN_RESYNC_ACTIVE)) return md::mdmderror(md::MDE_RESYNC_ACTIVE, minor);
  const bool regen = unit.un.un_state == RUS_REGEN && !unit.un.has(MD_UN_REGEN_RUNNING);
  const int64_t recorded = lowest_resync_column(unit.un);
  const uint32_t flags = recorded == no_column ? 0 : unit.un.columns[static_cast<size_t>(recorded)].un_devflags;
  const bool init = unit.un.count(RCS_INIT) != 0 || unit.un.un_state == RUS_INIT;
  unit.un.un_percent_done = 0;
  if (init) unit.un.un_status |= MD_UN_GROW_PENDING;  // claimed before the locks go: no resync may slip in (RT-11)
  looked.locks.drop();

  if (init) return raid_init_unit(system, minor);
  if (recorded != no_column && claim_resync(unit)) {
    const md::Error error = raid_resync_unit(system, minor);
    if (!error.is_ok()) keep_as_recorded(unit, flags);
    return error;
  }
  if (regen) return raid_regen_unit(system, minor);
  return open_and_close(unit);
}

}  // namespace raidsim::raid
