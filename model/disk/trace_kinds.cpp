#include "model/disk/trace_kinds.h"

#include <array>

namespace raidsim::disk {

std::span<const TraceKindInfo> disk_trace_kinds() {
  static constexpr std::array<TraceKindInfo, 19> rows{{
      {trace_disk_issue, "disk-issue", "disk", "op", "block", "number<<24|blocks"},
      {trace_disk_start, "disk-start", "disk", "", "number", ""},
      {trace_disk_complete, "disk-complete", "disk", "op", "number", "errno<<32|residual"},
      {trace_disk_abort, "disk-abort", "disk", "", "number", ""},
      {trace_fault_armed, "fault-armed", "disk", "fault", "handle", ""},
      {trace_fault_fired, "fault-fired", "disk", "fault", "block", "handle"},
      {trace_fault_lifted, "fault-lifted", "disk", "fault", "handle", "hits"},
      {trace_power_cut, "power-cut", "disk", "", "", ""},
      {trace_power_on, "power-on", "disk", "", "", ""},
      {trace_cache_lost, "cache-lost", "disk", "", "writes-kept", "writes-dropped"},
      {trace_forsaken, "disk-forsaken", "disk", "", "number", "fate"},
      {trace_path, "path", "disk", "", "lost-now", "down"},
      {trace_disk_retry, "disk-retry", "disk", "", "number", "path"},
      {trace_disk_swapped, "disk-swapped", "disk", "", "id", "blocks"},
      {trace_disk_open, "disk-open", "disk", "errno", "number", "expected-id"},
      {trace_disk_number, "disk-number", "disk", "", "minor", ""},
      {trace_disk_resized, "disk-resized", "disk", "", "blocks-before", "blocks"},
      {trace_link_reset, "link-reset", "disk", "", "paths", "requests"},
      {trace_disk_cache, "disk-cache", "disk", "", "volatile", ""},
  }};
  return rows;
}

}  // namespace raidsim::disk
