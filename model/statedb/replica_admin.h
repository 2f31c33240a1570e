// model/statedb/replica_admin.h: replicas come and go (spec/statedb.md 3.6, 3.7), under the set's token.
//
//   add      master block (the tool's) ──> contents ──> names ──> its own locator block ──> the list, in two steps
//   delete   the list, in two steps ──> its own locator block with count 0
//
// A delete empties the replica last, where the specification does it first: as long as the others' lists name it, it
// keeps its vote (docs/decisions/0031). The two steps are those of list_change.h.
#pragma once

#include <string_view>

#include "model/statedb/boot_list.h"
#include "model/statedb/operations.h"

namespace raidsim::statedb {

struct NewReplica {
  ReplicaPlace place;
  std::string_view path;    ///< for people: "/dev/dsk/d0s7"
  std::string_view driver;  ///< "sd"
};

struct NewSet {
  uint32_t number = 0;
  SetIdentifier ident{};
  bool device_ids = true;  ///< replicas are found by device id, else by device number
};

/// An empty database without replicas, laid out for replicas of so many logical blocks (DB-A1).
void make_new_set(SetState& set, Services& services, const NewSet& asked, uint32_t logical_blocks);

/// Also on a STALE set. A set without replicas is laid out for the first one. Suspends.
/// Errors  exists; master: its master block is not to be had; toosmall: the replica, or a table; toomany; notnow
[[nodiscard]] DbStatus add_replica(SetState& set, Services& services, const NewReplica& asked);

/// `index` among those that are not deleted. Suspends.
/// Errors  invalid: no such; toofew: of the others fewer than half are in use, nothing changed; notnow
[[nodiscard]] DbStatus delete_replica(SetState& set, Services& services, size_t index);

}  // namespace raidsim::statedb
