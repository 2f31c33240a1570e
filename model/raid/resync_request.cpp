// model/raid/resync_request.cpp
#include "model/raid/resync_request.h"

#include "engine/assert.h"

namespace raidsim::raid {

bool resync_refused(const Unit& unit, ColumnIndex col) noexcept {
  const Column& column = unit.columns[col.value];
  if (column.has(MD_RAID_RESYNC)) return false;  // a restart of a recorded resync
  return (unit.un_status & (MD_UN_RESYNC_ACTIVE | MD_UN_GROW_PENDING)) != 0 || unit.count(RCS_RESYNC) != 0;
}

RequestResult resync_request(Unit& unit, ColumnIndex col, ResyncKind kind, int64_t now_ns) {
  RequestResult result;
  if (resync_refused(unit, col)) return result;
  Column& column = unit.columns[col.value];
  if (column.un_devstate != RCS_RESYNC) {  // RH-17
    const bool errored = (column.un_devstate & (RCS_ERRED | RCS_LAST_ERRED)) != 0;
    column.un_devflags &= ~uint32_t{MD_RAID_DEV_ERRED};
    if (errored) column.un_devflags |= MD_RAID_DEV_ERRED;
  }
  column.un_devflags &= ~uint32_t{MD_RAID_COPY_RESYNC | MD_RAID_REGEN_RESYNC | MD_RAID_RESYNC_ERRED};
  column.un_devflags |= kind == ResyncKind::copy ? MD_RAID_COPY_RESYNC : MD_RAID_REGEN_RESYNC;
  unit.un_status |= MD_UN_RESYNC_ACTIVE;
  unit.un_resync_index = static_cast<int64_t>(col.value);
  unit.un_resync_line_index = 0;
  unit.un_resync_busy_line = bad_address;
  result.change = raid_set_state(unit, col, RCS_RESYNC, Flavour::normal, now_ns);
  if (unit.un_state != RUS_OKAY) recompute_state(unit, now_ns);
  result.granted = true;
  return result;
}

void release_resync_request(Unit& unit) noexcept {
  constexpr uint32_t flags = MD_RAID_RESYNC | MD_RAID_RESYNC_ERRED | MD_RAID_COPY_RESYNC | MD_RAID_REGEN_RESYNC;
  unit.un_status &= ~uint32_t{MD_UN_RESYNC_ACTIVE | MD_UN_RESYNC_FORCED};
  if (unit.un_resync_index != no_column) {
    unit.columns[static_cast<size_t>(unit.un_resync_index)].un_devflags &= ~flags;
  }
  unit.un_resync_line_index = 0;
  unit.un_resync_busy_line = bad_address;
  unit.un_resync_copysize = 0;
  unit.un_resync_index = no_column;
}

}  // namespace raidsim::raid
