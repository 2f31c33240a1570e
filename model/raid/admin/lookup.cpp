// model/raid/admin/lookup.cpp
#include "model/raid/admin/lookup.h"

#include "model/md/lookup.h"

namespace raidsim::raid {
namespace {

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
  const bool looks = stale_ok || locks == LockSet::read;
  const md::Found found = md::find_unit(system, minor, looks ? md::Access::look : md::Access::change);
  if (found.unit == nullptr) return {.unit = nullptr, .locks = {}, .error = found.error};
  if (found.unit->type != md::UnitType::MD_METARAID) {
    return {.unit = nullptr, .locks = {}, .error = md::mdmderror(md::MDE_NOT_RAID, minor)};
  }
  auto& unit = *static_cast<RaidUnit*>(found.unit);
  return Looked{.unit = &unit, .locks = take(system, unit, locks), .error = md::no_error};
}

md::Error raid_getun_for_create(md::System& system, md::Minor minor) { return md::find_free_slot(system, minor); }

}  // namespace raidsim::raid
