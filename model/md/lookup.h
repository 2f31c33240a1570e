// model/md/lookup.h: the checks with which almost every command begins, in their order (spec/stripe.md 8,
// spec/raid-admin.md 1.2): range, stale, set up.
#pragma once

#include "model/md/error.h"
#include "model/md/system.h"

namespace raidsim::md {

enum class Access : uint8_t { change, look };  ///< a stale set is fine for who only looks

struct Found {
  UnitFrame* unit = nullptr;  ///< null on error
  Error error;
};

[[nodiscard]] inline bool in_range(Minor minor) noexcept { return set_of_minor(minor) == 0; }

/// Errors  MDE_INVAL_UNIT, MDE_DB_STALE, MDE_UNIT_NOT_SETUP
[[nodiscard]] Found find_unit(const System& system, Minor minor, Access access);
/// For creation: nothing is there yet. Errors  MDE_INVAL_UNIT, MDE_DB_STALE, MDE_UNIT_ALREADY_SETUP
[[nodiscard]] Error find_free_slot(const System& system, Minor minor);

}  // namespace raidsim::md
