// model/raid/write.cpp
#include "model/raid/write.h"

#include <cstring>

#include "engine/assert.h"
#include "model/raid/full_line.h"
#include "model/raid/io_error.h"
#include "model/raid/parity.h"
#include "model/raid/pre_write.h"
#include "model/raid/regen_rows.h"
#include "model/raid/stage.h"
#include "model/raid/state.h"

namespace raidsim::raid {
namespace {

void raid_write_io(Child& cs);
void parity_only_next(Child& cs);

int32_t as_partner(ColumnIndex column) { return static_cast<int32_t>(column.value); }

bool usable(const Child& cs, ColumnIndex column) {
  RaidUnit& unit = *cs.unit;
  const Column& state = unit.column(column);
  if (state.un_devstate != RCS_RESYNC) return usable_for_write(unit.un, state, cs.cs_line);
  MutexLock words(unit.un_mx);  // un_resync_line_index
  return usable_for_write(unit.un, state, cs.cs_line);
}

void write_home(Child& cs, Transfer& transfer, ColumnIndex column, std::byte* payload) {
  RaidUnit& unit = *cs.unit;
  if (unit.column(column).writes_alternate()) {
    RAIDSIM_SOMETIMES(true, "write: goes to the spare and to the original under copy-back");
    issue(cs, cs.cs_hbuf, IoOp::write, column, Target::alt, Purpose::home,
          unit.group(column, Target::alt).devstart + cs.rows.first, cs.cs_blkcnt, payload);
  }
  issue(cs, transfer, IoOp::write, column, Target::now, Purpose::home,
        unit.group(column, Target::now).devstart + cs.rows.first, cs.cs_blkcnt, payload);
}

/// A retry chooses the path anew by the present states (7.7). No PWDONE stage is ever retried (7.8).
void raid_write_retry(Child& cs) {
  RAIDSIM_ASSERT(!cs.is(MD_RCS_PWDONE));
  RAIDSIM_SOMETIMES(true, "write: begins again after an error before its log was complete");
  raid_write_io(cs);
}

// ---- read-modify-write (7.4) ----

void rmw_logged(Child& cs) {
  pre_writes_done(cs);
  begin_stage(cs, Stage::WRITE_DONE, finish, raid_write_error, raid_write_no_retry);
  write_home(cs, cs.cs_dbuf, cs.cs_dcolumn, cs.data_payload());
  write_home(cs, cs.cs_pbuf, cs.cs_pcolumn, cs.parity_payload());
  stage_issued(cs);
}

void rmw_old_read(Child& cs) {
  const size_t bytes = cs.payload_bytes();
  xor_into(cs.parity_payload(), cs.data_payload(), bytes);
  std::memcpy(cs.data_payload(), cs.caller_data, bytes);
  xor_into(cs.parity_payload(), cs.data_payload(), bytes);

  begin_stage(cs, Stage::PREWRITE_DONE, rmw_logged, raid_write_error, raid_write_retry);
  issue_erases(cs, cs.cs_dcolumn);
  issue_erases(cs, cs.cs_pcolumn);
  issue_pre_write(cs, cs.cs_dbuf, &cs.cs_hbuf, cs.cs_dcolumn, cs.cs_dpwslot, cs.cs_dbuffer, as_partner(cs.cs_pcolumn),
                  2);
  issue_pre_write(cs, cs.cs_pbuf, &cs.cs_hbuf, cs.cs_pcolumn, cs.cs_ppwslot, cs.cs_pbuffer, as_partner(cs.cs_dcolumn),
                  2);
  stage_issued(cs);
}

void read_modify_write(Child& cs) {
  RaidUnit& unit = *cs.unit;
  begin_stage(cs, Stage::RAID_NONE, rmw_old_read, raid_write_error, raid_write_retry);
  issue(cs, cs.cs_dbuf, IoOp::read, cs.cs_dcolumn, Target::now, Purpose::read,
        unit.column(cs.cs_dcolumn).now.devstart + cs.rows.first, cs.cs_blkcnt, cs.data_payload());
  issue(cs, cs.cs_pbuf, IoOp::read, cs.cs_pcolumn, Target::now, Purpose::read,
        unit.column(cs.cs_pcolumn).now.devstart + cs.rows.first, cs.cs_blkcnt, cs.parity_payload());
  stage_issued(cs);
}

// ---- degraded (7.5) ----

void data_only_logged(Child& cs) {
  pre_writes_done(cs);
  begin_stage(cs, Stage::WRITE_DONLY_DONE, finish, raid_write_error, raid_write_err_retry);
  write_home(cs, cs.cs_dbuf, cs.cs_dcolumn, cs.data_payload());
  stage_issued(cs);
}

void data_only(Child& cs) {
  ++cs.unit->statistics.degraded_writes;
  RAIDSIM_SOMETIMES(true, "write: data only, the parity column is out");
  std::memcpy(cs.data_payload(), cs.caller_data, cs.payload_bytes());
  begin_stage(cs, Stage::PREWRITE_DONE, data_only_logged, raid_write_error, raid_write_err_retry);
  issue_erases(cs, cs.cs_dcolumn);
  issue_pre_write(cs, cs.cs_dbuf, &cs.cs_hbuf, cs.cs_dcolumn, cs.cs_dpwslot, cs.cs_dbuffer, -1, 1);
  stage_issued(cs);
}

void parity_only_logged(Child& cs) {
  pre_writes_done(cs);
  begin_stage(cs, Stage::WRITE_PONLY_DONE, finish, raid_write_error, raid_write_no_retry);
  write_home(cs, cs.cs_pbuf, cs.cs_pcolumn, cs.parity_payload());
  stage_issued(cs);
}

void other_column_read(Child& cs) {
  xor_into(cs.parity_payload(), cs.data_payload(), cs.payload_bytes());
  ++cs.cs_loop;
  parity_only_next(cs);
}

/// Reads the next column that the new parity covers, or logs the parity.
void parity_only_next(Child& cs) {
  RaidUnit& unit = *cs.unit;
  for (; cs.cs_loop < unit.un.columns.size(); ++cs.cs_loop) {
    const ColumnIndex source{cs.cs_loop};
    const Column& column = unit.column(source);
    if (source == cs.cs_dcolumn || source == cs.cs_pcolumn || column.absent()) continue;  // RH-02
    if (!valid_for(unit.un, column, cs.cs_line)) return fail_write(cs, EIO);              // RH-01
    begin_stage(cs, Stage::RAID_NONE, other_column_read, raid_write_error, raid_write_err_retry);
    issue(cs, cs.cs_dbuf, IoOp::read, source, Target::now, Purpose::read, column.now.devstart + cs.rows.first,
          cs.cs_blkcnt, cs.data_payload());
    return stage_issued(cs);
  }
  begin_stage(cs, Stage::PREWRITE_DONE, parity_only_logged, raid_write_error, raid_write_err_retry);
  issue_erases(cs, cs.cs_pcolumn);
  issue_pre_write(cs, cs.cs_pbuf, &cs.cs_hbuf, cs.cs_pcolumn, cs.cs_ppwslot, cs.cs_pbuffer, -1, 1);
  stage_issued(cs);
}

void parity_only(Child& cs) {
  ++cs.unit->statistics.degraded_writes;
  RAIDSIM_SOMETIMES(true, "write: parity only, the data column is out");
  std::memcpy(cs.parity_payload(), cs.caller_data, cs.payload_bytes());
  cs.cs_loop = 0;
  parity_only_next(cs);
}

/// Chooses the path (7.3). Unit lock (R) held.
void raid_write_io(Child& cs) {
  if (cs.unit->un.un_state == RUS_LAST_ERRED) return fail_write(cs, EIO);  // RH-04
  const bool data = usable(cs, cs.cs_dcolumn);
  const bool parity = usable(cs, cs.cs_pcolumn);
  if (data && parity) return read_modify_write(cs);
  if (data) return data_only(cs);
  if (parity) return parity_only(cs);
  fail_write(cs, EIO);
}

}  // namespace

void fail_write(Child& cs, int error) {
  record_error(*cs.cs_ps, error);
  finish(cs);
}

void raid_write_err_retry(Child& cs) { fail_write(cs, EIO); }

void raid_write_no_retry(Child& cs) {
  RAIDSIM_SOMETIMES(true, "write: a home write fails, its log entry holds the data");
  finish(cs);
}

void pre_writes_done(Child& cs) {
  pre_writes_durable(cs);
  cs.cs_flags |= MD_RCS_PWDONE;
  give_back_pwfrag(*cs.cs_ps);  // the caller may be completed here, before the data area is written
}

void raid_startio(Child& cs) {
  RaidUnit& unit = *cs.unit;
  cs.unit_hold = unit.unit_lock.read();
  cs.unit_hold.detach();                                     // it is the child's, whichever fiber goes on with it
  if (unit.un.un_state == RUS_REGEN) raid_regen_parity(cs);  // RH-24.3: queued writes too
  cs.is(MD_RCS_LINE) ? raid_write_full_line(cs) : raid_write_io(cs);
}

void raid_write(Child& cs) {
  RaidUnit& unit = *cs.unit;
  if (cs.rows.last >= unit.un.rows()) return fail_write(cs, ENXIO);
  if (unit.un.un_state == RUS_LAST_ERRED) return fail_write(cs, EIO);
  if (!try_buffers(cs)) wait_for_buffers(cs);
  allocate_column_buffers(cs);
  wait_for_slots(cs);
  if (raid_line_writer_lock(cs, true)) raid_startio(cs);
}

}  // namespace raidsim::raid
