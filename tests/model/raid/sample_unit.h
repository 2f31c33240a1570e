// tests/model/raid/sample_unit.h: a whole unit record, for tests that need no disks.
#pragma once

#include "model/raid/unit.h"

namespace raidsim::raid::testing {

/// Four columns, interlace 8, three lines, ten slots; everything OKAY.
inline Unit sample_unit(uint32_t columns = 4) {
  Unit unit;
  unit.un_self_id = 10;
  unit.un_record_id = 3;
  unit.un_state = RUS_OKAY;
  unit.un_origcolumncnt = unit.un_totalcolumncnt = columns;
  unit.un_segsize = 8;
  unit.un_segsincolumn = 3;
  unit.un_maxio = 64;
  unit.un_iosize = 9;
  unit.un_pwcnt = 10;
  unit.un_pwsize = 90;
  unit.un_actual_tb = unit.un_total_blocks = unit.rows() * (columns - 1);
  unit.columns.resize(columns);
  for (uint32_t i = 0; i < columns; ++i) {
    Column& column = unit.columns[i];
    column.un_devstate = RCS_OKAY;
    column.un_orig_key = i + 1;
    column.orig = column.now = {.dev = disk_slice(i, 0), .pwstart = 0, .devstart = unit.un_pwsize};
  }
  return unit;
}

}  // namespace raidsim::raid::testing
