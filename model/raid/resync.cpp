// model/raid/resync.cpp
#include "model/raid/resync.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

#include "engine/assert.h"
#include "model/raid/column_device.h"
#include "model/raid/hot_spare_release.h"
#include "model/raid/init_pw_area.h"
#include "model/raid/open_close.h"
#include "model/raid/region.h"
#include "model/raid/replay.h"
#include "model/raid/resync_outcome.h"
#include "model/raid/resync_request.h"
#include "model/raid/scoped_hold.h"
#include "model/raid/unit_state.h"

namespace raidsim::raid {
namespace {

using hotspare::ReleaseAs;
using md::EventSubclass;

constexpr uint32_t errored_states = RCS_ERRED | RCS_LAST_ERRED;

/// io (W) and unit (W): all I/O to the unit is drained and blocked.
struct Stopped {
  explicit Stopped(RaidUnit& unit) : io(unit.io_lock.write()), held(unit.unit_lock.write()) {}
  ScopedWrite io;
  ScopedWrite held;  // given back first
};

/// The resync thread of one unit.
class Resync {
 public:
  explicit Resync(RaidUnit& unit) : unit_(unit) {}

  void run() {
    if (set_up()) {
      if (result_ == ResyncResult::OKAY) {
        buffers_.emplace(*unit_.system.env.memory, unit_.un.un_resync_copysize);  // step 7, holding no lock
        go_through_lines();
        buffers_.reset();
      }
      finish();
    }
    close_for_driver(unit_);
    unit_.system.poke_hot_spares();
    --unit_.system.resync.md_raid_resync;
  }

 private:
  [[nodiscard]] Column& column() { return unit_.column(r_); }

  /// 4.1. False: it is all over, the request is released.
  bool set_up() {
    Stopped stopped(unit_);
    RAIDSIM_ASSERT(unit_.un.has(MD_UN_RESYNC_ACTIVE));
    r_ = ColumnIndex{static_cast<uint64_t>(unit_.un.un_resync_index)};
    RAIDSIM_ASSERT(column().has(MD_RAID_COPY_RESYNC) != column().has(MD_RAID_REGEN_RESYNC));  // RT-12
    RAIDSIM_ASSERT(!column().has(MD_RAID_WRITE_ALT));
    if (column().un_devstate != RCS_RESYNC) return bail_out(stopped);
    choose_chunk();
    unit_.event(EventSubclass::ESC_SVM_RESYNC_START);
    if (column().alt.dev != no_device && !take_alternate(stopped)) return false;
    if (!log_is_settled(stopped.held)) {
      column().un_devflags &= ~uint32_t{MD_RAID_WRITE_ALT};
      result_ = ResyncResult::STATE;
    } else if (init_pw_area(unit_, r_, target_) != 0) {
      // The alternate stays open and recorded until the outcome has named it.
      column().un_devflags &= ~uint32_t{MD_RAID_WRITE_ALT};
      if (target_ == Target::now) hs_state_ = ReleaseAs::HS_BAD;
      result_ = ResyncResult::WRERROR;
    }
    unit_.un.un_status &= ~uint32_t{MD_UN_RESYNC_CANCEL};
    err_cnt_ = unit_.un.count(errored_states);
    return true;
  }

  /// RH-11: an abandoned replay is taken up again before a log is written over. A resync that ended well would make
  /// the unit take writes, and what is left in the logs would one day be replayed over them. By force what cannot be
  /// replayed is given up.
  bool log_is_settled(const WriteHold& held) {
    const bool forced = unit_.un.has(MD_UN_RESYNC_FORCED);  // kept logs (D-17) are for first opens, else
    const bool settled = unit_.un.has(MD_UN_REPLAYED) && !(forced && logs_are_kept(unit_.un));
    if (settled) return true;
    const bool replayed = raid_replay(unit_, held) == ReplayResult::SUCCESS;
    RAIDSIM_SOMETIMES(replayed, "resync: takes up an abandoned replay and ends it");
    RAIDSIM_SOMETIMES(!replayed && !forced, "resync: fails because the replay cannot be ended");
    RAIDSIM_SOMETIMES(!replayed && forced, "resync: by force, a log is given up");
    if (replayed) return true;
    return forced && logs_are_given_up(held);
  }

