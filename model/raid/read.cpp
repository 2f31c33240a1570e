// model/raid/read.cpp
#include "model/raid/read.h"

#include <cstring>

#include "engine/assert.h"
#include "model/raid/io_error.h"
#include "model/raid/parity.h"
#include "model/raid/regen_rows.h"
#include "model/raid/stage.h"

namespace raidsim::raid {
namespace {

void raid_read_io(Child& cs);
void rebuild_next(Child& cs);
void raid_read_no_retry(Child& cs);

bool read_directly(const Child& cs) noexcept {
  const Column& column = cs.unit->column(cs.cs_dcolumn);
  return column.un_devstate == RCS_OKAY ||
         (column.un_devstate == RCS_LAST_ERRED && !column.has(MD_RAID_MISSED_WRITE) && !cs.is(MD_RCS_RECOVERY));
}

bool needs_buffers(const Child& cs) noexcept { return cs.unit->un.un_state == RUS_REGEN || !read_directly(cs); }

void fail_read(Child& cs, int error) {
  record_error(*cs.cs_ps, error);
  finish(cs);
}

void direct_done(Child& cs) { finish(cs); }

void column_read(Child& cs) {
  xor_into(cs.data_payload(), cs.parity_payload(), cs.payload_bytes());
  ++cs.cs_loop;
  rebuild_next(cs);
}

void read_column(Child& cs, Child::Call retry) {
  begin_stage(cs, Stage::READ_DONE, direct_done, raid_read_error, retry);
  issue(cs, cs.cs_dbuf, IoOp::read, cs.cs_dcolumn, Target::now, Purpose::read,
        cs.unit->column(cs.cs_dcolumn).now.devstart + cs.rows.first, cs.cs_blkcnt, cs.caller_data);
  stage_issued(cs);
}

/// The others cannot give the rows. A column under resync that holds them already is read itself, once: if that fails
/// it is no longer valid (docs/decisions/0020).
void rebuild_failed(Child& cs) {
  const Column& column = cs.unit->column(cs.cs_dcolumn);
  const bool holds_them = column.un_devstate == RCS_RESYNC && valid_for(cs.unit->un, column, cs.cs_line);
  RAIDSIM_SOMETIMES(holds_them, "read: others fail, rebuilt rows are read where they are");
  holds_them ? read_column(cs, raid_read_no_retry) : fail_read(cs, EIO);
}

void raid_read_no_retry(Child& cs) { rebuild_failed(cs); }

/// On md_mstr_daemon, unit lock (R) held again.
void raid_read_retry(Child& cs) {
  cs.cs_flags |= MD_RCS_RECOVERY;
  if (!needs_buffers(cs) || cs.cs_dbuffer != nullptr || try_buffers(cs)) return raid_read_io(cs);
  // RH-25: a daemon does not wait for the pair, and nobody does under the locks. Another fiber starts again.
  RAIDSIM_SOMETIMES(true, "read: a rebuilt read begins again to wait for buffers");
  cs.unit_hold.release();
  raid_line_exit(cs);
  Child* const again = &cs;
  cs.unit->system.env.host->spawn("raid read restart", [again] {
    wait_for_buffers(*again);
    raid_read(*again);
  });
}

/// Reads the next other column, or hands the sum to the caller.
void rebuild_next(Child& cs) {
  RaidUnit& unit = *cs.unit;
  for (; cs.cs_loop < unit.un.columns.size(); ++cs.cs_loop) {
    const ColumnIndex source{cs.cs_loop};
    const Column& column = unit.column(source);
    if (source == cs.cs_dcolumn || column.absent()) continue;                // RH-02
    if (!valid_for(unit.un, column, cs.cs_line)) return rebuild_failed(cs);  // RH-01
    begin_stage(cs, Stage::READ_DONE, column_read, raid_read_error, raid_read_no_retry);
    issue(cs, cs.cs_pbuf, IoOp::read, source, Target::now, Purpose::read, column.now.devstart + cs.rows.first,
          cs.cs_blkcnt, cs.parity_payload());
    return stage_issued(cs);
  }
  std::memcpy(cs.caller_data, cs.data_payload(), cs.payload_bytes());
  finish(cs);
}

void raid_read_io(Child& cs) {
  RaidUnit& unit = *cs.unit;
  if (read_directly(cs)) return read_column(cs, raid_read_retry);
  if (unit.column(cs.cs_dcolumn).absent()) return fail_read(cs, EIO);
  RAIDSIM_ASSERT(cs.cs_dbuffer != nullptr);
  ++unit.statistics.rebuilt_reads;
  std::memset(cs.data_payload(), 0, cs.payload_bytes());
  cs.cs_loop = 0;
  rebuild_next(cs);
}

}  // namespace

void raid_read(Child& cs) {
  RaidUnit& unit = *cs.unit;
  for (;;) {
    raid_line_reader_lock(cs);
    cs.unit_hold = unit.unit_lock.read();
    cs.unit_hold.detach();  // it is the child's, whichever fiber goes on with it
    if (cs.rows.last >= unit.un.rows()) return fail_read(cs, ENXIO);
    RAIDSIM_SOMETIMES(unit.un.has(MD_UN_REPLAY_ABANDONED), "read: refused while a replay is pending");
    if (unit.un.has(MD_UN_REPLAY_ABANDONED)) return fail_read(cs, EIO);  // RD-15: a newer write may wait in a log
    if (!needs_buffers(cs) || cs.cs_dbuffer != nullptr || try_buffers(cs)) break;
    cs.unit_hold.release();
    raid_line_exit(cs);
    wait_for_buffers(cs);
  }
  if (unit.un.un_state == RUS_REGEN) raid_regen_parity(cs);
  raid_read_io(cs);
}

}  // namespace raidsim::raid
