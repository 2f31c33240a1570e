// model/raid/open_close.cpp
#include "model/raid/open_close.h"

#include <cerrno>
#include <vector>

#include "engine/assert.h"
#include "model/raid/column_device.h"
#include "model/raid/init_pw_area.h"
#include "model/raid/replay.h"
#include "model/raid/scoped_hold.h"
#include "model/raid/unit_state.h"

namespace raidsim::raid {
namespace {

using md::EventSubclass;

/// RH-13: whether logs may be made empty at all. On a STALE set what a replay could not write is on no record.
bool logs_may_be_cleared(const RaidUnit& unit) {
  return unit.un.has(MD_UN_REPLAYED) && !logs_are_kept(unit.un) && !unit.system.stale();
}

void clear_log(RaidUnit& unit, const WriteHold& held, ColumnIndex col) {
  if (init_pw_area(unit, col, Target::now) == 0) return;
  set_state(unit, held, col, RCS_ERRED);
  unit.commit(held);
  unit.event(unit.un.un_state == RUS_LAST_ERRED ? EventSubclass::ESC_SVM_LASTERRED : EventSubclass::ESC_SVM_ERRED);
}

void close_all_devices(RaidUnit& unit) {
  for (uint64_t i = 0; i < unit.un.columns.size(); ++i) close_column(unit, ColumnIndex{i});
}

void refuse_open(RaidUnit& unit, ColumnIndex last_closed) {
  unit.message(md::MessageId::OPEN_FAILED, unit.column(last_closed).orig.dev);
  unit.ui_tstate |= md::MD_INACCESSIBLE;
  unit.event(EventSubclass::ESC_SVM_OPEN_FAIL);
}

/// The devices are open: columns that came back, and the one that did not.
void settle_opened(RaidUnit& unit, const WriteHold& held, const std::vector<ColumnIndex>& closed) {
  bool changed = !closed.empty();
  bool replay_decides = false;
  for (uint64_t i = 0; i < unit.un.columns.size(); ++i) {
    const Column& column = unit.un.columns[i];
    if (column.un_devstate != RCS_LAST_ERRED || !column.has(MD_RAID_DEV_ISOPEN)) continue;
    if (column.has(MD_RAID_MISSED_WRITE)) {  // D-17
      replay_decides = true;
      continue;
    }
    set_state(unit, held, ColumnIndex{i}, RCS_OKAY);
    changed = true;
  }
  if (!closed.empty()) set_state(unit, held, closed.front(), RCS_ERRED);
  if (!changed) return;
  if (!replay_decides && (unit.un.un_state & (RUS_ERRED | RUS_LAST_ERRED)) != 0) recompute_state(unit, held);
  unit.commit(held);
  if (closed.empty()) return;
  const ColumnState state = unit.column(closed.front()).un_devstate;
  if (state == RCS_ERRED) unit.event(EventSubclass::ESC_SVM_ERRED);
  if (state == RCS_LAST_ERRED) unit.event(EventSubclass::ESC_SVM_LASTERRED);
}

/// 10.1 steps 4 to 7, under the open/close flag.
int first_open(RaidUnit& unit, md::OpenClose& single, uint32_t flag, md::OpenType otyp, md::Opener opener) {
  single.to_writer();
  if (!open_all_devices(unit, single.writer())) {
    close_all_devices(unit);
    single.leave();
    unit.event(EventSubclass::ESC_SVM_OPEN_FAIL);
    return ENXIO;
  }
  if (const int error = unit.count_open(flag, otyp, opener); error != 0) {
    close_all_devices(unit);  // MD-11
    single.leave();
    return error;
  }
  ReplayResult replayed = ReplayResult::SUCCESS;
  const bool wanted = !unit.un.has(MD_UN_REPLAYED) || logs_are_kept(unit.un);
  if (wanted) replayed = raid_replay(unit, single.writer());
  single.leave();
  const bool read_only = (flag & md::FWRITE) == 0;
  if (replayed != ReplayResult::READONLY || !read_only) unit.system.poke_hot_spares();
  return 0;
}

}  // namespace

bool worth_opening(const Column& column) noexcept {
  if (column.un_devstate == RCS_ERRED) return false;
  if (column.un_devstate != RCS_LAST_ERRED) return true;
  return !column.has(MD_RAID_MISSED_WRITE) || column.has(MD_RAID_LOG_COMPLETE);
}

bool open_all_devices(RaidUnit& unit, const WriteHold& held) {
  RAIDSIM_ASSERT(held.is_for(unit.unit_lock));
  unit.ui_tstate &= ~uint32_t{md::MD_INACCESSIBLE};
  std::vector<ColumnIndex> closed;
  for (uint64_t i = 0; i < unit.un.columns.size(); ++i) {
    const ColumnIndex col{i};
    if (!worth_opening(unit.column(col)) || open_column(unit, col) != 0) closed.push_back(col);
  }
  if (closed.size() > 1) {
    refuse_open(unit, closed.back());
    return false;
  }
  settle_opened(unit, held, closed);
  return true;
}

int raid_internal_open(RaidUnit& unit, uint32_t flag, md::OpenType otyp, uint32_t oflags, md::Opener opener) {
  md::OpenClose single = unit.enter_open_close();
  const bool initialising = (oflags & md::MD_OFLG_ISINIT) != 0;
  if ((unit.un.un_state & (RUS_INIT | RUS_DOI)) != 0 && !initialising) return EAGAIN;
  if (initialising || unit.is_open()) return unit.count_open(flag, otyp, opener);
  return first_open(unit, single, flag, otyp, opener);
}

int raid_internal_close(RaidUnit& unit, md::OpenType otyp, uint32_t cflags, md::Opener opener) {
  md::OpenClose single = unit.enter_open_close();
  if (const int error = unit.count_close(otyp, opener); error != 0) return error;
  if (unit.is_open() && (cflags & md::MD_OFLG_PROBEDEV) == 0) return 0;
  single.to_writer();
  if (logs_may_be_cleared(unit)) {
    for (uint64_t i = 0; i < unit.un.columns.size(); ++i) {
      const ColumnIndex col{i};
      const Column& column = unit.column(col);
      if (column.has(MD_RAID_DEV_ISOPEN) && up_for_replay(column)) clear_log(unit, single.writer(), col);
    }
  }
  close_all_devices(unit);
  return 0;
}

int raid_close(RaidUnit& unit, md::OpenType otyp, uint32_t cflags, md::Opener opener) {
  const ScopedWrite io(unit.io_lock.write());
  return raid_internal_close(unit, otyp, cflags, opener);
}

}  // namespace raidsim::raid
