// harness/cli/failure_files.h: what explore leaves of each distinct failure in --out.
//
//   001-V1-seed17.json    the scenario, with the faults that the profile drew: `raidsim run` fails in the same way
//   001-V1-seed17.trace   the run itself, for `raidsim replay` and `raidsim explain`
//   001-V1-seed17.txt     its story
// A run that took its process down has no trace and no story: whoever runs it again is warned by the name.
#pragma once

#include <string>

#include "harness/search/explore.h"
#include "scenarios/scenario.h"

namespace raidsim::cli {

/// Makes the folder, before any time is spent on filling it.
/// Errors  UsageError when it cannot be made or written to
void make_folder(const std::string& folder);

/// Shape   `base` is the failure's scenario as loaded for its seed
/// Errors  UsageError when a file cannot be written
/// Returns the path of the scenario file
[[nodiscard]] std::string write_failure(const std::string& folder, size_t number,
                                        const harness::DistinctFailure& failure, const scenarios::Scenario& base,
                                        const std::string& base_file, scenarios::Profile profile);

}  // namespace raidsim::cli
