#include "harness/trace_kinds.h"

namespace raidsim::harness {

std::span<const TraceKindInfo> harness_trace_kinds() noexcept {
  static constexpr TraceKindInfo table[] = {
      {kind_request_begin, "request-begin", "client", "op", "block", "blocks:write"},
      {kind_request_end, "request-end", "client", "errno", "block", "blocks:write"},
      {kind_script, "script", "line", "", "times", ""},
      {kind_phase, "phase", "phase", "", "", ""},
      {kind_epoch, "epoch", "host", "how", "epoch", ""},
      {kind_unit_state, "unit-state", "unit", "", "old", "new"},
      {kind_column_state, "column-state", "unit", "column", "old", "new"},
      {kind_column_device, "column-device", "unit", "column", "old", "new"},
      {kind_resync_line, "resync-line", "unit", "", "line", ""},
      {kind_spare_state, "spare-state", "disk", "", "old", "new"},
      {kind_svm_event, "svm-event", "unit", "subclass", "tag", "device"},
      {kind_message, "message", "unit", "message", "a", "b"},
      {kind_point, "point", "unit", "point", "column", "row"},
      {kind_commit, "commit", "record", "", "commits", ""},
      {kind_command, "command", "line", "", "error", "class"},
      {kind_panic, "panic", "host", "", "", ""},
      {kind_violation, "violation", "violation", "", "", ""},
      {kind_finding, "finding", "finding", "", "", ""},
      {kind_no_memory, "no-memory", "site", "", "calls", "refusals"},
  };
  return table;
}

}  // namespace raidsim::harness
