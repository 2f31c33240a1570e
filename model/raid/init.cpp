// model/raid/init.cpp
#include "model/raid/init.h"

#include <algorithm>
#include <cerrno>
#include <memory>
#include <vector>

#include "engine/assert.h"
#include "model/raid/column_device.h"
#include "model/raid/init_pw_area.h"
#include "model/raid/open_close.h"
#include "model/raid/scoped_hold.h"
#include "model/raid/unit_state.h"

namespace raidsim::raid {
namespace {

using md::EventSubclass;

/// One initialisation of one unit: this fiber, and one more per column that is zeroed. They own it together: when
/// the host dies each of them ends by itself, and the last one may still look at it.
class Initialisation : public std::enable_shared_from_this<Initialisation> {
 public:
  explicit Initialisation(RaidUnit& unit) : unit_(unit) {}

  void run() {
    if (begin()) {
      zero_columns();
      finish();
    }
    close_for_driver(unit_);
    unit_.system.poke_hot_spares();  // RH-22
    --unit_.system.resync.md_raid_resync;
  }

 private:
  struct Target {
    ColumnIndex column;
    int error = 0;
    bool over = false;
  };

  /// False: another initialisation of this unit is running.
  bool begin() {
    const ScopedWrite held(unit_.unit_lock.write());
    if (unit_.un.un_init_colcnt != 0) return false;
    for (uint64_t i = 0; i < unit_.un.columns.size(); ++i) {
      if (unit_.un.columns[i].un_devstate == RCS_INIT) targets_.push_back({.column = ColumnIndex{i}});
    }
    unit_.un.un_init_colcnt = static_cast<uint32_t>(targets_.size());
    unit_.un.un_init_iocnt = 0;
    unit_.event(EventSubclass::ESC_SVM_INIT_START);
    span_ = unit_.un.un_pwsize + unit_.un.rows();
    transfer_ = std::min(unit_.un.un_maxio, span_);
    zeroes_.resize(transfer_ * block_bytes);
    for (Target& target : targets_) {
      target.error = open_column(unit_, target.column);
      target.over = target.error != 0;
    }
    before_ = unit_.un.un_state;
    return true;
  }

  void zero_columns() {
    for (Target& target : targets_) {
      if (target.over) continue;
      Target* const mine = &target;
      unit_.system.env.host->spawn("init column", [self = shared_from_this(), mine] { self->zero(*mine); });
    }
    MutexLock words(unit_.un_mx);
    while (!std::all_of(targets_.begin(), targets_.end(), [](const Target& target) { return target.over; })) {
      unit_.un_cv.wait(words);
    }
  }

  void zero(Target& target) {
    const uint64_t start = unit_.column(target.column).now.pwstart;
    int error = 0;
    for (uint64_t done = 0; done < span_ && error == 0;) {
      const auto blocks = static_cast<uint32_t>(std::min(transfer_, span_ - done));
      error = unit_.write_sync(target.column, raid::Target::now, start + done, blocks, zeroes_.data());
      done += blocks;
      if (error != 0) break;
      const MutexLock words(unit_.un_mx);
      unit_.un.un_init_iocnt += blocks;
    }
    if (error == 0) error = unit_.flush_sync(target.column, raid::Target::now);  // RH-12.4
    if (error == 0) error = init_pw_area(unit_, target.column, raid::Target::now);
    const MutexLock words(unit_.un_mx);
    target.error = error;
    target.over = true;
    unit_.un_cv.notify_all();
  }

