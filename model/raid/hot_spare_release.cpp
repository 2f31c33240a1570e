// model/raid/hot_spare_release.cpp
#include "model/raid/hot_spare_release.h"

#include "engine/assert.h"
#include "model/raid/column_device.h"

namespace raidsim::raid {

md::RecordId raid_hs_release(RaidUnit& unit, ColumnIndex col, hotspare::ReleaseAs as) {
  close_column(unit, col);
  const md::RecordId spare = unit.system.hs().release(unit.un.un_hsp_id, unit.column(col).un_hs_key, as);
  Column& column = unit.column(col);
  column.un_hs_id = 0;
  column.un_hs_key = 0;
  column.un_hs_pwstart = 0;
  column.un_hs_devstart = 0;
  return spare;
}

void return_to_original(RaidUnit& unit, ColumnIndex col) {
  Column& column = unit.column(col);
  RAIDSIM_ASSERT(!column.hot_spared() && !column.has(MD_RAID_DEV_ISOPEN));
  column.now = column.orig;
}

void commit_with_release(RaidUnit& unit, const WriteHold& held, md::RecordId spare) {
  unit.commit(held, {spare});
  if (spare != 0) unit.system.hs().release_committed(spare);
}

}  // namespace raidsim::raid
