// harness/cli/status_text.h: a host's status as administrators of volume managers know it: units with their columns,
// pools, replicas of the state database.
#pragma once

#include <string>

#include "harness/status/status.h"
#include "reports/ink.h"

namespace raidsim::cli {

[[nodiscard]] std::string status_text(const harness::HostStatus& status, const reports::Ink& ink);

}  // namespace raidsim::cli
