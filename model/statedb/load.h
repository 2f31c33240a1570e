// model/statedb/load.h: from disks that hold replicas to a set in memory (spec/statedb.md 4).
//
//   candidates ──> locator block ──> enough votes? ──no──> STALE
//                                        │
//        of those that are in the list, in use and not behind: names, contents
//                                        │
//        the first that misses nothing another has (D-16) ──> all others made equal to it
//
// A load of a STALE set changes no block of any disk (INV-D31).
#pragma once

#include "model/statedb/boot_list.h"
#include "model/statedb/set_state.h"

namespace raidsim::statedb {

enum class LoadStatus : int { ok = 0, nolocblk = -16, nolocnms = -17, nodirblk = -18 };

struct LoadOptions {
  uint32_t set = 0;
  SetIdentifier ident{};        ///< of this host
  bool half_is_enough = false;  ///< mddb_allow_half (DB-B9)
};

/// Fills `out`, which is new. The set may be STALE or TOOFEW after a load that is ok (DB-B16). Suspends.
[[nodiscard]] LoadStatus load_set(SetState& out, Services& services, const BootList& list, const LoadOptions& options);

}  // namespace raidsim::statedb
