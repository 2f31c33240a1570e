#include "model/statedb/free_space.h"

#include "engine/assert.h"

namespace raidsim::statedb {

FreeSpace::FreeSpace(uint32_t blocks) : used_(blocks, false), free_(blocks) {
  if (blocks == 0) return;
  used_[0] = true;
  --free_;
}

bool FreeSpace::take(uint32_t block) {
  if (used(block)) return false;
  used_[block] = true;
  --free_;
  return true;
}

void FreeSpace::give_back(uint32_t block) {
  RAIDSIM_ASSERT(block > 0 && block < used_.size() && used_[block]);
  used_[block] = false;
  ++free_;
}

/// 0 when there is none.
uint32_t FreeSpace::first_run(uint32_t count) const {
  uint32_t length = 0;
  for (uint32_t block = 1; block < blocks(); ++block) {
    length = used_[block] ? 0 : length + 1;
    if (length == count) return block + 1 - count;
  }
  return 0;
}

std::vector<uint32_t> FreeSpace::allocate(uint32_t count) {
  std::vector<uint32_t> out;
  if (count == 0 || count > free_) return out;
  const uint32_t run = first_run(count);
  for (uint32_t block = run != 0 ? run : 1; out.size() < count; ++block) {
    if (take(block)) out.push_back(block);
  }
  return out;
}

}  // namespace raidsim::statedb
