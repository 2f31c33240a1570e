// model/raid/resync_request.h: claiming and giving up the unit's one resync (spec/raid-resync.md 2). Pure.
#pragma once

#include "model/raid/state.h"

namespace raidsim::raid {

enum class ResyncKind : uint8_t { copy, regen };

/// Whether resync_request() would be refused: a resync or a grow is under way (2.1 step 1).
[[nodiscard]] bool resync_refused(const Unit& unit, ColumnIndex col) noexcept;

struct RequestResult {
  bool granted = false;  ///< false: nothing changed (MDE_GROW_DELAYED)
  StateChange change;
};
/// Makes the column RESYNC at line 0 with COPY or REGEN set, and the unit's resync active. Neither commits nor
/// starts anything.
///
/// Locks   unit lock (W)
/// Source  2.1; DEV_ERRED stays as it is on a restart (RH-17); the unit state follows from the columns (RH-03)
[[nodiscard]] RequestResult resync_request(Unit& unit, ColumnIndex col, ResyncKind kind, int64_t now_ns);

/// 2.2: gives the request up; the column's state is not touched. Locks  unit lock (W) (RH-20)
void release_resync_request(Unit& unit) noexcept;

}  // namespace raidsim::raid
