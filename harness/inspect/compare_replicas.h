// harness/inspect/compare_replicas.h: whether replicas of a set say the same, block by block of what is in use.
//
// Replicas that differ are no damage: a crash in a commit leaves them so until the next boot, and one that was dropped
// stays behind.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/inspect/replica_report.h"

namespace raidsim::harness {

struct BlockDifference {
  uint32_t logical = 0;
  std::string what;  ///< "locator block", "directory", "record 3"
};

struct Comparison {
  size_t replica = 0;                   ///< index
  std::vector<BlockDifference> blocks;  ///< ascending; empty: equal
};

struct ReplicaSet {
  std::optional<size_t> reference;  ///< the one that the others are held against; nothing: none is of use
  std::vector<Comparison> others;   ///< that can be compared, in order
};

/// The reference is undamaged if one is, and has seen the last operation of them; else the first (D-16).
[[nodiscard]] ReplicaSet compare_replicas(const DiskImage& image, const std::vector<ReplicaReport>& replicas);

}  // namespace raidsim::harness
