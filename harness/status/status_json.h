// harness/status/status_json.h: a host's status for machines: words and block counts, no prose.
#pragma once

#include <nlohmann/json.hpp>

#include "harness/status/status.h"

namespace raidsim::harness {

[[nodiscard]] nlohmann::ordered_json to_json(const HostStatus& status);

}  // namespace raidsim::harness
