// model/disk/trace_kinds.h: what disks put into the trace. Two records for an ordinary transfer, a third
// when it had to wait for service.
#pragma once

#include <span>

#include "engine/trace/record.h"

namespace raidsim::disk {

inline constexpr TraceKind trace_disk_issue = disk_kinds + 0;
inline constexpr TraceKind trace_disk_start = disk_kinds + 1;
inline constexpr TraceKind trace_disk_complete = disk_kinds + 2;
inline constexpr TraceKind trace_disk_abort = disk_kinds + 3;
inline constexpr TraceKind trace_fault_armed = disk_kinds + 4;
inline constexpr TraceKind trace_fault_fired = disk_kinds + 5;
inline constexpr TraceKind trace_fault_lifted = disk_kinds + 6;
inline constexpr TraceKind trace_power_cut = disk_kinds + 7;
inline constexpr TraceKind trace_power_on = disk_kinds + 8;
inline constexpr TraceKind trace_cache_lost = disk_kinds + 9;
inline constexpr TraceKind trace_forsaken = disk_kinds + 10;
inline constexpr TraceKind trace_path = disk_kinds + 11;
inline constexpr TraceKind trace_disk_retry = disk_kinds + 12;
inline constexpr TraceKind trace_disk_swapped = disk_kinds + 13;
inline constexpr TraceKind trace_disk_open = disk_kinds + 14;
inline constexpr TraceKind trace_disk_number = disk_kinds + 15;
inline constexpr TraceKind trace_disk_resized = disk_kinds + 16;
inline constexpr TraceKind trace_link_reset = disk_kinds + 17;
inline constexpr TraceKind trace_disk_cache = disk_kinds + 18;

/// Flags of disk-issue: op in the low two bits (0 read, 1 write, 2 flush), then FUA and PREFLUSH.
inline constexpr uint16_t trace_flag_fua = 4;
inline constexpr uint16_t trace_flag_preflush = 8;

[[nodiscard]] std::span<const TraceKindInfo> disk_trace_kinds();

}  // namespace raidsim::disk
