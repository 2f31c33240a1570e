// model/raid/admin/replace_checks.cpp
#include "model/raid/admin/replace_checks.h"

namespace raidsim::raid {
namespace {

bool resyncing(const Unit& unit) { return unit.has(MD_UN_RESYNC_ACTIVE) || unit.count(RCS_RESYNC) != 0; }

bool initialising(const Unit& unit) {
  return unit.count(RCS_INIT) != 0 || unit.un_state == RUS_INIT || unit.has(MD_UN_GROW_PENDING);
}

/// Step 4: in a unit beyond tolerance the errored column comes first, and only by force.
md::Error refused_last_errored(const Unit& unit, const Column& column, bool force, const md::Error& comp_erred) {
  if (!force) return md::mdmderror(md::MDE_RAID_NEED_FORCE, unit.un_self_id);
  if (column.un_devstate != RCS_ERRED && unit.count(RCS_ERRED) != 0) return comp_erred;
  if ((column.un_devstate & (RCS_ERRED | RCS_LAST_ERRED)) == 0) return comp_erred;
  return md::no_error;
}

}  // namespace

md::Error refused_before_locking(const Unit& unit) noexcept {
  const md::Minor minor = unit.un_self_id;
  if (resyncing(unit)) return md::mdmderror(md::MDE_RESYNC_ACTIVE, minor);
  if (unit.un_state == RUS_DOI) return md::mdmderror(md::MDE_RAID_DOI, minor);
  if (initialising(unit) || unit.un_state == RUS_REGEN) return md::mdmderror(md::MDE_IN_USE, minor);
  return md::no_error;
}

md::Error refused_by_state(const Unit& unit, ColumnIndex col, bool force) noexcept {
  const md::Minor minor = unit.un_self_id;
  const Column& column = unit.columns[col.value];
  const md::Error comp_erred = md::mdcomperror(md::MDE_RAID_COMP_ERRED, minor, column.orig.dev);
  if (resyncing(unit)) return md::mdmderror(md::MDE_RESYNC_ACTIVE, minor);
  if (unit.un_state == RUS_DOI) return md::mdcomperror(md::MDE_REPL_INVAL_STATE, minor, column.orig.dev);
  if (initialising(unit) || unit.un_state == RUS_REGEN) return md::mdmderror(md::MDE_IN_USE, minor);
  if (unit.un_state == RUS_LAST_ERRED) return refused_last_errored(unit, column, force, comp_erred);
  if (unit.un_state == RUS_ERRED && (column.un_devstate & (RCS_ERRED | RCS_INIT_ERRED)) == 0) return comp_erred;
  return md::no_error;
}

}  // namespace raidsim::raid
