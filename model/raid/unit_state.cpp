// model/raid/unit_state.cpp
#include "model/raid/unit_state.h"

#include "engine/assert.h"

namespace raidsim::raid {

void carry_out(RaidUnit& unit, const StateChange& change) {
  for (const StateEffect& effect : change.effects()) {
    if (effect.needs_maint) unit.message(md::MessageId::NEEDS_MAINT, effect.device);
    if (effect.last_errored_note) unit.message(md::MessageId::LAST_ERRED_NOTE, effect.device);
    if (!effect.close_device) continue;
    BlockDevice* const open = unit.device(effect.column, Target::now);
    unit.set_device(effect.column, Target::now, nullptr);
    if (open != nullptr) unit.system.md_layered_close(*open);
  }
}

void set_state(RaidUnit& unit, const WriteHold& held, ColumnIndex col, ColumnState newstate, Flavour flavour) {
  RAIDSIM_ASSERT(held.is_for(unit.unit_lock));  // RL-04
  carry_out(unit, raid_set_state(unit.un, col, newstate, flavour, unit.system.wall_ns()));
}

void recompute_state(RaidUnit& unit, const WriteHold& held) {
  RAIDSIM_ASSERT(held.is_for(unit.unit_lock));
  recompute_state(unit.un, unit.system.wall_ns());
}

}  // namespace raidsim::raid
