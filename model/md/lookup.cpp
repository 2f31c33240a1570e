#include "model/md/lookup.h"

namespace raidsim::md {

Found find_unit(const System& system, Minor minor, Access access) {
  const auto failed = [](const Error& error) { return Found{.unit = nullptr, .error = error}; };
  if (!in_range(minor)) return failed(mdmderror(MDE_INVAL_UNIT, minor));
  UnitFrame* const unit = system.unit(minor);
  // No unit comes out of a STALE set that had no majority: whether there is one, nobody knows (docs/decisions/0034).
  const bool unknown = unit == nullptr || access == Access::change;
  if (system.stale() && unknown) return failed(mdmddberror(MDE_DB_STALE, minor, 0));
  if (unit == nullptr) return failed(mdmderror(MDE_UNIT_NOT_SETUP, minor));
  return {.unit = unit, .error = no_error};
}

Error find_free_slot(const System& system, Minor minor) {
  if (!in_range(minor)) return mdmderror(MDE_INVAL_UNIT, minor);
  if (system.stale()) return mdmddberror(MDE_DB_STALE, minor, 0);
  if (system.unit(minor) != nullptr) return mdmderror(MDE_UNIT_ALREADY_SETUP, minor);
  return no_error;
}

}  // namespace raidsim::md
