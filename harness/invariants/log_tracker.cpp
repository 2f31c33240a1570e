#include "harness/invariants/log_tracker.h"

#include <fmt/core.h>

#include <algorithm>

namespace raidsim::harness {

void LogTracker::home_issued(const HomeWrite& write) {
  // The driver sends a write again, or a later write takes the rows over: the former is not waited for.
  std::erase_if(pending_, [&](const Pending& p) {
    return p.write.disk == write.disk && p.write.block == write.block && p.write.blocks == write.blocks;
  });
  pending_.push_back({.write = write, .first = write.block, .end = write.block + write.blocks});
}

void LogTracker::failed(uint32_t disk, uint64_t number) {
  std::erase_if(pending_, [&](const Pending& p) { return p.write.disk == disk && p.write.number == number; });
}

void LogTracker::durable(uint32_t disk, uint64_t number, uint64_t block, uint32_t blocks) {
  const uint64_t end = block + blocks;
  for (size_t i = pending_.size(); i-- > 0;) {  // from behind: pieces that are added need no look
    Pending& p = pending_[i];
    if (p.write.disk != disk || p.write.number > number || p.end <= block || end <= p.first) continue;
    const Pending behind{.write = p.write, .first = end, .end = p.end};
    p.end = block;
    if (p.first >= p.end) {
      p = pending_.back();
      pending_.pop_back();
    }
    if (behind.first < behind.end) pending_.push_back(behind);
  }
}

LogTracker::Slot* LogTracker::find(uint32_t disk, uint64_t slot_block) {
  for (Slot& s : slots_) {
    if (s.disk == disk && s.block == slot_block) return &s;
  }
  return nullptr;
}

Broken LogTracker::still_needed(uint32_t unit, uint32_t column, const Slot& slot) {
  culprit_ = false;
  for (const Pending& p : pending_) {
    const HomeWrite& w = p.write;
    const bool of_entry =
        w.unit == unit && w.column == column && w.row < slot.row + slot.blocks && slot.row < w.row + w.blocks;
    if (!of_entry || w.disk != slot.disk) continue;
    culprit_ = true;
    last_ = w;
    return fmt::format("column {}: the log entry of rows {}..{} goes while their home write is not durable", column,
                       w.row, w.row + w.blocks - 1);
  }
  return {};
}

Broken LogTracker::entry_issued(uint32_t unit, uint32_t column, uint32_t disk, uint64_t slot_block, uint64_t row,
                                uint32_t blocks) {
  Slot* slot = find(disk, slot_block);
  Broken broken;
  if (slot != nullptr) broken = still_needed(unit, column, *slot);
  if (slot == nullptr) slot = &slots_.emplace_back();
  *slot = {disk, slot_block, row, blocks};
  return broken;
}

Broken LogTracker::erase_issued(uint32_t unit, uint32_t column, uint32_t disk, uint64_t slot_block) {
  const Slot* slot = find(disk, slot_block);
  Broken broken;
  if (slot != nullptr) broken = still_needed(unit, column, *slot);
  std::erase_if(slots_, [&](const Slot& s) { return s.disk == disk && s.block == slot_block; });
  return broken;
}

// A column whose log is initialised starts anew: writes to it that never came back are waited for no longer.
Broken LogTracker::clear_issued(uint32_t unit, uint32_t disk, uint64_t slot_block) {
  std::erase_if(slots_, [&](const Slot& s) { return s.disk == disk && s.block == slot_block; });
  culprit_ = false;
  for (const Pending& p : pending_) {
    if (p.write.unit != unit) continue;
    culprit_ = true;
    last_ = p.write;
    break;
  }
  std::erase_if(pending_, [&](const Pending& p) { return p.write.disk == disk; });
  if (!culprit_) return {};
  return fmt::format("a log is cleared while the write of column {}, rows {}..{} is not durable", last_.column,
                     last_.row, last_.row + last_.blocks - 1);
}

void LogTracker::host_died() {
  pending_.clear();
  slots_.clear();
}

}  // namespace raidsim::harness
