// model/md/trace_kinds.h: trace records about the volume manager, 128..191 (engine/trace/record.h).
//
// The code under test records nothing itself: the harness's Console, Notifier and observers do.
#pragma once

#include <span>

#include "engine/trace/record.h"

namespace raidsim::md {

enum ModelTraceKind : TraceKind {
  trace_svm_event = model_kinds,  ///< actor device (low half), flags class * 256 + subclass, a device, b tag
  trace_message,                  ///< flags message id, actor first argument, a and b the other two
  trace_commit,                   ///< actor record, a bytes, b hash of the bytes
  trace_unit_state,               ///< actor unit, flags new state, a old state
  trace_column_state,             ///< actor unit, flags new state, a column, b old state
  trace_resync_line,              ///< actor unit, a line, b lines in all
  trace_spare_state,              ///< actor record of the spare, flags new state, a old state, b device
  trace_panic,                    ///< actor host epoch
  trace_host,                     ///< actor host epoch, flags 0 crash, 1 power cut, 2 boot, 3 halt
  trace_ioctl_start,              ///< actor unit or pool, flags the command, a and b its arguments
  trace_ioctl_end,                ///< actor unit or pool, flags the command, a error class, b error code
  trace_request,                  ///< actor unit, flags operation, a block, b bytes
  trace_answer,                   ///< actor unit, flags errno, a block, b residual bytes
};

[[nodiscard]] std::span<const TraceKindInfo> trace_kinds() noexcept;

}  // namespace raidsim::md