  /// D-17, by force: nobody replays the logs any more. The record says so before the first of them is emptied: of logs
  /// that a crash left half empty a replay would make what it can and call a column whole that missed writes.
  bool logs_are_given_up(const WriteHold& held) {
    std::vector<ColumnIndex> up;
    for (ColumnIndex col{0}; col.value < unit_.un.columns.size(); ++col) {
      if (!up_for_replay(unit_.column(col))) continue;
      // V9: what is home has to be durable there, its entries are about to go.
      if (unit_.device(col, Target::now) == nullptr || unit_.flush_sync(col, Target::now) != 0) return false;
      up.push_back(col);
    }
    for (const ColumnIndex col : up) {
      Column& other = unit_.column(col);
      if (other.un_devstate != RCS_LAST_ERRED) continue;
      other.un_devflags &= ~uint32_t{MD_RAID_MISSED_WRITE | MD_RAID_LOG_COMPLETE};
      unit_.message(md::MessageId::LAST_ERRED_NOTE, other.now.dev);
    }
    unit_.commit(held);
    for (const ColumnIndex col : up) {
      if (init_pw_area(unit_, col, Target::now) != 0) return false;
    }
    unit_.un.un_status |= MD_UN_REPLAYED;
    unit_.un.un_status &= ~uint32_t{MD_UN_REPLAY_ABANDONED};
    return true;
  }

  /// Step 4: an error was recorded for the column since the request. The record forgets the request too.
  bool bail_out(Stopped& stopped) {
    RAIDSIM_SOMETIMES(true, "resync: the column erred again before the thread began");
    drop_alternate(unit_, r_);
    release_resync_request(unit_.un);
    recompute_state(unit_, stopped.held);
    unit_.commit(stopped.held);
    return false;
  }

  void choose_chunk() {
    const Unit& un = unit_.un;
    lines_ = std::max<uint64_t>(un.un_maxio / un.un_segsize, 1);
    unit_.un.un_resync_copysize = un.un_maxio < un.un_segsize ? un.un_maxio : lines_ * un.un_segsize;
  }

  /// Step 6, first bullet.
  bool take_alternate(Stopped& stopped) {
    const DeviceNumber alternate = column().alt.dev;
    if (open_alternate(unit_, r_) != 0) return alternate_lost(stopped, alternate);
    RAIDSIM_ASSERT(column().has(MD_RAID_COPY_RESYNC));
    target_ = Target::alt;
    single_read_ = !column().has(MD_RAID_DEV_ERRED);
    if (!single_read_) hs_state_ = ReleaseAs::HS_BAD;  // RH-16
    column().un_devflags &= ~uint32_t{MD_RAID_RESYNC_ERRED};
    column().un_devflags |= MD_RAID_WRITE_ALT;
    return true;
  }

  bool alternate_lost(Stopped& stopped, DeviceNumber alternate) {
    drop_alternate(unit_, r_);
    const bool spare_good = !column().has(MD_RAID_DEV_ERRED);
    RAIDSIM_SOMETIMES(spare_good, "copy-back: the original cannot be opened, the spare stays");
    RAIDSIM_SOMETIMES(!spare_good, "copy-back: neither the original nor the spare is good");
    set_state(unit_, stopped.held, r_, spare_good ? RCS_OKAY : RCS_ERRED,
              spare_good ? Flavour::normal : Flavour::forced);
    release_resync_request(unit_.un);
    recompute_state(unit_, stopped.held);
    unit_.commit(stopped.held);
    stopped.held.release();
    unit_.message(md::MessageId::ALT_OPEN_FAILED, alternate);
    unit_.event(EventSubclass::ESC_SVM_RESYNC_FAILED);  // as in finish()
    return false;
  }

  /// 4.2. RH-16: a copy whose source is errored is handed over before its first region.
  void go_through_lines() {
    if (target_ == Target::alt && !single_read_ && !hand_over(0)) return;
    for (uint64_t line = 0; line < unit_.un.un_segsincolumn && result_ == ResyncResult::OKAY;) {
      const uint64_t lines = std::min(lines_, unit_.un.un_segsincolumn - line);
      const RegionEnd end = one_region({.first_line = line, .lines = lines});
      if (end.hand_over) {
        if (!hand_over(line)) return;
        continue;  // the same region again, as a rebuild
      }
      result_ = end.result;
      err_col_ = end.err_col;
      // A spare that cannot be written is broken; given back as free it would be taken again, without end (K10).
      if (result_ == ResyncResult::WRERROR && !single_read_) hs_state_ = ReleaseAs::HS_BAD;
      line += lines;
      if (result_ == ResyncResult::OKAY) look_around();
    }
  }

