// What is left when the host stops waiting: aborts, crashes, power cuts; snapshots.
#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "engine/assert.h"
#include "model/disk/disk_bay.h"
#include "model/disk/fault/fault.h"
#include "model/disk/late_write.h"
#include "model/disk/snapshot.h"
#include "model/disk/torn.h"
#include "model/disk/trace_kinds.h"
#include "model/disk/virtual_disk.h"

namespace raidsim::disk {

void VirtualDisk::abort(Transfer& t) {
  RAIDSIM_ASSERT(t.disk == this && t.stage != TransferStage::idle);
  simulation_.recorder().add(simulation_.now(), trace_disk_abort, index_, t.number);
  const bool served = t.stage == TransferStage::in_service;
  leave(t);
  if (bay_.observer() != nullptr) bay_.observer()->on_complete(view(t, false), ETIMEDOUT, t.blocks);
  if (served) {
    end_service();
    if (t.op == IoOp::write && t.faulted && t.verdict.hung && !dead_) {
      if (to_ns(t.verdict.late_effect) >= 0) {
        effect_late(t);
      } else if (t.verdict.on_abort == MediumEffect::torn) {
        tear(t, fault_choices_, {.rule = TornRule::prefix});
      } else if (t.verdict.on_abort == MediumEffect::new_data) {
        t.verdict.done_blocks = t.blocks;
        effect_write(t);
        cache_.completed(t.cache_slot, t.number, 0);
      }
    }
  }
  start_next();
}

void VirtualDisk::effect_late(const Transfer& t) {
  auto late = std::make_unique<LateWrite>(&VirtualDisk::on_late_write, *this);
  late->number = t.number;
  late->block = t.block;
  late->blocks = t.blocks;
  late->by = t.verdict.by;
  late->by_number = t.verdict.by_number;
  late->bytes.assign(t.data, t.data + size_t{t.blocks} * block_bytes);
  simulation_.schedule_after(*late, t.verdict.late_effect);
  late_writes_.push_back(std::move(late));
}

void VirtualDisk::on_late_write(Event& event) {
  const auto& late = static_cast<LateWrite&>(event);
  VirtualDisk& disk = late.disk;
  if (!disk.dead_ && late.block + late.blocks <= disk.blocks()) {
    disk.settle(late.number, late.block, late.blocks, late.bytes.data());
    disk.damage_.mark(late.block, late.blocks,
                      {DamageKind::old_content, late.by_number, late.by, disk.sequences_, disk.simulation_.now()});
  }
  std::erase_if(disk.late_writes_, [&](const auto& other) { return other.get() == &late; });
}

/// A write that no host waits for: any later flush covers it.
void VirtualDisk::settle(uint64_t number, uint64_t block, uint32_t blocks, const std::byte* data) {
  const WriteCache::Slot slot = store(number, block, blocks, data, options_.cache == CacheKind::none);
  cache_.completed(slot, number, 0);
}

void VirtualDisk::forsake(Transfer& t, OutstandingFate fate, ChoiceStream& choices) {
  if (t.stage == TransferStage::idle) return;
  const bool had_effect = t.stage == TransferStage::held;
  if (t.stage == TransferStage::in_service) end_service();
  leave(t);
  if (had_effect || t.op == IoOp::read || !powered_ || dead_) return;
  const bool can_tear = t.op == IoOp::write && torn_atoms(t.block, blocks_with_effect(t), options_.atom_bytes) > 1;
  uint64_t drawn = fate == OutstandingFate::done ? 1 : 0;
  if (fate == OutstandingFate::drawn) drawn = choices.below(can_tear ? 3 : 2, ChoiceKind::index);
  simulation_.recorder().add(simulation_.now(), trace_forsaken, index_, t.number, drawn);
  if (drawn == 0) return;
  if (drawn == 2) {
    tear(t, choices, {.rule = TornRule::prefix});
  } else if (t.op == IoOp::flush) {
    effect_flush(t);
  } else {
    if (t.faulted && t.verdict.hung) t.verdict.done_blocks = t.blocks;
    effect_write(t);
    cache_.completed(t.cache_slot, t.number, ++moments_);
  }
}

void VirtualDisk::reset(Transfer& t) {
  forsake(t, OutstandingFate::drawn, fault_choices_);
  if (bay_.observer() != nullptr) bay_.observer()->on_complete(view(t, false), EIO, t.blocks);
}

void VirtualDisk::lose_power(FaultHandle by) {
  simulation_.recorder().add(simulation_.now(), trace_power_cut, index_);
  queue_watch_cancel();
  for (const auto& late : late_writes_) simulation_.cancel(*late);
  late_writes_.clear();
  if (!dead_) {
    for (Transfer* t = in_service_.head; t != nullptr; t = t->next) {
      if (t->stage == TransferStage::in_service && t->op == IoOp::write) resolve(*t);
    }
    lose_cache();
  }
  powered_ = false;
  ++power_losses_;
  power_taken_by_ = by;
  latency_->reset();
  fail_all();
}

void VirtualDisk::restore_power() {
  if (powered_ || pulled_ || !supplied_) return;
  powered_ = true;
  simulation_.recorder().add(simulation_.now(), trace_power_on, index_);
  bay_.faults().starts(*this);
}

void VirtualDisk::pull(FaultHandle by) {
  pulled_ = true;
  if (powered_) lose_power(by);
}

void VirtualDisk::lose_supply(FaultHandle by) {
  supplied_ = false;
  if (powered_) lose_power(by);
}

void VirtualDisk::regain_supply() {
  if (std::exchange(supplied_, true)) return;
  restore_power();
}

void VirtualDisk::put_back() {
  if (!std::exchange(pulled_, false)) return;
  restore_power();
}

/// How many leading blocks of a write can change where they belong: a fault may have moved it away (F12, F13), or
/// stop it on its way (F03, F06, F08).
uint32_t VirtualDisk::blocks_with_effect(const Transfer& t) {
  if (!t.faulted) return t.blocks;
  const Verdict& v = t.verdict;
  if (v.lost || v.delta_blocks != 0 || v.other_disk != UINT32_MAX) return 0;
  return v.hung ? t.blocks : std::min(t.blocks, v.done_blocks);
}

/// Power fails while `t` is in service: done, not done, or torn (F16).
void VirtualDisk::resolve(Transfer& t) {
  const uint32_t blocks = blocks_with_effect(t);
  if (blocks == 0) return;
  if (options_.torn.fate != OutstandingFate::drawn) {
    if (options_.torn.fate == OutstandingFate::done) store(t.number, t.block, blocks, t.data, true);
    return;
  }
  const bool splits = options_.torn.split_sector || options_.atom_bytes == 0;
  const bool can_tear = splits || torn_atoms(t.block, blocks, options_.atom_bytes) > 1;
  if (can_tear && options_.torn.rule != TornRule::none && power_choices_.chance(options_.torn.chance)) {
    tear(t, power_choices_, options_.torn);
  } else if (power_choices_.below(2, ChoiceKind::index) == 1) {
    store(t.number, t.block, blocks, t.data, true);
  }
}

void VirtualDisk::tear(Transfer& t, ChoiceStream& choices, const TornWrites& how) {
  const uint32_t blocks = blocks_with_effect(t);
  if (blocks == 0) return;
  const bool splits = how.split_sector || options_.atom_bytes == 0;
  TornParts parts = draw_torn_parts(t.block, blocks, options_.atom_bytes, how.rule, choices);
  if (splits && blocks == 1) parts.runs.clear();  // the only sector is the one that is cut inside
  for (const BlockRange& run : parts.runs) {
    store(t.number, run.first, static_cast<uint32_t>(run.size()), t.data + (run.first - t.block) * block_bytes, true);
  }
  if (splits) split_sector(t, parts.cut, choices);
  if (how.neighbours) destroy_neighbours(t, choices);
}

/// The sector at the cut is part new, part old: neither, so the registry has it as corrupted.
void VirtualDisk::split_sector(const Transfer& t, uint64_t block, ChoiceStream& choices) {
  std::array<std::byte, block_bytes> sector;
  peek_durable(block, 1, sector.data());
  const auto bytes = static_cast<std::ptrdiff_t>(1 + choices.below(block_bytes - 1));
  const std::byte* fresh = t.data + (block - t.block) * block_bytes;
  std::copy(fresh, fresh + bytes, sector.begin());
  cache_.overtake(block, 1);
  overwrite_stored(block, sector.data(), DamageKind::corrupted, 0, 16);
}

void VirtualDisk::destroy_neighbours(const Transfer& t, ChoiceStream& choices) {
  const uint64_t first = t.block / page_blocks * page_blocks;
  const uint64_t end = std::min(blocks(), (t.block + t.blocks + page_blocks - 1) / page_blocks * page_blocks);
  std::array<std::byte, block_bytes> noise;
  for (uint64_t b = first; b < end; ++b) {
    if (b >= t.block && b < t.block + t.blocks) continue;
    choices.bytes(noise.data(), noise.size());
    cache_.overtake(b, 1);
    overwrite_stored(b, noise.data(), DamageKind::corrupted, 0, 16);
  }
}

void VirtualDisk::lose_cache() {
  if (cache_.empty()) return;
  uint64_t writes = 0;
  cache_.for_each([&](const CachedWrite& write) { writes += write.limbo ? 0 : 1; });
  const CacheLoss& loss = options_.cache_loss;
  const uint64_t dropped_oldest = loss.adversarial ? power_choices_.below(writes + 1, ChoiceKind::index) : 0;
  uint64_t seen = 0;
  uint64_t kept = 0;
  cache_.for_each([&](const CachedWrite& write) {
    if (write.limbo) return;
    const bool drop = loss.adversarial ? seen++ < dropped_oldest : power_choices_.chance(1.0 - loss.keep);
    if (drop) {
      damage_.forget(write.block, write.blocks, write.sequence);
      return;
    }
    ++kept;
    keep_part(write);
  });
  cache_.clear();
  simulation_.recorder().add(simulation_.now(), trace_cache_lost, index_, kept, writes - kept);
}

/// A surviving cached write: whole, or some of its atoms.
void VirtualDisk::keep_part(const CachedWrite& write) {
  const bool can_tear = torn_atoms(write.block, write.blocks, options_.atom_bytes) > 1;
  TornParts parts{.runs = {{write.block, write.block + write.blocks}}};
  if (can_tear && options_.torn.rule != TornRule::none && power_choices_.chance(options_.torn.chance)) {
    parts = draw_torn_parts(write.block, write.blocks, options_.atom_bytes, options_.torn.rule, power_choices_);
  }
  for (const BlockRange& run : parts.runs) {
    for (uint64_t b = run.first; b < run.end; ++b) {
      if (!write.overtaken[b - write.block]) to_medium(write.number, write.sequence, b, 1, write.data_of(b));
    }
  }
}

/// Every transfer ends with a transport error, told from the event loop.
void VirtualDisk::fail_all() {
  while (queue_.size != 0) {
    Transfer& t = *queue_.head;
    queue_.remove(t);
    in_service_.push(t);
    fail(t);
  }
  for (Transfer* t = in_service_.head; t != nullptr; t = t->next) {
    if (t->stage == TransferStage::in_service) {
      end_service();
      fail(*t);
    }
  }
}

void VirtualDisk::fail(Transfer& t) {
  if (t.timer.pending()) simulation_.cancel(t.timer);
  t.error = ENXIO;
  t.error_kind = TransferError::transport;
  t.residual = t.blocks;
  t.stage = TransferStage::held;
  arm_timer(t, simulation_.now());
}

void VirtualDisk::swap_in(DeviceId id, uint64_t blocks, BlankContent content, ChoiceStream& choices) {
  simulation_.recorder().add(simulation_.now(), trace_disk_swapped, index_, id, blocks);
  queue_watch_cancel();
  for (const auto& late : late_writes_) simulation_.cancel(*late);
  late_writes_.clear();
  fail_all();
  cache_.clear();
  damage_.clear();
  medium_ = PageStore(bay_.pool(), blocks);
  latency_ = make_latency_model(options_.latency, blocks);
  id_ = id;
  blocks_ = blocks;
  dead_ = false;
  ++incarnation_;
  if (content == BlankContent::random) fill_random(choices);
}

void VirtualDisk::resize(uint64_t blocks) {
  simulation_.recorder().add(simulation_.now(), trace_disk_resized, index_, blocks_, blocks);
  if (blocks > medium_.blocks()) {
    PageStore larger(bay_.pool(), blocks);
    std::array<std::byte, page_bytes> page;
    for (const uint64_t index : medium_.pages()) {
      const uint64_t first = index * page_blocks;
      const auto count = static_cast<uint32_t>(std::min<uint64_t>(page_blocks, medium_.blocks() - first));
      medium_.read(first, count, page.data());
      larger.write(first, count, page.data());
    }
    medium_ = larger;
  }
  blocks_ = blocks;
}

/// One draw, spread over the first 64 MiB: what a used disk may carry where others look for labels and logs.
void VirtualDisk::fill_random(ChoiceStream& choices) {
  Random noise(choices.below(UINT64_MAX));
  std::array<uint64_t, page_bytes / sizeof(uint64_t)> page;
  const uint64_t end = std::min<uint64_t>(blocks(), 131'072) / page_blocks * page_blocks;
  for (uint64_t b = 0; b < end; b += page_blocks) {
    for (uint64_t& word : page) word = noise.next();
    medium_.write(b, page_blocks, reinterpret_cast<const std::byte*>(page.data()));
  }
}

void VirtualDisk::copy_content(const VirtualDisk& other) {
  if (other.blocks() != blocks()) return;  // swapped for one of another size meanwhile: no clone of that one
  medium_ = other.medium_;
  cache_ = other.cache_;
  damage_ = other.damage_;
  sequences_ = std::max(sequences_, other.sequences_);
  moments_ = std::max(moments_, other.moments_);  // so that a flush here covers what it completed there
}

void VirtualDisk::set_destage(DestagePolicy policy, uint64_t cache_blocks) {
  options_.destage = policy;
  options_.cache_blocks = cache_blocks;
}

void VirtualDisk::queue_watch_cancel() {
  if (queue_watch_.pending()) simulation_.cancel(queue_watch_);
}

DiskState VirtualDisk::save() const {
  RAIDSIM_ASSERT(outstanding_ == 0 && late_writes_.empty());
  return {id_,   medium_,  cache_,   damage_,    std::shared_ptr<const LatencyModel>(latency_->clone()),
          head_, numbers_, moments_, sequences_, blocks_,
          dead_, powered_, pulled_,  supplied_};
}

void VirtualDisk::restore(const DiskState& state) {
  RAIDSIM_ASSERT(outstanding_ == 0 && late_writes_.empty());
  id_ = state.id;
  medium_ = state.medium;
  cache_ = state.cache;
  damage_ = state.damage;
  latency_ = state.latency->clone();
  head_ = state.head;
  numbers_ = state.numbers;
  moments_ = state.moments;
  sequences_ = state.sequences;
  dead_ = state.dead;
  blocks_ = state.size_blocks;
  powered_ = state.powered;
  pulled_ = state.pulled;
  supplied_ = state.supplied;
}

std::shared_ptr<const DiskImage> VirtualDisk::freeze() const {
  RAIDSIM_ASSERT(cache_.empty());
  return medium_.freeze();
}

void VirtualDisk::load_image(std::shared_ptr<const DiskImage> image) {
  RAIDSIM_ASSERT(image->blocks() == blocks());
  medium_ = PageStore(bay_.pool(), std::move(image));
  cache_.clear();
  damage_.clear();
}

uint64_t VirtualDisk::content_hash() const { return content_hash_of(medium_, cache_); }

}  // namespace raidsim::disk
