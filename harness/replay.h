// harness/replay.h: a trace file's run once more, and where it differs.
//
// The file may be hostile: what it holds goes through the same checks as a scenario file and a tape from anywhere.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "engine/trace/file.h"
#include "harness/runner.h"

namespace raidsim::harness {

/// What a trace file says about its run, checked.
struct Recorded {
  scenarios::Scenario scenario;
  RunOptions options;  ///< seed, points, checkpoints as recorded; options.tape is not set
  std::optional<Tape> tape;
};

/// Errors  throws std::invalid_argument with one line: what of the file is missing or wrong
[[nodiscard]] Recorded recorded_run(const TraceFile& file);

struct ReplayResult {
  RunRecord record;
  std::optional<TraceDifference> difference;  ///< left: the file; right: the run
};

/// Runs again and compares, event by event where the file kept them.
[[nodiscard]] ReplayResult replay(const Recorded& recorded, const TraceFile& file);

/// Runs again without comparing, as its options say: to an end of theirs, keeping what they ask for.
[[nodiscard]] RunRecord run_again(const Recorded& recorded);
/// Ends at the first moment with `event` records in the trace.
[[nodiscard]] RunRecord run_until(Recorded recorded, uint64_t event);

}  // namespace raidsim::harness
