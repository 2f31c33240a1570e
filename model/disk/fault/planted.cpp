#include "model/disk/fault/planted.h"

#include <algorithm>

#include "model/disk/disk_bay.h"

namespace raidsim::disk {
namespace {

bool covers(uint64_t first, uint32_t blocks, uint64_t block) { return first <= block && block < first + blocks; }

}  // namespace

void PlantedContent::armed(FaultContext& at) {
  const uint64_t end = std::min(block + bytes.size() / block_bytes, at.disk.blocks());
  for (uint64_t b = block; b < end; ++b) {
    at.disk.spoil_medium(b, bytes.data() + (b - block) * block_bytes);
    at.damage(b, 1, DamageKind::corrupted);
  }
}
void PlantedContent::describe(FaultLine& line) const {
  line.add("first_block", static_cast<int64_t>(block));
  line.add("end_block", static_cast<int64_t>(block + bytes.size() / block_bytes));
}

bool LostRounds::applies(const Transfer& t) const {
  return !over && !(begun == rounds && covers(t.block, t.blocks, marker));
}
void LostRounds::start(FaultContext& at, Transfer& t) {
  if (covers(t.block, t.blocks, marker)) ++begun;
  at.blame(t).lost = true;
}
void LostRounds::before_write(FaultContext&, uint64_t block, uint32_t blocks) {
  over = over || (begun == rounds && covers(block, blocks, marker));
}
void LostRounds::describe(FaultLine& line) const {
  line.add("marker", static_cast<int64_t>(marker));
  line.add("rounds", static_cast<int64_t>(rounds));
}

}  // namespace raidsim::disk
