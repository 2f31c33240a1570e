// model/statedb/candidates.h: the replicas that a load finds, and which of their locator blocks it believes.
//
//   boot list ──> master block ──> journal ──> locator block ──┬──> more places to look at
//                   bad: EMASTER              bad: no vote     └──> itself in it? a vote, and a choice
//
// Source  spec/statedb.md 4.2, 4.4
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "model/statedb/boot_list.h"
#include "model/statedb/format/locator_block.h"
#include "model/statedb/open_device.h"
#include "model/statedb/replica.h"
#include "model/statedb/set_state.h"

namespace raidsim::statedb {

struct Candidate {
  ReplicaPlace place;
  bool transplant = false;           ///< it has the locator block of another lineage
  uint32_t flags = 0;                ///< PTCHED, EMASTER, EFMT, EREAD, LOCACC
  OpenDevice device;                 ///< open while the master block is good
  std::unique_ptr<Replica> replica;  ///< null: EMASTER
  std::optional<LocatorBlock> lb;    ///< its own; nothing when it is not to be chosen
};

/// Opens and reads all that the boot list names, and what their locator blocks name (DB-B3, DB-B4). A replica has a
/// vote (LOCACC) only when its locator block is whole, not of a deleted one, and lists it: a block that was copied here
/// or belongs to the past speaks for nobody (D-16, docs/decisions/0031). Suspends.
[[nodiscard]] std::vector<Candidate> collect_candidates(Services& services, uint32_t set, const BootList& list);

/// Which locator block is the set's (DB-B6): of this host, of the commonest lineage, of the highest count. Those of
/// other lineages lose block and vote. Nothing: there is none.
[[nodiscard]] std::optional<size_t> choose_locators(std::vector<Candidate>& candidates, const SetIdentifier& ident);

}  // namespace raidsim::statedb
