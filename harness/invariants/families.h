// harness/invariants/families.h: one function per family of invariants; each adds its own to the list.
#pragma once

#include <memory>
#include <vector>

#include "harness/invariants/invariant.h"

namespace raidsim::harness {

using InvariantList = std::vector<std::unique_ptr<Invariant>>;

void add_structure_invariants(InvariantList& all);       ///< RS: the record's numbers and the map
void add_state_invariants(InvariantList& all);           ///< RT: columns, unit, flags
void add_spare_invariants(InvariantList& all);           ///< RP: who has which spare
void add_lock_invariants(InvariantList& all);            ///< RL-01 to RL-10: chain, queue, slots, parents
void add_write_invariants(InvariantList& all);           ///< RL-11 to RL-13, V9: what a write may do when
void add_data_invariants(InvariantList& all);            ///< RD, RL-15: what the media hold, what is read of them
void add_durability_invariants(InvariantList& all);      ///< RC: what the records say, and when
void add_progress_invariants(InvariantList& all);        ///< what has to be over at quiescence
void add_event_invariants(InvariantList& all);           ///< RE: events and what they claim
void add_stop_invariants(InvariantList& all);            ///< RH-13: what an orderly stop leaves behind
void add_replica_invariants(InvariantList& all);         ///< INV-D: the replicas while the host runs
void add_replica_commit_invariants(InvariantList& all);  ///< INV-D: how an operation passes over the replicas
void add_replica_boot_invariants(InvariantList& all);    ///< INV-D: what a boot makes of them
void add_core_invariants(InvariantList& all);            ///< INV-M: slots, lists, records, opens, halt
void add_command_invariants(InvariantList& all);         ///< INV-M22, INV-E04, INV-E07: what commands and events leave
void add_stripe_invariants(InvariantList& all);          ///< INV-S: stripes and concatenations
void add_system_invariants(InvariantList& all);          ///< RL-16, RL-17: locks and resources of the whole

}  // namespace raidsim::harness
