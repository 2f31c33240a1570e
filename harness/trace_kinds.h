// harness/trace_kinds.h: the harness's own records: requests, script lines, verdicts (192..255).
#pragma once

#include <span>

#include "engine/trace/record.h"

namespace raidsim::harness {

enum HarnessKind : TraceKind {
  kind_request_begin = harness_kinds,  ///< actor client; flags op; a block; b blocks << 32 | write id
  kind_request_end,                    ///< actor client; flags errno; a block; b blocks << 32 | write id
  kind_script,                         ///< actor line of the script; a times fired so far
  kind_phase,                          ///< actor phase number (runner.h)
  kind_epoch,                          ///< actor host; flags how it began or ended; a epoch
  kind_unit_state,                     ///< actor unit; a old state; b new state
  kind_column_state,                   ///< actor unit; flags column; a old state; b new state
  kind_column_device,                  ///< actor unit; flags column; a old device; b new device
  kind_resync_line,                    ///< actor unit; a line
  kind_spare_state,                    ///< actor disk; a old state; b new state
  kind_svm_event,                      ///< actor minor or device; flags subclass; a tag; b device
  kind_message,                        ///< actor minor; flags message id; a, b arguments
  kind_point,                          ///< actor unit; flags protocol point; a column; b first row or slot
  kind_commit,                         ///< actor record; a commits so far
  kind_command,                        ///< actor line of the script; a error code; b error class
  kind_panic,                          ///< actor host
  kind_violation,                      ///< actor number of the violation in the result
  kind_finding,                        ///< actor number of the finding in the result
  kind_no_memory,                      ///< actor call site (AllocationSite); a calls so far; b refusals so far
};

[[nodiscard]] std::span<const TraceKindInfo> harness_trace_kinds() noexcept;

}  // namespace raidsim::harness