  RegionEnd one_region(const Region& region) {
    ScopedRead io(unit_.io_lock.read());
    unit_.un.un_resync_busy_line = region.first_line;
    const uint64_t segment = unit_.un.un_segsize;
    RowReaderLock rows(unit_, RowIndex{region.first_line * segment}, region.lines * segment, WithResync::yes);
    ScopedRead held(unit_.unit_lock.read());
    RAIDSIM_ASSERT(unit_.un.un_resync_line_index == region.first_line + region.lines);
    const RegionEnd end = raid_resync_region(unit_, held, r_, target_, single_read_, region, *buffers_);
    if (end.result != ResyncResult::OKAY) unit_.un.un_resync_line_index = 0;
    if (end.hand_over) unit_.un.un_resync_line_index = region.first_line;
    unit_.un.un_resync_busy_line = bad_address;
    held.release();
    rows.release();
    io.release();
    return end;
  }

  /// Step 9: what normal I/O recorded meanwhile.
  void look_around() {
    const ScopedWrite held(unit_.unit_lock.write());
    if (unit_.un.count(errored_states) != err_cnt_) {
      RAIDSIM_SOMETIMES(true, "resync: ends because a column erred meanwhile");
      result_ = ResyncResult::STATE;
    } else if (column().has(MD_RAID_RESYNC_ERRED)) {
      RAIDSIM_SOMETIMES(true, "copy-back: a user's write to the original failed");
      result_ = ResyncResult::WRERROR;
    }
  }

  /// RH-16: the alternate takes the spare's place, the rest is rebuilt. False: R is errored already.
  bool hand_over(uint64_t line) {
    Stopped stopped(unit_);
    if (column().un_devstate != RCS_RESYNC) {
      result_ = ResyncResult::STATE;
      return false;
    }
    if (column().has(MD_RAID_RESYNC_ERRED)) {  // neither device is good
      single_read_ = false;
      hs_state_ = ReleaseAs::HS_BAD;
      result_ = ResyncResult::WRERROR;
      return false;
    }
    RAIDSIM_SOMETIMES(line == 0, "copy-back: of a failed spare, rebuilt from its first line");
    RAIDSIM_SOMETIMES(line > 0, "copy-back: the spare fails on the way, the rest is rebuilt");
    const md::RecordId spare = raid_hs_release(unit_, r_, ReleaseAs::HS_BAD);
    alternate_becomes_current(unit_, r_);
    column().un_devflags &= ~uint32_t{MD_RAID_COPY_RESYNC};
    column().un_devflags |= MD_RAID_REGEN_RESYNC;
    target_ = Target::now;
    single_read_ = false;
    hs_state_ = ReleaseAs::HS_BAD;
    unit_.un.un_resync_line_index = line;
    recompute_state(unit_, stopped.held);
    commit_with_release(unit_, stopped.held, spare);
    return true;
  }

  [[nodiscard]] ResyncFacts facts() {
    return {.result = result_,
            .still_resync = column().un_devstate == RCS_RESYNC,
            .hot_spared = column().hot_spared(),
            .alternate = column().alt.dev != no_device,
            .single_read = single_read_,
            .copy = column().has(MD_RAID_COPY_RESYNC),
            .state_changed = unit_.un.count(errored_states) != err_cnt_,
            .alternate_failed = column().has(MD_RAID_RESYNC_ERRED),
            .hs_state = hs_state_};
  }

  /// 5: one hold from the last check to the commit (RH-14, RH-20).
  void finish() {
    Stopped stopped(unit_);
    column().un_devflags &= ~uint32_t{MD_RAID_WRITE_ALT};
    const bool alive = column().un_devstate == RCS_RESYNC;
    if (result_ == ResyncResult::OKAY && alive && unit_.flush_sync(r_, target_) != 0) {
      RAIDSIM_SOMETIMES(true, "resync: its last flush fails");
      result_ = ResyncResult::WRERROR;  // RH-12.4
      if (!single_read_) hs_state_ = ReleaseAs::HS_BAD;
    }
    const ResyncOutcome outcome = outcome_of(facts());
    RAIDSIM_SOMETIMES(outcome.result == ResyncResult::OKAY && target_ == Target::now, "rebuild: ends well");
    RAIDSIM_SOMETIMES(outcome.result == ResyncResult::OKAY && target_ == Target::alt, "copy-back: ends well");
    RAIDSIM_SOMETIMES(outcome.result == ResyncResult::RDERROR, "rebuild: a source cannot be read");
    RAIDSIM_SOMETIMES(outcome.result == ResyncResult::WRERROR, "resync: the target cannot be written");
    const DeviceNumber named = target_ == Target::alt ? column().alt.dev : column().now.dev;
    const md::RecordId spare = settle_devices(outcome);
    settle_states(outcome, stopped.held);
    release_resync_request(unit_.un);
    column().un_devtimestamp_ns = unit_.system.wall_ns();
    if (outcome.result == ResyncResult::OKAY) column().un_devflags &= ~uint32_t{MD_RAID_DEV_ERRED};
    commit_with_release(unit_, stopped.held, spare);
    const uint32_t errored = unit_.un.count(errored_states);
    stopped.held.release();
    // Under the io lock still: no other resync is requested, and announced, before the end of this one (RE-01).
    announce(outcome, named, errored);
  }

