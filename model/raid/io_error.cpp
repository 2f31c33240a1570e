// model/raid/io_error.cpp
#include "model/raid/io_error.h"

#include "engine/assert.h"
#include "model/raid/stage.h"
#include "model/raid/unit_state.h"

namespace raidsim::raid {
namespace {

constexpr uint32_t errored = RCS_ERRED | RCS_LAST_ERRED;

void report(Child& cs, md::MessageId id) {
  each_transfer(cs, [&](const Transfer& transfer) {
    const Column& column = cs.unit->column(transfer.column);
    if (!transfer.failed || transfer.target == Target::alt || (column.un_devstate & errored) != 0) return;
    cs.unit->message(id, transfer.device);
  });
}

/// Second half, common part: states recorded and committed; returns with the unit lock (R).
void record_failures(Child& cs) {
  RaidUnit& unit = *cs.unit;
  WriteHold held = unit.unit_lock.write();
  each_transfer(cs, [&](const Transfer& transfer) {
    if (transfer.failed) raid_error_state(unit, held, transfer.device, transfer.purpose);
  });
  held.release();
  cs.cs_ps->ps_flags |= MD_RPS_HSREQ;
  cs.unit_hold = unit.unit_lock.read();
  cs.unit_hold.detach();  // it is the child's, whichever fiber goes on with it
}

bool only_alternates_failed(Child& cs) {
  bool only = true;
  each_transfer(cs, [&](const Transfer& transfer) {
    if (transfer.failed && transfer.target == Target::now) only = false;
  });
  return only;
}

/// On md_mstr_daemon.
void raid_rderr(md::DaemonElement& element) {
  Child& cs = *static_cast<Child*>(element.owner);
  record_failures(cs);
  cs.cs_retry_call(cs);
}

/// On md_mstr_daemon.
void raid_wrerr(md::DaemonElement& element) {
  Child& cs = *static_cast<Child*>(element.owner);
  record_failures(cs);
  if (!only_alternates_failed(cs)) return cs.cs_retry_call(cs);
  cs.cs_flags &= ~uint32_t{MD_RCS_ERROR};
  cs.cs_call(cs);
}

}  // namespace

void raid_error_state(RaidUnit& unit, const WriteHold& held, DeviceNumber device, Purpose purpose) {
  RAIDSIM_ASSERT(held.is_for(unit.unit_lock));
  for (uint64_t i = 0; i < unit.un.columns.size(); ++i) {
    Column& column = unit.un.columns[i];
    const bool alternate = column.alt.dev != no_device && column.alt.dev == device;
    if (column.now.dev != device && !alternate) continue;
    if (column.now.dev != device) {  // the column's own device holds the data: only the copy is spoilt
      column.un_devflags |= MD_RAID_RESYNC_ERRED;
      return;
    }
    set_state(unit, held, ColumnIndex{i}, RCS_ERRED);
    RAIDSIM_SOMETIMES(purpose == Purpose::pre_write, "error: a pre-write fails");
    RAIDSIM_SOMETIMES(purpose == Purpose::home, "error: a home write fails");
    RAIDSIM_SOMETIMES(unit.un.un_state == RUS_LAST_ERRED, "error: a second column is out");
    if (purpose == Purpose::home) note_missed_home_write(unit.un, ColumnIndex{i});
    if (purpose == Purpose::unlogged_home) {  // no log gives it back (D-17)
      column.un_devflags |= MD_RAID_MISSED_WRITE;
      column.un_devflags &= ~uint32_t{MD_RAID_LOG_COMPLETE};
    }
    RAIDSIM_ASSERT((unit.un.un_state & (RUS_ERRED | RUS_LAST_ERRED)) != 0);
    unit.commit(held);
    unit.event(unit.un.un_state == RUS_ERRED ? md::EventSubclass::ESC_SVM_ERRED : md::EventSubclass::ESC_SVM_LASTERRED);
    return;
  }
}

void raid_read_error(Child& cs) {
  report(cs, md::MessageId::READ_ERROR);
  cs.unit_hold.release();
  run_on(cs.unit->system.md_mstr_daemon, cs, raid_rderr);
}

void raid_write_error(Child& cs) {
  report(cs, md::MessageId::WRITE_ERROR);
  cs.unit_hold.release();
  run_on(cs.unit->system.md_mstr_daemon, cs, raid_wrerr);
}

}  // namespace raidsim::raid
