#include "model/disk/write_cache.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "engine/assert.h"
#include "engine/choice.h"

namespace raidsim::disk {

auto WriteCache::Index::find(uint64_t block) const -> Slot {
  if (used_ == 0) return none;
  for (size_t i = home(block); cells_[i].slot != none; i = next(i)) {
    if (cells_[i].block == block) return cells_[i].slot;
  }
  return none;
}

void WriteCache::Index::set(uint64_t block, Slot slot) {
  if (2 * (used_ + 1) > cells_.size()) grow();
  size_t i = home(block);
  while (cells_[i].slot != none && cells_[i].block != block) i = next(i);
  if (cells_[i].slot == none) ++used_;
  cells_[i] = {block, slot};
}

void WriteCache::Index::erase(uint64_t block, Slot slot) {
  if (used_ == 0) return;
  size_t i = home(block);
  while (cells_[i].slot != none && cells_[i].block != block) i = next(i);
  if (cells_[i].slot != slot) return;
  // Close the gap: a later cell of the same run moves up unless it would leave its home behind.
  for (size_t j = next(i); cells_[j].slot != none; j = next(j)) {
    const size_t from_home = (j - home(cells_[j].block)) & (cells_.size() - 1);
    const size_t from_gap = (j - i) & (cells_.size() - 1);
    if (from_home >= from_gap) {
      cells_[i] = cells_[j];
      i = j;
    }
  }
  cells_[i] = {};
  --used_;
}

void WriteCache::Index::clear() {
  if (used_ != 0) std::fill(cells_.begin(), cells_.end(), Cell{});
  used_ = 0;
}

void WriteCache::Index::grow() {
  std::vector<Cell> old(std::max<size_t>(64, 2 * cells_.size()));
  old.swap(cells_);
  shift_ = 64 - static_cast<uint32_t>(std::countr_zero(cells_.size()));
  used_ = 0;
  for (const Cell& cell : old) {
    if (cell.slot != none) set(cell.block, cell.slot);
  }
}

auto WriteCache::add(uint64_t number, uint64_t sequence, uint64_t block, uint32_t blocks, const std::byte* data)
    -> Slot {
  Slot slot = static_cast<Slot>(slots_.size());
  if (free_.empty()) {
    slots_.emplace_back();
  } else {
    slot = free_.back();
    free_.pop_back();
  }
  CachedWrite& write = slots_[slot];
  write.number = number;
  write.sequence = sequence;
  write.completed = not_completed;
  write.block = block;
  write.blocks = blocks;
  write.live = blocks;
  write.gone = false;
  write.limbo = false;
  write.bytes.assign(data, data + size_t{blocks} * block_bytes);
  write.overtaken.assign(blocks, false);
  for (uint64_t b = block; b < block + blocks; ++b) index_.set(b, slot);
  order_.push_back(slot);
  live_blocks_ += blocks;
  return slot;
}

void WriteCache::completed(Slot slot, uint64_t number, uint64_t moment) {
  if (slot >= slots_.size()) return;
  CachedWrite& write = slots_[slot];
  if (write.number == number && !write.gone) write.completed = moment;
}

void WriteCache::read_over(uint64_t block, uint32_t blocks, std::byte* out) const {
  if (empty()) return;
  for (uint64_t b = block; b < block + blocks; ++b, out += block_bytes) {
    if (const Slot slot = index_.find(b); slot != Index::none) std::memcpy(out, slots_[slot].data_of(b), block_bytes);
  }
}

const CachedWrite* WriteCache::newest(uint64_t block) const {
  return holds(block) ? &slots_[index_.find(block)] : nullptr;
}

bool WriteCache::overwrite(uint64_t block, const std::byte* data) {
  if (!holds(block)) return false;
  CachedWrite& write = slots_[index_.find(block)];
  std::memcpy(write.bytes.data() + (block - write.block) * block_bytes, data, block_bytes);
  return true;
}

void WriteCache::overtake_block(size_t position, uint64_t block) {
  CachedWrite& write = slots_[order_[position]];
  const uint64_t at = block - write.block;
  if (write.gone || block < write.block || at >= write.blocks || write.overtaken[at]) return;
  write.overtaken[at] = true;
  --write.live;
  if (!write.limbo) --live_blocks_;
  index_.erase(block, order_[position]);
  if (write.live == 0) take_out(position);
}

void WriteCache::overtake(uint64_t block, uint32_t blocks) {
  if (empty()) return;
  for (uint64_t b = block; b < block + blocks; ++b) {
    if (index_.find(b) == Index::none) continue;
    for (size_t i = first_; i < order_.size(); ++i) overtake_block(i, b);
  }
  compact();
}

void WriteCache::overtake_older(size_t position, const CachedWrite& by) {
  for (size_t i = first_; i < position; ++i) {
    const CachedWrite& older = slots_[order_[i]];
    const uint64_t from = std::max(older.block, by.block);
    const uint64_t to = std::min(older.block + older.blocks, by.block + by.blocks);
    for (uint64_t b = from; b < to; ++b) overtake_block(i, b);
  }
}

void WriteCache::take_out(size_t position) {
  slots_[order_[position]].gone = true;
  ++gone_;
}

void WriteCache::drop_front() {
  while (first_ < order_.size() && slots_[order_[first_]].gone) {
    free_.push_back(order_[first_++]);
    --gone_;
  }
}

// Room is made when half of the list is waste, so that a write costs the same however many are cached.
void WriteCache::compact() {
  drop_front();
  if (gone_ != 0 && 2 * gone_ > order_.size() - first_) {
    size_t kept = first_;
    for (size_t i = first_; i < order_.size(); ++i) {
      const Slot slot = order_[i];
      if (slots_[slot].gone) {
        free_.push_back(slot);
      } else {
        order_[kept++] = slot;
      }
    }
    order_.resize(kept);
    gone_ = 0;
  }
  if (2 * first_ > order_.size()) {
    order_.erase(order_.begin(), order_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }
}

void WriteCache::pass_runs(const CachedWrite& write, CacheSink& sink) const {
  uint32_t at = 0;
  while (at < write.blocks) {
    if (write.overtaken[at]) {
      ++at;
      continue;
    }
    uint32_t end = at + 1;
    while (end < write.blocks && !write.overtaken[end]) ++end;
    sink.destaged(write, write.block + at, end - at);
    at = end;
  }
}

void WriteCache::destage(size_t position, CacheSink& sink) {
  const Slot slot = order_[position];
  CachedWrite& write = slots_[slot];
  pass_runs(write, sink);
  overtake_older(position, write);
  for (uint64_t b = write.block; b < write.block + write.blocks; ++b) index_.erase(b, slot);
  live_blocks_ -= write.live;
  write.live = 0;
  take_out(position);
}

size_t WriteCache::pick(DestagePolicy policy, uint64_t head, ChoiceStream& choices) const {
  size_t best = order_.size();
  uint64_t best_distance = UINT64_MAX;
  uint64_t candidates = 0;
  for (size_t i = first_; i < order_.size(); ++i) {
    const CachedWrite& write = slots_[order_[i]];
    if (write.gone || write.limbo) continue;
    ++candidates;
    if (policy == DestagePolicy::fifo) return i;
    // One sweep upwards, then from the front again; the modulus does that for free.
    const uint64_t distance = write.block - head;
    const bool nearer = best == order_.size() || distance < best_distance;
    if (policy == DestagePolicy::elevator && !nearer) continue;
    best_distance = distance;
    best = i;
  }
  if (policy != DestagePolicy::random) return best;  // elevator, or the newest
  uint64_t nth = choices.below(candidates, ChoiceKind::index);
  for (size_t i = first_; i < order_.size(); ++i) {
    const CachedWrite& write = slots_[order_[i]];
    if (!write.gone && !write.limbo && nth-- == 0) return i;
  }
  return best;
}

void WriteCache::shrink_to(uint64_t limit_blocks, DestagePolicy policy, uint64_t head, ChoiceStream& choices,
                           CacheSink& sink) {
  if (live_blocks_ <= limit_blocks) return;
  while (live_blocks_ > limit_blocks) {
    const size_t position = pick(policy, head, choices);
    RAIDSIM_ASSERT(position < order_.size());
    head = slots_[order_[position]].block;
    destage(position, sink);
    drop_front();
  }
  compact();
}

void WriteCache::flush(uint64_t moment, CacheSink& sink) {
  if (empty()) return;
  for (size_t i = first_; i < order_.size(); ++i) {
    const CachedWrite& write = slots_[order_[i]];
    if (write.gone || write.limbo || write.completed >= moment) continue;
    destage(i, sink);
  }
  compact();
}

void WriteCache::fail_flush(uint64_t moment, double keep, ChoiceStream& choices, CacheSink& sink,
                            CacheSink& forgotten) {
  for (size_t i = first_; i < order_.size(); ++i) {
    CachedWrite& write = slots_[order_[i]];
    if (write.gone || write.limbo || write.completed >= moment) continue;
    if (choices.chance(keep)) {
      destage(i, sink);
    } else {
      pass_runs(write, forgotten);
      write.limbo = true;
      live_blocks_ -= write.live;
    }
  }
  compact();
}

auto WriteCache::dirty(uint64_t moment) const -> Dirty {
  Dirty result;
  for_each([&](const CachedWrite& write) {
    if (write.limbo || write.completed >= moment) return;
    ++result.writes;
    result.blocks += write.live;
  });
  return result;
}

void WriteCache::clear() {
  free_.insert(free_.end(), order_.begin() + static_cast<std::ptrdiff_t>(first_), order_.end());
  order_.clear();
  first_ = 0;
  gone_ = 0;
  index_.clear();
  live_blocks_ = 0;
}

}  // namespace raidsim::disk
