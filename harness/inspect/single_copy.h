// harness/inspect/single_copy.h: the records of a single-copy store, which stands in for replicas until units keep
// their records in the replicated database.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "harness/inspect/disk_image.h"
#include "harness/inspect/record_content.h"

namespace raidsim::harness {

struct SingleCopyReport {
  uint32_t disk = 0;
  uint64_t commits = 0;  ///< entries behind the image
  std::vector<std::pair<int32_t, RecordContent>> records;
};

/// A store that has a disk to itself; nothing where there is none that can be read.
[[nodiscard]] std::optional<SingleCopyReport> find_single_copy(const DiskImage& image);

}  // namespace raidsim::harness
