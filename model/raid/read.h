// model/raid/read.h: reads, direct or rebuilt from the other columns (spec/raid-io.md 6).
//
//   line lock (R) ──> unit lock (R) ──┬─ column okay ──> one read into the caller's memory
//                                     └─ else ──> other columns one by one, XOR into the data buffer ──> caller
//
//   RL-15  a rebuild takes no byte from a column that is not valid for the rows (RH-01); absent columns count
//          as zero and are not touched (RH-02).
//   RH-25  buffers for a rebuild are never waited for under the locks: the read gives them up and starts again.
#pragma once

#include "model/raid/raid_unit.h"

namespace raidsim::raid {

/// Starts one piece, in a context that may wait. Suspends
void raid_read(Child& cs);

}  // namespace raidsim::raid
