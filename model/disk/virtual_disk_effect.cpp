// What transfers do to bytes: reads, writes through the cache or past it, flushes.
#include <algorithm>

#include "engine/assert.h"
#include "model/disk/disk_bay.h"
#include "model/disk/fault/fault.h"
#include "model/disk/fault/honest.h"
#include "model/disk/late_write.h"
#include "model/disk/trace_kinds.h"
#include "model/disk/virtual_disk.h"
#include "model/disk/write_log.h"

namespace raidsim::disk {

/// Bytes that leave the cache for the medium.
class VirtualDisk::Destager final : public CacheSink {
 public:
  explicit Destager(VirtualDisk& disk) : disk_(disk) {}
  void destaged(const CachedWrite& write, uint64_t block, uint32_t blocks) override {
    disk_.to_medium(write.number, write.sequence, block, blocks, write.data_of(block));
  }

 private:
  VirtualDisk& disk_;
};

/// Bytes that a failed flush has taken for written (F21): gone with the power, unless overwritten before.
class VirtualDisk::Forgetter final : public CacheSink {
 public:
  Forgetter(VirtualDisk& disk, const Verdict& by) : disk_(disk), by_(by) {}
  void destaged(const CachedWrite& write, uint64_t block, uint32_t blocks) override {
    disk_.damage_.mark(block, blocks,
                       {DamageKind::lost, by_.by_number, by_.by, write.sequence, disk_.simulation_.now()});
  }

