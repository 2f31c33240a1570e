// model/raid/probe.h: whether the unit's devices can still be opened, without I/O on them (spec/raid-admin.md 10.4).
#pragma once

#include "model/raid/raid_unit.h"

namespace raidsim::raid {

/// "probe open test": records what it finds, as a first open does for a closed unit, as a failed transfer does for one
/// that is open. Nothing is done to a unit that is last errored, nor before its initialisation has ended.
///
/// Locks     unit lock (W), `held`
/// Suspends  for device opens and the commit
/// Errors    ENXIO: more than one column of a closed unit cannot be opened
[[nodiscard]] int raid_probe_dev(RaidUnit& unit, const WriteHold& held);

}  // namespace raidsim::raid