  void finish() {
    ScopedWrite array(unit_.system.md_unit_array_rw.write());
    ScopedWrite io(unit_.io_lock.write());
    ScopedWrite held(unit_.unit_lock.write());
    bool failed = false;
    for (auto target = targets_.rbegin(); target != targets_.rend(); ++target) {  // most recently started first
      failed = failed || target->error != 0;
      if (unit_.column(target->column).un_devstate != RCS_INIT) continue;
      set_state(unit_, held, target->column, target->error != 0 ? RCS_INIT_ERRED : RCS_OKAY);
    }
    settle_initialised(unit_.un, before_, failed, unit_.system.wall_ns());
    unit_.commit(held);
    unit_.system.set_nblocks(unit_.minor, unit_.un.un_total_blocks);
    const bool fatal = unit_.un.un_state == RUS_DOI;
    held.release();
    io.release();
    array.release();
    const EventSubclass ended = fatal ? EventSubclass::ESC_SVM_INIT_FATAL : EventSubclass::ESC_SVM_INIT_FAILED;
    unit_.event(failed ? ended : EventSubclass::ESC_SVM_INIT_SUCCESS);
  }

  RaidUnit& unit_;
  UnitState before_ = RUS_INIT;
  uint64_t span_ = 0;
  uint64_t transfer_ = 0;
  std::vector<Target> targets_;
  std::vector<std::byte> zeroes_;
};

/// 7.1 step 2: nobody will initialise the columns.
void open_failed(RaidUnit& unit) {
  ScopedWrite held(unit.unit_lock.write());
  const bool first = unit.un.un_state == RUS_INIT;
  unit.un.un_status &= ~uint32_t{MD_UN_GROW_PENDING};
  for (uint64_t i = 0; i < unit.un.columns.size(); ++i) {
    if (unit.un.columns[i].un_devstate == RCS_INIT) set_state(unit, held, ColumnIndex{i}, RCS_ERRED);
  }
  if (first) unit.un.un_state = RUS_DOI;
  unit.commit(held);
  held.release();
  unit.event(first ? EventSubclass::ESC_SVM_INIT_FATAL : EventSubclass::ESC_SVM_INIT_FAILED);
}

/// RT-17: a start that was refused leaves no initialisation pending, unless one is running.
md::Error refused(RaidUnit& unit, const md::Error& error) {
  const ScopedWrite held(unit.unit_lock.write());
  if (unit.un.un_init_colcnt == 0) unit.un.un_status &= ~uint32_t{MD_UN_GROW_PENDING};
  return error;
}

}  // namespace

void settle_initialised(Unit& unit, UnitState before, bool failed, int64_t now_ns) noexcept {
  const bool all_okay = unit.count(RCS_OKAY) == unit.columns.size();
  if (before == RUS_INIT) {
    unit.un_state = failed || !all_okay ? RUS_DOI : RUS_OKAY;
  } else {
    recompute_state(unit, now_ns);
  }
  if (unit.count(RCS_INIT | RCS_INIT_ERRED) == 0 && unit.un_grow_tb != 0) {  // RH-26b
    unit.un_total_blocks = unit.un_grow_tb;
    unit.un_grow_tb = 0;
  }
  unit.un_timestamp_ns = now_ns;
  unit.un_status &= ~uint32_t{MD_UN_GROW_PENDING};
  unit.un_init_colcnt = 0;
  unit.un_init_iocnt = 0;
}

md::Error raid_init_unit(md::System& system, md::Minor minor) {
  auto* const unit = static_cast<RaidUnit*>(system.unit(minor));
  const md::Error failure = md::mdmderror(md::MDE_RAID_OPEN_FAILURE, minor);
  if (unit == nullptr) return failure;
  if (system.stale()) return refused(*unit, md::mdmddberror(md::MDE_DB_STALE, minor, 0));
  if ((unit->ui_tstate & md::MD_DEV_ERRORED) != 0) return refused(*unit, failure);
  if (open_for_driver(*unit, md::MD_OFLG_ISINIT) != 0) {
    open_failed(*unit);
    return failure;
  }
  ++system.resync.md_raid_resync;  // RH-31
  system.env.host->spawn("init", [unit] { std::make_shared<Initialisation>(*unit)->run(); });
  return md::no_error;
}

}  // namespace raidsim::raid
