#include "harness/inspect/compare_replicas.h"

#include <fmt/core.h>

#include <array>
#include <map>
#include <tuple>

#include "model/statedb/format/layout.h"

namespace raidsim::harness {
namespace {

using statedb::BlockFault;
using Use = std::map<uint32_t, std::string>;

void add_use(const ReplicaReport& replica, Use& use) {
  const auto fixed = [&](uint32_t first, uint32_t count, const char* what) {
    for (uint32_t i = 0; i < count; ++i) use.emplace(first + i, what);
  };
  fixed(statedb::locator_block_first, statedb::locator_block_blocks, "locator block");
  fixed(statedb::locator_names_first, statedb::locator_names_blocks, "locator names");
  for (const DirectoryReport& d : replica.directory) use.emplace(d.logical, "directory");
  for (const RecordReport& r : replica.records) {
    for (const uint32_t logical : r.entry.de_blks) use.emplace(logical, fmt::format("record {}", r.entry.de_recid));
  }
}

Comparison compare(const DiskImage& image, const ReplicaReport& reference, const ReplicaReport& other, size_t index) {
  Use use;
  add_use(reference, use);
  add_use(other, use);
  const LogicalBlocks left = logical_blocks(image, reference), right = logical_blocks(image, other);
  Comparison out{index, {}};
  std::array<std::byte, block_bytes> a, b;
  for (const auto& [logical, what] : use) {
    const bool readable = left.read({&logical, 1}, a), other_readable = right.read({&logical, 1}, b);
    if (readable != other_readable || (readable && a != b)) out.blocks.push_back({logical, what});
  }
  return out;
}

/// More is better.
auto worth(const ReplicaReport& r) { return std::tuple(r.sound(), !r.deleted(), r.sequence()); }

}  // namespace

ReplicaSet compare_replicas(const DiskImage& image, const std::vector<ReplicaReport>& replicas) {
  ReplicaSet out;
  for (size_t i = 0; i < replicas.size(); ++i) {
    if (replicas[i].master_fault != BlockFault::none) continue;
    if (!out.reference || worth(replicas[*out.reference]) < worth(replicas[i])) out.reference = i;
  }
  for (size_t i = 0; i < replicas.size(); ++i) {
    if (i == out.reference || replicas[i].master_fault != BlockFault::none) continue;
    const ReplicaReport& reference = replicas[*out.reference];
    if (replicas[i].master.mb_setno != reference.master.mb_setno) continue;
    out.others.push_back(compare(image, reference, replicas[i], i));
  }
  return out;
}

}  // namespace raidsim::harness
