// harness/invariants/replica_rules.h: rules of the state database on what was read; pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/invariants/replica_media.h"
#include "harness/oracle/acknowledged_records.h"
#include "model/statedb/record_store.h"
#include "model/statedb/set_state.h"

namespace raidsim::harness {

/// What a replica that is in use lacks of what is committed and of the present list (INV-D1, D3, D8). Empty: nothing.
[[nodiscard]] std::string not_equal(const ReplicaOnMedia& replica,
                                    const std::map<md::RecordId, statedb::StoredRecord>& committed,
                                    const statedb::SetState& set);

/// Why a set should be writable of whose boot list, `all` places, these replicas can be read (INV-D29). The tool
/// shortens the boot list before a replica leaves and lengthens it when one has joined, so these are in both lists of a
/// change, and must be a majority of both. Empty: it need not.
[[nodiscard]] std::string should_be_writable(const std::vector<ReplicaOnMedia>& there, uint32_t all);

}  // namespace raidsim::harness
