// model/raid/full_line.h: a write that covers a whole line and needs no old content (spec/raid-io.md 7.2).
//
// The caller's data fill one buffer per data column, parity is their sum; every column is logged, then written.
// One column that has failed since the request was split is left out: its data live in the parity.
#pragma once

#include "model/raid/raid_unit.h"

namespace raidsim::raid {

/// cs_buflist: data columns after the first, in line order.
void list_further_columns(Child& cs);

/// Column probe: every column's device resolves and one block at un_pwstart reads. Changes nothing (RH-29).
/// Locks  takes the unit lock (R) for each read. Suspends
[[nodiscard]] bool probe_columns(RaidUnit& unit);

/// Unit lock (R) held.
void raid_write_full_line(Child& cs);

}  // namespace raidsim::raid
