// harness/inspect/inspection_json.h: an inspection as one JSON object, with everything that was decoded.
//
// Numbers are as they lie on the disks, words are those of the text. Strings from disks are printable ASCII.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "harness/inspect/inspection.h"

namespace raidsim::harness {

/// Shape  `seen` is inspect(image)
[[nodiscard]] nlohmann::ordered_json to_json(const DiskImage& image, const Inspection& seen);

}  // namespace raidsim::harness
