// harness/search/worker.h: the process that runs every N-th item of a campaign, and what it says about them.
//
// It says lines of fields parted by tabs, and its parent understands them again:
//   B item                                             it begins this item
//   R item outcome events hash {id place text}...      it has run it; three fields for each violation
//   M name reached                                     a RAIDSIM_SOMETIMES mark: 1 if some run reached it, else 0
//   E                                                  nothing is left to do
// Whatever else comes (the rest of a line that a dying process left) means nothing.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "harness/search/explore.h"
#include "harness/search/items.h"

namespace raidsim::harness {

using WallClock = std::chrono::steady_clock;

/// One violation of a run, as far as a campaign needs it.
struct BrokenInvariant {
  std::string id, place, text;
  bool operator==(const BrokenInvariant&) const = default;
};

struct Begun {
  uint64_t item = 0;
};
struct RunReport {
  uint64_t item = 0;
  std::string outcome;
  uint64_t events = 0, trace_hash = 0;
  std::vector<BrokenInvariant> broken;
};
struct MarkSeen {
  std::string name;
  bool reached = false;
};
struct WorkDone {};
using Said = std::variant<Begun, RunReport, MarkSeen, WorkDone>;

[[nodiscard]] std::string line_of(const RunReport& report);  ///< with its end of line
[[nodiscard]] std::optional<Said> understand(std::string_view line);

struct WorkShare {
  Items items;
  uint64_t first = 0, step = 1;  ///< items first, first + step, ...
  WallClock::time_point deadline;
};

/// The life of a worker process: runs its share, says so on `out`. Ends the process when nobody listens.
void run_worker(const std::vector<scenarios::Scenario>& scenarios, const ExploreOptions& options,
                const WorkShare& share, int out);

}  // namespace raidsim::harness
