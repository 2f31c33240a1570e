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

}  // namespace raidsim::disk
