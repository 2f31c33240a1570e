// model/raid/write.h: partial writes, and the start of all writes (spec/raid-io.md 7).
//
//   buffers ──> slots free? ──> line lock (W) + slots, or queued ──> raid_startio: unit lock (R)
//        ──> full line, or by the states of data and parity column:
//
//   both usable     read old data and old parity ──> pre-write both ──> [caller told] ──> home writes
//   parity not      pre-write data ──> [caller told] ──> home write
//   data not        read the other columns ──> pre-write parity ──> [caller told] ──> home write
//   neither         EIO
//
//   RL-12  success is reported only after all pre-writes of all children are durable.
#pragma once

#include "model/raid/raid_unit.h"

namespace raidsim::raid {

/// Starts one piece in the caller's context. Suspends
void raid_write(Child& cs);

/// Goes on once line and slots are held: at once, or from the queue on md_mstr_daemon. Suspends
void raid_startio(Child& cs);

// Ends shared with full lines (7.7).
void raid_write_err_retry(Child& cs);  ///< EIO
void raid_write_no_retry(Child& cs);   ///< just the end: the caller knows already
void fail_write(Child& cs, int error);
/// All pre-writes of the child are durable: slots settled, its share of ps_pwfrags given back.
void pre_writes_done(Child& cs);

}  // namespace raidsim::raid
