// model/raid/unit_state.h: the state function applied to the unit in core: its messages and device closes done.
#pragma once

#include "model/raid/raid_unit.h"
#include "model/raid/state.h"

namespace raidsim::raid {

/// raid_set_state with everything it asks for. Neither commits nor emits events.
/// Locks  unit lock (W), `held`
void set_state(RaidUnit& unit, const WriteHold& held, ColumnIndex col, ColumnState newstate,
               Flavour flavour = Flavour::normal);

/// recompute_state() at the present wall time. Locks  unit lock (W), `held`
void recompute_state(RaidUnit& unit, const WriteHold& held);

/// Messages and closes of a change already made to `unit.un`.
void carry_out(RaidUnit& unit, const StateChange& change);

}  // namespace raidsim::raid
