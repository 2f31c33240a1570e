// harness/cli/run_repeat.h: a run once more with everything recorded, and the command that repeats it.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "engine/trace/file.h"
#include "harness/runner.h"
#include "scenarios/scenario.h"

namespace raidsim::cli {

/// What makes a run from a scenario file.
struct RunWords {
  std::string file;
  uint64_t seed = 1;
  std::string profile;  ///< "": none
  bool points = false;
};

[[nodiscard]] std::string run_command(const RunWords& words);
[[nodiscard]] std::string replay_command(const std::string& trace);

/// Runs `scenario` again as `options` say, recording all of it, with its tape.
///
/// Errors  std::runtime_error when the run is not the one of `trace_hash`: two runs of one seed that differ
///         are an error of raidsim itself
[[nodiscard]] TraceFile traced_run(const scenarios::Scenario& scenario, const harness::PreparedImage& image,
                                   const harness::RunOptions& options, uint64_t trace_hash, const RunWords& words);

void save_trace(const std::string& path, const TraceFile& file);  ///< throws UsageError

}  // namespace raidsim::cli
