// model/raid/regen_rows.h: parity of a child's rows computed anew while the unit is REGEN (spec/raid-io.md 9).
#pragma once

#include "model/raid/raid_unit.h"

namespace raidsim::raid {

/// Sums all columns but the parity column and writes the sum there, durably (RH-12.4). The child has buffers.
///
/// Locks     line lock and unit lock (R) held; on a device error the unit lock is exchanged and the failing
///           column alone is errored (RH-24.1)
/// Window    column states may have changed on return
/// Suspends  at every transfer
void raid_regen_parity(Child& cs);

}  // namespace raidsim::raid
