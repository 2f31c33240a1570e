// model/raid/admin/create.h: makes a unit out of the image that the tool prepared (spec/raid-admin.md 2).
//
//   image ──> record, names of components checked ──> commit ──> visible ──> INIT: initialisation started
#pragma once

#include "model/md/error.h"
#include "model/raid/raid_unit.h"

namespace raidsim::raid {

/// The image holds geometry, columns (orig and now groups, keys), pool, and the initial states: INIT with all
/// columns INIT, or OKAY with all columns OKAY (the keep option: slot-0 headers are verified, D-08 "ready").
///
/// Locks   takes array lock (W) and list lock (W) to make the unit visible
/// Suspends
/// Errors  MDE_INVAL_UNIT, MDE_DB_STALE, MDE_UNIT_ALREADY_SETUP, MDE_DB_NOSPACE, MDE_DB_NOTNOW, MDE_RAID_INVALID,
/// MDE_INVAL_HSP,
///         of raid_init_unit()
[[nodiscard]] md::Error raid_create(md::System& system, const Unit& image);

/// The keep option's check of slot 0 on every column (step 4). Suspends
[[nodiscard]] bool slot_zero_headers_verify(md::System& system, const Unit& image);

}  // namespace raidsim::raid
