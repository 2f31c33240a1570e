#include "model/disk/fault/cache.h"

namespace raidsim::disk {

void Reordering::armed(FaultContext& at) {
  destage_before = at.disk.options().destage;
  blocks_before = at.disk.options().cache_blocks;
  at.disk.set_destage(destage, cache_blocks);
}
void Reordering::lifted(FaultContext& at) { at.disk.set_destage(destage_before, blocks_before); }
void Reordering::describe(FaultLine& line) const {
  constexpr const char* words[] = {"fifo", "elevator", "random", "adversarial"};
  line.add("destage", std::string(words[static_cast<size_t>(destage)]));
  line.add("cache_blocks", static_cast<int64_t>(cache_blocks));
}

void CacheLost::armed(FaultContext& at) {
  before = at.disk.options().cache_loss;
  at.disk.set_cache_loss({.keep = keep, .adversarial = adversarial});
}
void CacheLost::lifted(FaultContext& at) { at.disk.set_cache_loss(before); }
void CacheLost::describe(FaultLine& line) const {
  line.add("keep", keep);
  line.add("adversarial", adversarial);
}

void FlushError::start(FaultContext& at, Transfer& t) {
  Verdict& v = at.blame(t);
  v.error = EIO;
  v.error_kind = TransferError::media;
  v.flush_fails = true;
  v.flush_keep = keep;
}
void FlushError::describe(FaultLine& line) const { line.add("keep", keep); }

bool LyingFlush::applies(const Transfer& t) const {
  const bool flushes = t.op == IoOp::flush || t.preflush;
  return (covers != FlushKind::fua && flushes) || (covers != FlushKind::flush && t.fua);
}
void LyingFlush::start(FaultContext& at, Transfer& t) {
  Verdict& v = at.blame(t);
  v.lies_about_flush = covers != FlushKind::fua;
  v.lies_about_fua = covers != FlushKind::flush;
}
void LyingFlush::describe(FaultLine& line) const {
  constexpr const char* words[] = {"flush", "fua", "both"};
  line.add("covers", std::string(words[static_cast<size_t>(covers)]));
}

bool CacheToggled::starts(FaultContext& at) {
  const CacheKind other = at.disk.options().cache == CacheKind::none ? CacheKind::volatile_write_back : CacheKind::none;
  at.disk.set_cache(to.value_or(other));
  return true;
}
void CacheToggled::describe(FaultLine& line) const {
  if (to) line.add("cache", std::string(*to == CacheKind::none ? "none" : "volatile"));
}

void NvramBatteryDead::armed(FaultContext& at) {
  before = at.disk.options().cache_loss;
  at.disk.set_cache_loss({.keep = keep, .adversarial = adversarial});
}
void NvramBatteryDead::lifted(FaultContext& at) { at.disk.set_cache_loss(before); }
void NvramBatteryDead::describe(FaultLine& line) const {
  line.add("form", std::string("battery-dead"));
  line.add("keep", keep);
  line.add("adversarial", adversarial);
}

// Of a block the content before the first write is the one that the card has.
void NvramStale::before_write(FaultContext& at, uint64_t block, uint32_t blocks) {
  if (written_back || (held_writes && writes >= *held_writes)) return;
  ++writes;
  for (uint64_t b = block; b < block + blocks; ++b) {
    std::vector<std::byte>& copy = held[b];
    if (!copy.empty()) continue;
    copy.resize(block_bytes);
    at.disk.peek(b, 1, copy.data());
  }
}
std::optional<Duration> NvramStale::next_tick() const {
  if (written_back) return std::nullopt;
  return age;
}
void NvramStale::tick(FaultContext& at) {
  written_back = true;
  std::vector<std::byte> now(block_bytes);
  for (const auto& [block, bytes] : held) {
    if (at.disk.dead() || !at.disk.powered() || block >= at.disk.blocks()) continue;  // nobody there to take it
    at.disk.peek(block, 1, now.data());
    if (now != bytes) at.disk.overwrite_stored(block, bytes.data(), DamageKind::old_content, at.handle, at.number);
  }
  held.clear();
}
void NvramStale::describe(FaultLine& line) const {
  line.add("form", std::string("stale-contents"));
  if (held_writes) line.add("held_writes", static_cast<int64_t>(*held_writes));
  line.add("age", age);
}

}  // namespace raidsim::disk
