// model/raid/init_pw_area.h: makes a column's log area one of empty slots (spec/raid-data-model.md 6.3).
#pragma once

#include "model/raid/raid_unit.h"

namespace raidsim::raid {

/// Writes every slot as empty, slot 0 upwards, and flushes: durable on return (RH-12.3).
///
/// Shape     the device is open; home writes of all entries in the unit's logs are durable
/// Locks     unit lock held in either mode, and no write of the unit in progress on this column
/// Suspends  at every transfer
/// Errors    errno of the first failed transfer; the area is then partly initialised
[[nodiscard]] int init_pw_area(RaidUnit& unit, ColumnIndex col, Target target);

}  // namespace raidsim::raid
