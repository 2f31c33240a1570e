// model/statedb/equalise.h: after an error, and at a load: who is in, all of them made equal, and the list of them
// durable before anybody goes on (DB-Q1 to Q8).
//
//   write error ──> quick rescan: out with the bad ──┐
//   load, probe ──> full rescan: all that are there ─┴─> enough? ──> equalising pass ──> LB, LB again, names
//                                                         no: TOOFEW
//
// A change of the list that a crash or an error cut short is ended here (list_change.h).
//
// All of it runs under the set's token.
#pragma once

#include "model/statedb/set_state.h"

namespace raidsim::statedb {

/// Takes all replicas that are there in again and makes them equal (DB-Q4). On a STALE set nothing is written (DB-Q2).
/// Suspends. Errors  false: STALE, or too few can be written (`toofew`)
[[nodiscard]] bool full_rescan(SetState& set, Services& services);

/// Takes out every replica with a write error, where the specification takes out the first, and makes the others equal
/// (DB-Q3, docs/decisions/0030).
[[nodiscard]] bool quick_rescan(SetState& set, Services& services);

/// DB-Q6: quick, and if that fails, full. Suspends. Errors  false: the set is STALE or TOOFEW
[[nodiscard]] bool recover(SetState& set, Services& services);

}  // namespace raidsim::statedb
