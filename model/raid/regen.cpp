// model/raid/regen.cpp
#include "model/raid/regen.h"

#include <algorithm>
#include <vector>

#include "model/raid/admin/lookup.h"
#include "model/raid/open_close.h"
#include "model/raid/scoped_hold.h"
#include "model/raid/strategy.h"
#include "model/raid/unit_state.h"

namespace raidsim::raid {
namespace {

using md::EventSubclass;

bool all_okay(const Unit& unit) { return unit.count(RCS_OKAY) == unit.columns.size(); }

/// RH-24.2: a unit that is REGEN without a thread may be asked again.
bool may_regenerate(const Unit& unit) {
  const bool state = unit.un_state == RUS_OKAY || unit.un_state == RUS_REGEN;
  return state && all_okay(unit) && !unit.has(MD_UN_REGEN_RUNNING);
}

/// Reads the first segment of the line through the unit's own entry, which makes its parity anew while the unit is
/// REGEN. False: the read failed, or the unit is not REGEN any more (RH-24.4).
bool regenerate_line(RaidUnit& unit, uint64_t line, std::vector<std::byte>& segment) {
  const uint64_t block = line * (unit.un.un_origcolumncnt - 1) * unit.un.un_segsize;
  const auto blocks = static_cast<uint32_t>(unit.un.un_segsize);
  if (raid_transfer(unit, md::BufferOp::read, block, blocks, segment.data(), md::MD_STR_NOTTOP) != 0) return false;
  const ScopedRead held(unit.unit_lock.read());
  unit.un.un_percent_done = static_cast<uint32_t>(std::min<uint64_t>(1000, 1000 * line / unit.un.un_segsincolumn));
  return unit.un.un_state == RUS_REGEN;
}

void finish(RaidUnit& unit, bool failed) {
  {
    const ScopedWrite io(unit.io_lock.write());
    close_for_driver(unit);
  }
  ScopedWrite held(unit.unit_lock.write());
  const bool done = !failed && unit.un.un_state == RUS_REGEN && all_okay(unit.un);
  if (done) {
    unit.un.un_state = RUS_OKAY;
    unit.un.un_timestamp_ns = unit.system.wall_ns();
  }
  unit.un.un_status &= ~uint32_t{MD_UN_REGEN_RUNNING};
  unit.commit(held);
  held.release();
  unit.event(done ? EventSubclass::ESC_SVM_REGEN_DONE : EventSubclass::ESC_SVM_REGEN_FAILED);
  --unit.system.resync.md_raid_resync;
}

void regen_unit(RaidUnit& unit) {
  unit.event(EventSubclass::ESC_SVM_REGEN_START);
  std::vector<std::byte> segment(unit.un.un_segsize * block_bytes);
  bool failed = false;
  for (uint64_t line = 0; line < unit.un.un_segsincolumn && !failed; ++line) {
    failed = !regenerate_line(unit, line, segment);
  }
  finish(unit, failed);
}

md::Error refusal(const Unit& unit, md::Minor minor) {
  if (unit.has(MD_UN_GROW_PENDING)) return md::mdmderror(md::MDE_IN_USE, minor);
  if (unit.has(MD_UN_RESYNC_ACTIVE) || unit.count(RCS_RESYNC) != 0) {
    return md::mdmderror(md::MDE_RESYNC_ACTIVE, minor);
  }
  if (unit.count(RCS_INIT) != 0 || unit.un_state == RUS_INIT) return md::mdmderror(md::MDE_IN_USE, minor);
  if (!may_regenerate(unit)) return md::mdmderror(md::MDE_RAID_NOT_OKAY, minor);
  return md::no_error;
}

}  // namespace

md::Error raid_regen(md::System& system, md::Minor minor) {
  Looked looked = raid_getun(system, minor, LockSet::read);
  if (looked.unit == nullptr) return looked.error;
  if (const md::Error error = refusal(looked.unit->un, minor); !error.is_ok()) return error;
  looked.locks.drop();
  looked = raid_getun(system, minor, LockSet::writers);
  if (looked.unit == nullptr) return looked.error;
  RaidUnit& unit = *looked.unit;
  // Everything is looked at again, not only the states: a resync of a healthy column leaves the unit OKAY.
  if (const md::Error error = refusal(unit.un, minor); !error.is_ok()) return error;
  set_state(unit, looked.locks.unit_w, ColumnIndex{0}, RCS_REGEN);
  unit.commit(looked.locks.unit_w);
  looked.locks.drop();
  return raid_regen_unit(system, minor);
}

md::Error raid_regen_unit(md::System& system, md::Minor minor) {
  auto* const unit = static_cast<RaidUnit*>(system.unit(minor));
  const md::Error failure = md::mdmderror(md::MDE_RAID_OPEN_FAILURE, minor);
  if (system.stale()) return md::mdmddberror(md::MDE_DB_STALE, minor, 0);
  if (unit == nullptr || (unit->ui_tstate & md::MD_DEV_ERRORED) != 0) return failure;
  if (open_for_driver(*unit) != 0) return failure;  // RH-24.2: no column changes, the unit stays REGEN
  {
    const ScopedWrite held(unit->unit_lock.write());
    unit->un.un_percent_done = 0;
    unit->un.un_status |= MD_UN_REGEN_RUNNING;
  }
  ++system.resync.md_raid_resync;  // RH-31
  system.env.host->spawn("regen", [unit] { regen_unit(*unit); });
  return md::no_error;
}

}  // namespace raidsim::raid
