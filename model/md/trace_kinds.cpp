#include "model/md/trace_kinds.h"

#include <array>

namespace raidsim::md {

std::span<const TraceKindInfo> trace_kinds() noexcept {
  static constexpr std::array<TraceKindInfo, 13> table{{
      {trace_svm_event, "svm-event", "device", "class-subclass", "device", "tag"},
      {trace_message, "message", "argument", "message", "argument", "argument"},
      {trace_commit, "commit", "record", "", "bytes", "hash"},
      {trace_unit_state, "unit-state", "unit", "state", "old state", ""},
      {trace_column_state, "column-state", "unit", "state", "column", "old state"},
      {trace_resync_line, "resync-line", "unit", "", "line", "lines"},
      {trace_spare_state, "spare-state", "record", "state", "old state", "device"},
      {trace_panic, "panic", "epoch", "", "", ""},
      {trace_host, "host", "epoch", "event", "", ""},
      {trace_ioctl_start, "ioctl-start", "unit", "command", "argument", "argument"},
      {trace_ioctl_end, "ioctl-end", "unit", "command", "error class", "error code"},
      {trace_request, "request", "unit", "operation", "block", "bytes"},
      {trace_answer, "answer", "unit", "errno", "block", "residual"},
  }};
  return table;
}

}  // namespace raidsim::md
