// scenarios/host_fault_parameters.h: parameters of faults of the host and of replicas, as fault_parameters.h.
#pragma once

#include "scenarios/fault_table.h"

namespace raidsim::scenarios::parameter {

extern const ParameterRow thread, hold_events, site, nth_call, anomaly, step, replica_index, part, access, misses, flaw,
    writes, torn_last, loses_power, reachable, how, free_blocks;

}  // namespace raidsim::scenarios::parameter
