#include "model/disk/damage.h"

namespace raidsim::disk {

const char* name_of(DamageKind kind) noexcept {
  switch (kind) {
    case DamageKind::old_content:
      return "old-content";
    case DamageKind::foreign:
      return "foreign";
    case DamageKind::corrupted:
      return "corrupted";
    case DamageKind::unreadable:
      return "unreadable";
    case DamageKind::lost:
      return "lost";
  }
  return "?";
}

void DamageMap::mark(uint64_t block, uint64_t blocks, const Damage& damage) {
  history_.push_back({block, blocks, damage.fault_number});
  for (uint64_t b = block; b < block + blocks; ++b) blocks_[b] = damage;
}

void DamageMap::heal(uint64_t block, uint64_t blocks, uint64_t write) {
  auto it = blocks_.lower_bound(block);
  while (it != blocks_.end() && it->first < block + blocks) {
    it = it->second.write < write ? blocks_.erase(it) : std::next(it);
  }
}

void DamageMap::forget(uint64_t block, uint64_t blocks, uint64_t write) {
  auto it = blocks_.lower_bound(block);
  while (it != blocks_.end() && it->first < block + blocks) {
    const bool came_with_it = it->second.write == write && it->second.kind != DamageKind::old_content;
    it = came_with_it ? blocks_.erase(it) : std::next(it);
  }
}

const Damage* DamageMap::at(uint64_t block) const {
  const auto it = blocks_.find(block);
  return it == blocks_.end() ? nullptr : &it->second;
}

bool DamageMap::any(uint64_t block, uint64_t blocks) const {
  const auto it = blocks_.lower_bound(block);
  return it != blocks_.end() && it->first < block + blocks;
}

uint64_t DamageMap::first_unreadable(uint64_t block, uint64_t blocks) const {
  for (auto it = blocks_.lower_bound(block); it != blocks_.end() && it->first < block + blocks; ++it) {
    if (it->second.kind == DamageKind::unreadable) return it->first;
  }
  return block + blocks;
}

std::vector<DamagedBlock> DamageMap::in(uint64_t block, uint64_t blocks) const {
  std::vector<DamagedBlock> result;
  for (auto it = blocks_.lower_bound(block); it != blocks_.end() && it->first < block + blocks; ++it) {
    result.push_back({it->first, it->second});
  }
  return result;
}

std::vector<DamagedBlock> DamageMap::all() const { return in(0, UINT64_MAX); }

}  // namespace raidsim::disk
