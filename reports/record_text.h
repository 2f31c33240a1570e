// reports/record_text.h: one record as one line, by the kind tables that the trace file carries.
//
//   event 118  1.204 ms  disk-complete  disk d2  op write  number 31  errno 0  residual 0
#pragma once

#include <cstdint>
#include <string>

#include "engine/trace/file.h"

namespace raidsim::reports {

[[nodiscard]] std::string record_text(const TraceFile& file, uint64_t event, const TraceRecord& record);

}  // namespace raidsim::reports
