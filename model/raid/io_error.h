// model/raid/io_error.h: what a failed device transfer does to the unit (spec/raid-io.md 6.4, 7.7, 8).
//
//   stage failed ──> first half (md_done_daemon): messages, unit lock (R) dropped
//        ──> second half (md_mstr_daemon): unit lock (W), states recorded and committed, unit lock (R), retry
//
//   RC-01 / RL-13  the new state is committed before the request that met the error is retried or completed.
#pragma once

#include "model/raid/raid_unit.h"

namespace raidsim::raid {

/// Records one failed transfer to device number `device`: finds its column, errs it, commits, emits the event.
/// Locks  unit lock (W), `held`; io lock (R). Suspends
void raid_error_state(RaidUnit& unit, const WriteHold& held, DeviceNumber device, Purpose purpose);

void raid_read_error(Child& cs);   ///< first half of a read; error call of its stages
void raid_write_error(Child& cs);  ///< first half of a write

}  // namespace raidsim::raid
