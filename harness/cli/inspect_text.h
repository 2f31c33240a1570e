// harness/cli/inspect_text.h: an inspection for people: what is sound in few lines, what is not in full.
#pragma once

#include <string>

#include "harness/inspect/inspection.h"
#include "reports/ink.h"

namespace raidsim::cli {

/// Shape  `seen` is inspect(image); `title` is what was inspected, in a few words
[[nodiscard]] std::string inspection_text(const harness::DiskImage& image, const harness::Inspection& seen,
                                          const std::string& title, const reports::Ink& ink);

/// What a record's owner encoded, in a line.
[[nodiscard]] std::string content_text(const harness::DiskImage& image, const harness::RecordContent& content);

/// One replica's part: heading and all that it holds.
[[nodiscard]] std::string replica_text(const harness::DiskImage& image, const harness::ReplicaReport& replica,
                                       const reports::Ink& ink);
/// One unit's part: shape, columns, slots that hold something.
[[nodiscard]] std::string unit_text(const harness::DiskImage& image, const harness::UnitReport& unit,
                                    const reports::Ink& ink);

}  // namespace raidsim::cli
