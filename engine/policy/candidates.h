// engine/policy/candidates.h: what a policy sees of each piece of work that could run next.
//
// The engine lists them in one fixed order, so that index 0 is always what fifo would do:
//
//   0 ..            ready fibers, in order of becoming ready (at a scheduling point that does not
//                   block, the fiber that is running comes first; at a yield it comes last)
//   then            pending events inside the window, by (due, sequence)
//
// The window counts from the earliest candidate; a ready fiber is due now. A policy is asked only when
// there are at least two candidates, and never by fifo. It must answer with an index below the number
// of candidates, and must take its chance from the stream "schedule" alone.
#pragma once

#include <cstdint>
#include <span>

#include "engine/fiber.h"
#include "engine/time.h"

namespace raidsim {

struct Candidate {
  FiberId fiber{};        ///< FiberId::none for an event
  SimTime due{};          ///< an event's due moment; for a fiber the present
  uint64_t sequence = 0;  ///< an event's number, unique in the run and never reused; 0 for a fiber

  [[nodiscard]] bool is_event() const noexcept { return fiber == FiberId::none; }
};

using Candidates = std::span<const Candidate>;

}  // namespace raidsim
