// engine/run_end.h: how a run ended, and why when it failed.
#pragma once

#include <cstdint>
#include <source_location>
#include <string>

#include "engine/time.h"

namespace raidsim {

enum class RunEnd : uint8_t {
  idle,         ///< nothing ready, nothing pending: quiescent or deadlocked, see blocked_fibers()
  time_limit,   ///< the next event lies at or beyond RunLimits::until
  event_limit,  ///< RunLimits::events were used up
  stopped,      ///< stop() was called
  failed,       ///< a RAIDSIM_ASSERT failed or an exception left a fiber; see failure()
};

/// Why a run ended as `failed`.
struct Failure {
  std::string what;   ///< the one fact that did not hold
  std::string where;  ///< file:line, path relative to the project
  SimTime at{};
  uint64_t event = 0;  ///< records in the trace at that moment
};

/// "engine/host.cpp:42": the path from the project's root on.
[[nodiscard]] std::string place_of(const std::source_location& where);

/// RAIDSIM_ASSERT for places that must not throw (destructors): the run ends as `failed` at the next
/// scheduling point. Ignored outside of a run and in a killed fiber.
void note_broken(const char* fact, std::source_location where = std::source_location::current()) noexcept;

}  // namespace raidsim
