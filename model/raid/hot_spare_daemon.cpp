// model/raid/hot_spare_daemon.cpp
#include "model/raid/hot_spare_daemon.h"

#include "engine/assert.h"
#include "model/raid/column_device.h"
#include "model/raid/hot_spare_release.h"
#include "model/raid/resync.h"
#include "model/raid/resync_request.h"
#include "model/raid/scoped_hold.h"
#include "model/raid/unit_state.h"

namespace raidsim::raid {
namespace {

using hotspare::ReleaseAs;
using md::EventSubclass;

uint64_t size_needed(const Unit& unit, const Column& column) {
  return column.orig.pwstart + unit.un_pwsize + unit.rows();
}

bool asks_for_label(const Column& column) { return column.orig.pwstart != bad_address && column.orig.pwstart >= 1; }

/// The spare's start block is added to the column's own: that keeps clear of a label (3 step 9).
void put_in_place(Unit& unit, Column& column, uint64_t spare_start) {
  column.un_hs_pwstart = spare_start + column.orig.pwstart;
  column.un_hs_devstart = column.un_hs_pwstart + unit.un_pwsize;
  column.now.pwstart = column.un_hs_pwstart;
  column.now.devstart = column.un_hs_devstart;
}

}  // namespace

bool wants_spare(const Unit& unit) noexcept {
  return !unit.has(MD_UN_RESYNC_ACTIVE) && unit.count(RCS_RESYNC) == 0 && unit.un_state == RUS_ERRED &&
         unit.un_hsp_id != md::MD_HSP_NONE && unit.count(RCS_ERRED) == 1;
}

bool column_wants_spare(const Unit& unit, ColumnIndex col) noexcept {
  if (col.value >= unit.columns.size() || unit.columns[col.value].un_devstate != RCS_ERRED) return false;
  return wants_spare(unit) && !unit.has(MD_UN_GROW_PENDING) && unit.count(RCS_ERRED | RCS_LAST_ERRED) == 1;
}

HotSpareDaemon::HotSpareDaemon(md::System& system)
    : system_(system), dr_mx_(md::locks::request), element_(&HotSpareDaemon::run, this) {}

void HotSpareDaemon::publish() { system_.add_poke_service({.poke = &HotSpareDaemon::poked, .context = this}); }

void HotSpareDaemon::poked(void* self) { static_cast<HotSpareDaemon*>(self)->poke(); }

void HotSpareDaemon::run(md::DaemonElement& element) { static_cast<HotSpareDaemon*>(element.owner)->check_4_hs(); }

void HotSpareDaemon::poke() {
  const MutexLock held(dr_mx_);
  if (pending_) return;
  pending_ = true;
  system_.md_hs_daemon.enqueue(element_);
}

void HotSpareDaemon::check_4_hs() {
  {
    const MutexLock held(dr_mx_);
    pending_ = false;  // anything from here on asks for a new scan
  }
  const ScopedRead list(system_.md_link_rw.read());
  for (md::UnitFrame* frame : system_.unit_list()) {
    if (frame->type == md::UnitType::MD_METARAID) scan_unit(*static_cast<RaidUnit*>(frame));
  }
}

HotSpareDaemon::Seen HotSpareDaemon::look_at(const RaidUnit& unit) const {
  Seen seen{.states = {}, .ui_tstate = unit.ui_tstate, .open = unit.is_open(), .stale = system_.stale()};
  for (const Column& column : unit.un.columns) seen.states.push_back(column.un_devstate);
  return seen;
}

bool HotSpareDaemon::skipped(const RaidUnit& unit) {
  const auto failed = failed_starts_.find(unit.minor);
  if (failed == failed_starts_.end()) return false;
  if (failed->second == look_at(unit)) return true;
  failed_starts_.erase(failed);
  return false;
}

void HotSpareDaemon::scan_unit(RaidUnit& unit) {
  for (uint64_t i = 0;; ++i) {
    {
      const ScopedRead held(unit.unit_lock.read());
      if (i == 0 && (!wants_spare(unit.un) || skipped(unit))) return;
      while (i < unit.un.columns.size() && unit.un.columns[i].un_devstate != RCS_ERRED) ++i;
      if (i >= unit.un.columns.size()) return;
    }
    check_comp_4_hs(unit, ColumnIndex{i});
  }
}

void HotSpareDaemon::check_comp_4_hs(RaidUnit& unit, ColumnIndex col) {
  {
    const ScopedWrite io(unit.io_lock.write());
    const ScopedWrite held(unit.unit_lock.write());
    // RH-21: the complete set of conditions, before anything is given back or taken.
    const bool openable = (unit.ui_tstate & md::MD_DEV_ERRORED) == 0;
    if (!column_wants_spare(unit.un, col) || system_.stale() || !openable || skipped(unit)) return;
    if (unit.column(col).hot_spared()) give_back_failed_spare(unit, held, col);
    if (!take_spare(unit, held, col)) return;
  }
  const DeviceNumber original = unit.column(col).orig.dev;
  const DeviceNumber spare = unit.column(col).now.dev;
  if (!raid_resync_unit(system_, unit.minor).is_ok()) return start_failed(unit, col);
  unit.message(md::MessageId::HOTSPARED, original, spare);
  system_.notify(md::EventClass::EC_SVM_STATE, EventSubclass::ESC_SVM_HOTSPARED, md::EventTag::SVM_TAG_HS, unit.minor);
}

void HotSpareDaemon::give_back_failed_spare(RaidUnit& unit, const WriteHold& held, ColumnIndex col) {
  RAIDSIM_SOMETIMES(true, "hot spares: a spare that failed is released, another is looked for");
  const DeviceNumber failed = unit.column(col).now.dev;
  const md::RecordId spare = raid_hs_release(unit, col, ReleaseAs::HS_BAD);
  return_to_original(unit, col);
  unit.message(md::MessageId::HS_ERRED_RELEASED, failed);
  commit_with_release(unit, held, spare);
  unit.event(EventSubclass::ESC_SVM_HS_FREED);
}

/// 3 steps 5 to 10. True: the column is RESYNC on a spare, committed.
bool HotSpareDaemon::take_spare(RaidUnit& unit, const WriteHold& held, ColumnIndex col) {
  const auto give_up = [&] {  // back to the state before the request; nothing of it was committed
    release_resync_request(unit.un);
    unit.column(col).un_devflags &= ~uint32_t{MD_RAID_DEV_ERRED};
    set_state(unit, held, col, RCS_ERRED, Flavour::forced);
    recompute_state(unit, held);
  };
  RAIDSIM_ASSERT(!unit.column(col).hot_spared());
  for (;;) {
    const RequestResult requested = resync_request(unit.un, col, ResyncKind::regen, system_.wall_ns());
    carry_out(unit, requested.change);
    if (!requested.granted) return false;
    Column& column = unit.column(col);
    const hotspare::Reservation got =
        system_.hs().get(unit.un.un_hsp_id, size_needed(unit.un, column), asks_for_label(column));
    RAIDSIM_SOMETIMES(!got.ok, "hot spares: none is left, or none fits");
    if (!got.ok) {
      give_up();
      return false;
    }
    close_column(unit, col);
    column.un_hs_id = got.record;
    column.un_hs_key = got.key;
    column.now.dev = got.device;
    put_in_place(unit.un, column, got.start_block);
    if (open_column(unit, col) == 0) {
      unit.commit(held, {column.un_hs_id});  // RC-03: reservation and column in one commit
      return true;
    }
    RAIDSIM_SOMETIMES(true, "hot spares: a spare cannot be opened, the next is tried");
    const md::RecordId spare = raid_hs_release(unit, col, ReleaseAs::HS_BAD);
    return_to_original(unit, col);
    give_up();
    commit_with_release(unit, held, spare);
    unit.message(md::MessageId::HS_OPEN_ERROR, got.device);
    system_.notify(md::EventClass::EC_SVM_STATE, EventSubclass::ESC_SVM_HS_FREED, md::EventTag::SVM_TAG_HS, got.device);
  }
}

/// 3 step 13. The poke that freeing the spare causes finds the unit unchanged and leaves it alone (RH-21).
void HotSpareDaemon::start_failed(RaidUnit& unit, ColumnIndex col) {
  RAIDSIM_SOMETIMES(true, "hot spares: the rebuild onto a spare could not start");
  ScopedWrite held(unit.unit_lock.write());
  release_resync_request(unit.un);
  if (unit.column(col).un_devstate == RCS_RESYNC) set_state(unit, held, col, RCS_ERRED);
  unit.column(col).un_devflags &= ~uint32_t{MD_RAID_DEV_ERRED};
  md::RecordId spare = 0;
  if (unit.column(col).hot_spared()) {
    spare = raid_hs_release(unit, col, ReleaseAs::HS_FREE);
    return_to_original(unit, col);
  }
  recompute_state(unit, held);
  failed_starts_[unit.minor] = look_at(unit);
  commit_with_release(unit, held, spare);
  held.release();
}

}  // namespace raidsim::raid
