#include "harness/inspect/logical_blocks.h"

#include <algorithm>

#include "model/statedb/format/mddb.h"

namespace raidsim::harness {

uint32_t LogicalBlocks::size() const noexcept { return std::min(master_.m_consecutive, statedb::MDDB_MAXBLKS); }

bool LogicalBlocks::read_in_place(std::span<const uint32_t> logical, std::span<std::byte> out) const {
  bool all = true;
  for (size_t i = 0; i < logical.size(); ++i) {
    const auto physical = master_.physical(logical[i]);
    all = physical && disk_->read(*physical, out.subspan(i * block_bytes, block_bytes)) && all;
  }
  return all;
}

bool LogicalBlocks::read(std::span<const uint32_t> logical, std::span<std::byte> out) const {
  bool all = true;
  for (size_t i = 0; i < logical.size(); ++i) {
    const auto block = out.subspan(i * block_bytes, block_bytes);
    const auto newer = over_.find(logical[i]);
    if (newer == over_.end()) {
      all = read_in_place(logical.subspan(i, 1), block) && all;
    } else {
      std::copy(newer->second.begin(), newer->second.end(), block.begin());
    }
  }
  return all;
}

std::vector<std::byte> LogicalBlocks::read_run(uint32_t first, uint32_t count, bool& readable) const {
  std::vector<std::byte> out(size_t{count} * block_bytes);
  readable = true;
  for (uint32_t i = 0; i < count; ++i) {
    const uint32_t logical = first + i;
    readable = read({&logical, 1}, std::span(out).subspan(size_t{i} * block_bytes, block_bytes)) && readable;
  }
  return out;
}

void LogicalBlocks::lay_over(const statedb::JournalEntry& entry) {
  for (size_t i = 0; i < entry.targets.size(); ++i) {
    const auto block = std::span(entry.bytes).subspan(i * block_bytes, block_bytes);
    over_[entry.targets[i]].assign(block.begin(), block.end());
  }
}

}  // namespace raidsim::harness
