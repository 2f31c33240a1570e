// model/raid/replay.h: makes home writes of interrupted writes good from the pre-write log (spec/raid-replay.md).
//
//   collect headers ──> group (replay_plan.h) ──> payloads to their homes ──> flush ──> logs empty again
//
//   RH-07  Replay can be repeated: no log is touched before all payloads are durable, and payload writes are
//          absolute (RD-11).
#pragma once

#include "model/raid/raid_unit.h"

namespace raidsim::raid {

enum class ReplayResult : uint8_t { SUCCESS = 0, ALLOCFAIL = 1, COMPREPLAY = 2, READONLY = 4 };

/// Replays and, at a normal end, brings back last-errored columns whose missed writes the log held (D-17) and
/// initialises the logs of up columns. Sets MD_UN_REPLAYED then, and only then (RH-11); un_pwid is above every
/// id seen in either case.
///
/// Locks     unit lock (W), `held`, under the open/close flag; devices are open
/// Suspends  at every transfer and commit
[[nodiscard]] ReplayResult raid_replay(RaidUnit& unit, const WriteHold& held);

}  // namespace raidsim::raid
