// scenarios/load_host_fault.h: lines whose fault is the host's or a replica's. Only load_fault.cpp includes it.
#pragma once

#include "scenarios/fault_table.h"
#include "scenarios/loading.h"

namespace raidsim::scenarios::loading {

/// Of a row that needs none of a disk's targets, before anything else of the line is looked at.
void refuse_other_targets(const Object& line, const FaultRow& row);
/// Target and checks. Shape  the parameters have been read
void load_host_fault(const Object& line, const FaultRow& row, const Scenario& scenario, Fault& fault);

}  // namespace raidsim::scenarios::loading
