#include "engine/trace/kinds.h"

namespace raidsim {

std::span<const TraceKindInfo> engine_trace_kinds() noexcept {
  using namespace trace_kind;
  static constexpr TraceKindInfo rows[] = {
      {fiber_spawn, "fiber-spawn", "fiber", "daemon", "parent", "host"},
      {fiber_exit, "fiber-exit", "fiber", "", "", ""},
      {fiber_kill, "fiber-kill", "fiber", "wait-reason", "", ""},
      {fiber_resume, "fiber-resume", "fiber", "wait-reason", "instance", "waited-ns"},
      {schedule_choice, "schedule-choice", "fiber", "is-event", "candidates", "picked"},
      {host_crash, "host-crash", "host", "", "epoch", "fibers"},
      {host_dead, "host-dead", "host", "", "epoch", ""},
      {host_boot, "host-boot", "host", "", "epoch", ""},
      {write_release, "write-release", "fiber", "lock-level", "instance", "waiters"},
      {run_failed, "run-failed", "fiber", "", "step", ""},
      {hold_begin, "hold-begin", "hold", "", "fibers", "host"},
      {hold_end, "hold-end", "hold", "", "ready", ""},
  };
  return rows;
}

}  // namespace raidsim
