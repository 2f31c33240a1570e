// model/raid/admin/lookup.cpp
#include "model/raid/admin/lookup.h"

namespace raidsim::raid {
namespace {

bool in_range(md::Minor minor) { return md::set_of_minor(minor) == 0 && md::unit_of_minor(minor) < md::md_maxunits; }

AdminLocks take(md::System& system, RaidUnit& unit, LockSet wanted) {
  AdminLocks locks;
  if (wanted == LockSet::writers) locks.array = system.md_unit_array_rw.write();
  if (wanted == LockSet::writers || wanted == LockSet::write) {
    locks.io = unit.io_lock.write();
    locks.unit_w = unit.unit_lock.write();
  }
  if (wanted == LockSet::read) locks.unit_r = unit.unit_lock.read();
  return locks;
}

}  // namespace

void AdminLocks::drop() {
  if (unit_r) unit_r.release();
  if (unit_w) unit_w.release();
  if (io) io.release();
  if (array) array.release();
}

Looked raid_getun(md::System& system, md::Minor minor, LockSet locks, bool stale_ok) {
  const auto failed = [](const md::Error& error) { return Looked{.unit = nullptr, .locks = {}, .error = error}; };
  if (!in_range(minor)) return failed(md::mdmderror(md::MDE_INVAL_UNIT, minor));
  if (system.stale() && !stale_ok && locks != LockSet::read) return failed(md::mdmddberror(md::MDE_DB_STALE, minor, 0));
  md::UnitFrame* const frame = system.unit(minor);
  // No unit comes out of a STALE set that had no majority: whether there is one, nobody knows (docs/decisions/0034).
  const bool unknown = frame == nullptr && system.stale();
  if (unknown) return failed(md::mdmddberror(md::MDE_DB_STALE, minor, 0));
  if (frame == nullptr) return failed(md::mdmderror(md::MDE_UNIT_NOT_SETUP, minor));
  if (frame->type != md::UnitType::MD_METARAID) return failed(md::mdmderror(md::MDE_NOT_RAID, minor));
  auto& unit = *static_cast<RaidUnit*>(frame);
  return Looked{.unit = &unit, .locks = take(system, unit, locks), .error = md::no_error};
}

md::Error raid_getun_for_create(md::System& system, md::Minor minor) {
  if (!in_range(minor)) return md::mdmderror(md::MDE_INVAL_UNIT, minor);
  if (system.stale()) return md::mdmddberror(md::MDE_DB_STALE, minor, 0);
  if (system.unit(minor) != nullptr) return md::mdmderror(md::MDE_UNIT_ALREADY_SETUP, minor);
  return md::no_error;
}

}  // namespace raidsim::raid
