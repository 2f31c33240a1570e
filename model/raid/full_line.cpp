// model/raid/full_line.cpp
#include "model/raid/full_line.h"

#include <cstring>

#include "engine/assert.h"
#include "model/raid/io_error.h"
#include "model/raid/parity.h"
#include "model/raid/pre_write.h"
#include "model/raid/stage.h"
#include "model/raid/write.h"

namespace raidsim::raid {
namespace {

/// Whether the column takes part: all but one that is not OKAY do (step 0).
bool takes_part(const Child& cs, ColumnIndex column) { return cs.unit->column(column).un_devstate == RCS_OKAY; }

void write_home(Child& cs, Transfer& transfer, ColumnIndex column, std::byte* buffer) {
  if (!takes_part(cs, column)) return;
  issue(cs, transfer, IoOp::write, column, Target::now, Purpose::home,
        cs.unit->column(column).now.devstart + cs.rows.first, cs.cs_blkcnt, buffer + block_bytes);
}

void line_logged(Child& cs) {
  pre_writes_done(cs);
  begin_stage(cs, Stage::WRITE_DONE, finish, raid_write_error, raid_write_no_retry);
  for (uint32_t i = 0; i < cs.buflist_count; ++i) {
    ColumnBuffer& further = cs.cs_buflist[i];
    write_home(cs, further.transfer, further.column, further.buffer);
  }
  write_home(cs, cs.cs_dbuf, cs.cs_dcolumn, cs.cs_dbuffer);
  write_home(cs, cs.cs_pbuf, cs.cs_pcolumn, cs.cs_pbuffer);
  stage_issued(cs);
}

void log_column(Child& cs, Transfer& transfer, ColumnIndex column, int32_t slot, std::byte* buffer,
                ColumnIndex partner) {
  if (!takes_part(cs, column)) return;
  issue_erases(cs, column);
  issue_pre_write(cs, transfer, nullptr, column, slot, buffer, static_cast<int32_t>(partner.value),
                  cs.unit->un.un_totalcolumncnt);
}

/// Copies one segment of the caller's and adds it to the parity.
void fill(Child& cs, std::byte* buffer, size_t segment) {
  const size_t bytes = cs.payload_bytes();
  std::memcpy(buffer + block_bytes, cs.caller_data + segment * bytes, bytes);
  xor_into(cs.parity_payload(), buffer + block_bytes, bytes);
}

}  // namespace

void list_further_columns(Child& cs) {
  const uint64_t columns = cs.unit->un.columns.size();
  if (cs.cs_buflist.size() < columns - 2) cs.cs_buflist = std::vector<ColumnBuffer>(columns - 2);
  cs.buflist_count = 0;
  for (uint64_t step = 1; step < columns; ++step) {
    const ColumnIndex column{(cs.cs_dcolumn.value + step) % columns};
    if (column == cs.cs_pcolumn) continue;
    ColumnBuffer& further = cs.cs_buflist[cs.buflist_count++];
    further.column = column;
    further.slot = -1;
    further.transfer.used = false;
  }
}

bool probe_columns(RaidUnit& unit) {
  alignas(32) std::byte block[block_bytes];
  for (uint64_t i = 0; i < unit.un.columns.size(); ++i) {
    const ColumnIndex c{i};
    ReadHold held = unit.unit_lock.read();
    const Column& column = unit.column(c);
    const md::NameKey key = column.hot_spared() ? column.un_hs_key : column.un_orig_key;
    const DeviceNumber present = unit.system.names.md_resolve_bydevid(unit.minor, column.now.dev, key);
    const bool good = present == column.now.dev && present != no_device &&
                      unit.read_sync(c, Target::now, column.now.pwstart, 1, block) == 0;
    held.release();
    if (!good) return false;
  }
  return true;
}

void raid_write_full_line(Child& cs) {
  RaidUnit& unit = *cs.unit;
  const uint64_t left_out = unit.un.columns.size() - unit.un.count(RCS_OKAY);
  if (unit.un.un_state == RUS_LAST_ERRED || left_out > 1) return fail_write(cs, EIO);
  ++unit.statistics.full_lines;
  RAIDSIM_SOMETIMES(left_out == 1, "write: a full line without one column");
  std::memset(cs.parity_payload(), 0, cs.payload_bytes());
  begin_stage(cs, Stage::LINE_PWDONE, line_logged, raid_write_error, raid_write_full_line);
  fill(cs, cs.cs_dbuffer, 0);
  log_column(cs, cs.cs_dbuf, cs.cs_dcolumn, cs.cs_dpwslot, cs.cs_dbuffer, cs.cs_pcolumn);
  for (uint32_t i = 0; i < cs.buflist_count; ++i) {
    ColumnBuffer& further = cs.cs_buflist[i];
    fill(cs, further.buffer, i + 1);
    log_column(cs, further.transfer, further.column, further.slot, further.buffer, cs.cs_pcolumn);
  }
  log_column(cs, cs.cs_pbuf, cs.cs_pcolumn, cs.cs_ppwslot, cs.cs_pbuffer, cs.cs_dcolumn);
  stage_issued(cs);
}

}  // namespace raidsim::raid
