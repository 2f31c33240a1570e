// model/statedb/list_change.h: the list of the replicas changes in two pushes of the locator block
// (docs/decisions/0035).
//
//   list        {a b c}                {a b c}, d joins                      {a b c d}
//   count          7     ──announce──>        8           ──put in force──>      9
//   lb_listcnt     7                          7: all had it                      8: all had it
//
// While a change is announced both lists must have their quorum, to boot and to run. So whoever goes on with the new
// list knows that nobody can boot by the old one alone, and the other way round.
#pragma once

#include "model/statedb/set_state.h"

namespace raidsim::statedb {

/// Makes the list of the set that of its replicas: announced, then in force; those that left lose their vote last.
/// Also for a list in which only the health of replicas changed. Suspends. Errors  false: a push failed
[[nodiscard]] bool push_list(SetState& set, Services& services);

/// A replica that is deleted and still held gets a locator block that says so (count 0), and is let go; what comes of
/// the write is not our business. Suspends.
void dismiss_deleted(SetState& set);

}  // namespace raidsim::statedb
