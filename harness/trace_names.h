// harness/trace_names.h: the NAME tables of a trace file, so that reports/ needs no code of other rooms.
//
//   things   disk, device (disk behind a device number's low half), unit, minor, client, line, violation, finding
//   words    op, phase, epoch-how, unit-state, column-state, subclass, tag, message, fault, point, errno, error
#pragma once

#include "engine/trace/file.h"
#include "harness/runner.h"
#include "scenarios/scenario.h"

namespace raidsim::harness {

void add_names(TraceFile& file, const scenarios::Scenario& scenario, const RunRecord& record);

/// "d10 is a RAID-5 of 4 disks (d0 d1 d2 d3), 16 KiB interlace; 1 client ..." in one sentence a unit.
[[nodiscard]] std::string setup_of(const scenarios::Scenario& scenario);

}  // namespace raidsim::harness