 private:
  VirtualDisk& disk_;
  const Verdict& by_;
};

void VirtualDisk::effect(Transfer& t) {
  if (dead_) [[unlikely]] {  // it died while this was in service (F01)
    const bool told = t.faulted && t.verdict.by_number == FailStop::info.number;
    if (!told) bay_.faults().died_under(*this, t);
    t.error = EIO;
    t.error_kind = TransferError::media;
    t.residual = t.blocks;
    return;
  }
  if (t.faulted) [[unlikely]] {
    t.error = t.verdict.error;
    t.error_kind = t.verdict.error_kind;
    t.residual = t.verdict.residual;
    t.recovered = t.verdict.recovered;
  } else {
    t.recovered = false;
  }
  switch (t.op) {
    case IoOp::read:
      effect_read(t);
      break;
    case IoOp::write:
      effect_write(t);
      break;
    case IoOp::flush:
      effect_flush(t);
      break;
  }
}

void VirtualDisk::effect_read(Transfer& t) {
  ++stats_.reads;
  stats_.blocks_read += t.blocks;
  uint32_t count = t.blocks;
  if (t.faulted) [[unlikely]]
    count = std::min(count, t.verdict.done_blocks);
  if (!damage_.empty()) [[unlikely]] {
    if (const uint32_t good = readable(t.block, count); good < count) {
      bay_.faults().unreadable_met(*this, t.block + good);
      count = good;
      t.error = EIO;
      t.error_kind = TransferError::media;
      t.residual = t.blocks - good;
    }
  }
  peek(t.block, count, t.data);
  if ((armed_instants_ & bit(Instant::after_effect)) != 0 && t.error == 0) [[unlikely]]
    bay_.faults().at_after_effect(*this, t);
}

/// Leading blocks that are no latent sector error, or hidden behind a newer cached write.
uint32_t VirtualDisk::readable(uint64_t block, uint32_t count) const {
  for (uint64_t b = damage_.first_unreadable(block, count); b < block + count;) {
    if (!cache_.holds(b)) return static_cast<uint32_t>(b - block);
    b = damage_.first_unreadable(b + 1, block + count - b - 1);
  }
  return count;
}

void VirtualDisk::effect_write(Transfer& t) {
  ++stats_.writes;
  stats_.blocks_written += t.blocks;
  bool durable = options_.cache == CacheKind::none || t.fua;
  uint32_t count = t.blocks;
  if (t.faulted) [[unlikely]] {
    const Verdict& v = t.verdict;
    count = std::min(count, v.done_blocks);
    if (count == 0) return;
    if (v.lies_about_fua) durable = options_.cache == CacheKind::none;
    if (t.preflush && !v.lies_about_flush) flush_cache(t);
    if (v.lost || v.delta_blocks != 0 || v.other_disk != UINT32_MAX) {
      misplace(t, count, durable);
      return;
    }
  } else if (t.preflush) {
    flush_cache(t);
  }
  t.cache_slot = store(t.number, t.block, count, t.data, durable);
  if ((armed_instants_ & bit(Instant::after_effect)) != 0 && t.error == 0) [[unlikely]]
    bay_.faults().at_after_effect(*this, t);
}

/// A write that is lost (F12), or lands where it does not belong (F13).
void VirtualDisk::misplace(const Transfer& t, uint32_t count, bool durable) {
  const Verdict& v = t.verdict;
  ++sequences_;  // later than the writes before it: their arrival on the medium does not heal what is missing
  damage_.mark(t.block, count, {DamageKind::old_content, v.by_number, v.by, sequences_, simulation_.now()});
  if (v.lost) return;
  VirtualDisk& there = v.other_disk == UINT32_MAX ? *this : bay_[v.other_disk];
  if (there.dead_ || !there.powered_ || count > there.blocks()) return;  // nobody there to take it
  const uint64_t place = astray(t.block, count, v.delta_blocks, there.blocks());
  const WriteCache::Slot slot = there.store(t.number, place, count, t.data, durable);
  there.cache_.completed(slot, t.number, 0);  // a flush over there covers it
  there.damage_.mark(place, count, {DamageKind::foreign, v.by_number, v.by, there.sequences_, simulation_.now()});
}

WriteCache::Slot VirtualDisk::store(uint64_t number, uint64_t block, uint32_t blocks, const std::byte* data,
                                    bool durable) {
  if ((armed_instants_ & bit(Instant::before_write)) != 0) [[unlikely]]
    bay_.faults().at_before_write(*this, block, blocks);
  const uint64_t sequence = ++sequences_;
  if (durable) {
    cache_.overtake(block, blocks);
    to_medium(number, sequence, block, blocks, data);
    return WriteCache::no_slot;
  }
  const WriteCache::Slot slot = cache_.add(number, sequence, block, blocks, data);
  if (bay_.write_log() != nullptr) [[unlikely]]
    bay_.write_log()->add(index_, LogLayer::cache, number, block, blocks, data);
  if (cache_.blocks() > options_.cache_blocks) {
    Destager destager(*this);
    cache_.shrink_to(options_.cache_blocks, options_.destage, head_, cache_choices_, destager);
  }
  return slot;
}

void VirtualDisk::to_medium(uint64_t number, uint64_t sequence, uint64_t block, uint32_t blocks,
                            const std::byte* data) {
  medium_.write(block, blocks, data);
  if (!damage_.empty()) [[unlikely]]
    damage_.heal(block, blocks, sequence);
  if (bay_.write_log() != nullptr) [[unlikely]]
    bay_.write_log()->add(index_, LogLayer::medium, number, block, blocks, data);
  if (bay_.observer() != nullptr) [[unlikely]]
    bay_.observer()->on_durable({index_, blocks, block, number, data});
}

void VirtualDisk::set_cache(CacheKind kind) {
  if (options_.cache == kind) return;
  if (kind == CacheKind::none) {
    Destager destager(*this);
    cache_.shrink_to(0, DestagePolicy::fifo, head_, cache_choices_, destager);
    cache_.clear();  // what a failed flush forgot was never to be written (F21)
  }
  options_.cache = kind;
  simulation_.recorder().add(simulation_.now(), trace_disk_cache, index_, kind == CacheKind::none ? 0 : 1);
}

void VirtualDisk::effect_flush(Transfer& t) {
  ++stats_.flushes;
  if (t.faulted) [[unlikely]] {
    if (t.verdict.flush_fails) {
      Destager destager(*this);
      Forgetter forgetter(*this, t.verdict);
      cache_.fail_flush(t.issue_moment, t.verdict.flush_keep, fault_choices_, destager, forgetter);
      return;
    }
    if (t.verdict.lies_about_flush || t.verdict.done_blocks == 0) return;
  }
  flush_cache(t);
}

void VirtualDisk::flush_cache(const Transfer& t) {
  Destager destager(*this);
  cache_.flush(t.issue_moment, destager);
}

void VirtualDisk::peek(uint64_t block, uint32_t count, std::byte* out) const {
  medium_.read(block, count, out);
  cache_.read_over(block, count, out);
}

uint64_t VirtualDisk::next_written(uint64_t block) const {
  const uint64_t page = medium_.next_page(block / page_blocks);
  uint64_t next = page == UINT64_MAX ? page : std::max(block, page * page_blocks);
  cache_.for_each([&](const CachedWrite& w) {
    if (w.block + w.blocks > block) next = std::min(next, std::max(block, w.block));
  });
  return next;
}

void VirtualDisk::peek_durable(uint64_t block, uint32_t count, std::byte* out) const {
  medium_.read(block, count, out);
}

void VirtualDisk::poke(uint64_t block, uint32_t count, const std::byte* data) { store(0, block, count, data, true); }

const Damage* VirtualDisk::damage_seen(uint64_t block) const {
  const Damage* damage = damage_.at(block);
  if (damage == nullptr) return nullptr;
  const CachedWrite* newest = cache_.newest(block);
  if (newest == nullptr) return damage;
  // What a failed flush forgot is still readable from the cache itself (F21).
  const bool hidden =
      damage->kind == DamageKind::lost ? newest->sequence >= damage->write : newest->sequence > damage->write;
  return hidden ? nullptr : damage;
}

void VirtualDisk::mark_damaged(uint64_t block, uint64_t blocks, DamageKind kind, FaultHandle by, uint8_t number) {
  damage_.mark(block, blocks, {kind, number, by, 0, simulation_.now()});
}

/// Changes the medium past all writes; only the write log hears of it.
void VirtualDisk::spoil_medium(uint64_t block, const std::byte* data) {
  medium_.write(block, 1, data);
  if (bay_.write_log() != nullptr) bay_.write_log()->add(index_, LogLayer::medium, 0, block, 1, data);
}

void VirtualDisk::overwrite_stored(uint64_t block, const std::byte* data, DamageKind kind, FaultHandle by,
                                   uint8_t number) {
  const CachedWrite* newest = cache_.newest(block);
  const uint64_t with = newest == nullptr ? sequences_ : newest->sequence;
  if (!cache_.overwrite(block, data)) spoil_medium(block, data);
  damage_.mark(block, 1, {kind, number, by, with, simulation_.now()});
}

}  // namespace raidsim::disk
