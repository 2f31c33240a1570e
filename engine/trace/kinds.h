// engine/trace/kinds.h: what the engine itself writes into a trace. Few things: all else that happens in
// a run follows from these and from the records of the rooms above.
#pragma once

#include <span>

#include "engine/trace/record.h"

namespace raidsim {

namespace trace_kind {
inline constexpr TraceKind fiber_spawn = engine_kinds + 1;
inline constexpr TraceKind fiber_exit = engine_kinds + 2;
inline constexpr TraceKind fiber_kill = engine_kinds + 3;
inline constexpr TraceKind fiber_resume = engine_kinds + 4;
inline constexpr TraceKind schedule_choice = engine_kinds + 5;
inline constexpr TraceKind host_crash = engine_kinds + 6;
inline constexpr TraceKind host_dead = engine_kinds + 7;
inline constexpr TraceKind host_boot = engine_kinds + 8;
inline constexpr TraceKind write_release = engine_kinds + 9;
inline constexpr TraceKind run_failed = engine_kinds + 10;
inline constexpr TraceKind hold_begin = engine_kinds + 11;
inline constexpr TraceKind hold_end = engine_kinds + 12;
}  // namespace trace_kind

/// One row per kind above, ascending.
[[nodiscard]] std::span<const TraceKindInfo> engine_trace_kinds() noexcept;

}  // namespace raidsim
