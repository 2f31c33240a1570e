#include "model/disk/fault/honest.h"

#include <algorithm>

#include "model/disk/disk_bay.h"

namespace raidsim::disk {

namespace {

/// A hard error: the leading `done` blocks are dealt with all the same.
Verdict& media_error(const FaultContext& at, Transfer& t, uint32_t done) {
  Verdict& v = at.blame(t);
  v.error = EIO;
  v.error_kind = TransferError::media;
  v.done_blocks = done;
  v.residual = t.blocks - done;
  return v;
}

uint32_t part_of(uint32_t blocks, double fraction) {
  // Through ppm, so that the count is the same whatever the compiler does to the product.
  const uint64_t ppm = distributions::to_ppb(fraction) / 1000;
  return static_cast<uint32_t>(uint64_t{blocks} * ppm / 1'000'000);
}

}  // namespace

void FailStop::armed(FaultContext& at) { at.disk.set_dead(true); }
void FailStop::lifted(FaultContext& at) { at.disk.set_dead(false); }
void FailStop::start(FaultContext& at, Transfer& t) { media_error(at, t, 0).fixed_service = error_after; }
int FailStop::open_error(FaultContext&) { return ENXIO; }
void FailStop::describe(FaultLine& line) const { line.add("error_after", error_after); }

void TransientReadError::start(FaultContext& at, Transfer& t) { media_error(at, t, 0); }

void TransientWriteError::start(FaultContext& at, Transfer& t) {
  media_error(at, t, std::min(part_of(t.blocks, effect_fraction), t.blocks));
}
void TransientWriteError::describe(FaultLine& line) const { line.add("effect_fraction", effect_fraction); }

void LatentSectorError::armed(FaultContext& at) {
  const BlockRange range = blocks.within(0, at.disk.blocks());
  if (range.size() != 0) at.damage(range.first, range.size(), DamageKind::unreadable);
}
void LatentSectorError::describe(FaultLine& line) const {
  line.add("first_block", static_cast<int64_t>(blocks.first));
  line.add("end_block", static_cast<int64_t>(blocks.end));
}

void LseCluster::armed(FaultContext& at) {
  do {
    plant(at);
  } while (burst_gap == Duration{} && planted < bursts);
}

void LseCluster::plant(FaultContext& at) {
  const uint64_t low = first_block - std::min(first_block, radius_blocks);
  const uint64_t high = std::min(at.disk.blocks() - 1, first_block + radius_blocks);
  const uint64_t place = at.choices.between(std::min(low, high), high);
  const BlockRange burst = BlockRange{place, place + burst_blocks}.within(0, at.disk.blocks());
  at.damage(burst.first, burst.size(), DamageKind::unreadable);
  ++planted;
}

std::optional<Duration> LseCluster::next_tick() const {
  return planted < bursts ? std::optional(burst_gap) : std::nullopt;
}
void LseCluster::tick(FaultContext& at) { plant(at); }

void LseCluster::describe(FaultLine& line) const {
  line.add("first_block", static_cast<int64_t>(first_block));
  line.add("bursts", static_cast<int64_t>(bursts));
  line.add("burst_blocks", static_cast<int64_t>(burst_blocks));
  line.add("radius_blocks", static_cast<int64_t>(radius_blocks));
  line.add("burst_gap", burst_gap);
}

void BadMedia::start(FaultContext& at, Transfer& t) {
  const uint64_t first = std::max(match.range.first, t.block);
  media_error(at, t, static_cast<uint32_t>(first - t.block));
}

void RecoveredError::start(FaultContext& at, Transfer& t) { at.blame(t).recovered = true; }

void PartialCompletion::start(FaultContext& at, Transfer& t) {
  const uint32_t done = std::min(part_of(t.blocks, fraction), t.blocks - 1);
  Verdict& v = at.blame(t);
  v.done_blocks = done;
  v.residual = t.blocks - done;
  if (!with_error) return;
  v.error = EIO;
  v.error_kind = TransferError::media;
}
void PartialCompletion::describe(FaultLine& line) const {
  line.add("fraction", fraction);
  line.add("with_error", with_error);
}

}  // namespace raidsim::disk