  md::RecordId settle_devices(const ResyncOutcome& outcome) {
    md::RecordId spare = 0;
    if (outcome.release_spare) {
      spare = raid_hs_release(unit_, r_, outcome.release_as);
      if (!outcome.adopt_alternate) return_to_original(unit_, r_);
    }
    if (outcome.adopt_alternate) alternate_becomes_current(unit_, r_);
    drop_alternate(unit_, r_);
    return spare;
  }

  /// 5.1 to 5.4 with RH-18: R first, then the column whose read failed, then the unit from its columns.
  void settle_states(const ResyncOutcome& outcome, const WriteHold& held) {
    switch (outcome.column) {
      case ResyncOutcome::OfColumn::okay:
        set_state(unit_, held, r_, RCS_OKAY);
        break;
      case ResyncOutcome::OfColumn::errored:
        if (column().un_devstate != RCS_ERRED) set_state(unit_, held, r_, RCS_ERRED, Flavour::forced);
        break;
      case ResyncOutcome::OfColumn::as_recorded:
        break;
    }
    const bool other = err_col_ != no_column && err_col_ != static_cast<int64_t>(r_.value);
    if (outcome.err_read_column && other)
      set_state(unit_, held, ColumnIndex{static_cast<uint64_t>(err_col_)}, RCS_ERRED);
    recompute_state(unit_, held);
  }

  void announce(const ResyncOutcome& outcome, DeviceNumber target, uint32_t errored) {
    using enum ResyncMessage;
    if (outcome.message == COPY_WRITE_ERROR) unit_.message(md::MessageId::COPY_WRITE_ERROR, column().orig.dev);
    if (outcome.message == RESYNC_WRITE_ERROR) unit_.message(md::MessageId::RESYNC_WRITE_ERROR, target);
    if (outcome.message == COPY_STATE_CHANGED) unit_.message(md::MessageId::COPY_STATE_CHANGED);
    if (outcome.result == ResyncResult::OKAY) return unit_.event(EventSubclass::ESC_SVM_RESYNC_DONE);
    unit_.event(EventSubclass::ESC_SVM_RESYNC_FAILED);
    if (errored > 1) unit_.event(EventSubclass::ESC_SVM_LASTERRED);  // RH-34
    if (errored == 1) unit_.event(EventSubclass::ESC_SVM_ERRED);
  }

  RaidUnit& unit_;
  ColumnIndex r_;
  Target target_ = Target::now;
  bool single_read_ = false;
  ReleaseAs hs_state_ = ReleaseAs::HS_FREE;
  ResyncResult result_ = ResyncResult::OKAY;
  int64_t err_col_ = no_column;
  uint32_t err_cnt_ = 0;
  uint64_t lines_ = 1;
  std::optional<RegionBuffers> buffers_;
};

}  // namespace

md::Error raid_resync_unit(md::System& system, md::Minor minor) {
  auto* const unit = static_cast<RaidUnit*>(system.unit(minor));
  if (unit == nullptr) return md::mdmderror(md::MDE_RAID_OPEN_FAILURE, minor);
  if (system.stale()) return md::mdmddberror(md::MDE_DB_STALE, minor, 0);
  const md::Error failure = md::mdmderror(md::MDE_RAID_OPEN_FAILURE, minor);
  if ((unit->ui_tstate & md::MD_DEV_ERRORED) != 0) return failure;
  if (open_for_driver(*unit) != 0) {
    unit->event(EventSubclass::ESC_SVM_OPEN_FAIL);
    return failure;
  }
  ++system.resync.md_raid_resync;  // RH-31
  system.env.host->spawn("resync", [unit] { Resync(*unit).run(); });
  return md::no_error;
}

}  // namespace raidsim::raid
