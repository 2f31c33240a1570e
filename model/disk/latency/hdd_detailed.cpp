#include <algorithm>

#include "model/disk/latency/models.h"

namespace raidsim::disk {

namespace {

uint64_t square_root(uint64_t x) {
  uint64_t root = 0;
  for (uint64_t bit = uint64_t{1} << 31; bit != 0; bit >>= 1) {
    const uint64_t trial = root | bit;
    if (trial * trial <= x) root = trial;
  }
  return root;
}

constexpr uint64_t track_blocks = DetailedHddLatency::sectors;
constexpr uint64_t cylinder_blocks = uint64_t{DetailedHddLatency::surfaces} * track_blocks;

}  // namespace

DetailedHddLatency::DetailedHddLatency() {
  for (uint64_t d = 1; d < short_seek_ns_.size(); ++d) {
    short_seek_ns_[d] = 3'240'000 + static_cast<int64_t>(400'000 * square_root(d * 1'000'000'000'000) / 1'000'000);
  }
}

void DetailedHddLatency::reset() {
  next_block_ = 0;
  media_done_ = {};
  streaming_ = false;
}

Duration DetailedHddLatency::seek(uint64_t distance_cylinders) const {
  if (distance_cylinders == 0) return {};
  if (distance_cylinders < 383) return Duration{short_seek_ns_[distance_cylinders]};
  return 8ms + 8us * static_cast<int64_t>(distance_cylinders);
}

uint64_t DetailedHddLatency::distance(uint64_t from, uint64_t to) const {
  const uint64_t a = from / cylinder_blocks;
  const uint64_t b = to / cylinder_blocks;
  return a < b ? b - a : a - b;
}

int64_t DetailedHddLatency::angle_of(uint64_t block) const {
  const uint64_t cylinder = block / cylinder_blocks;
  const uint64_t track = block / track_blocks;  // of the disk
  // Each track starts a skew later than the one before, and a cylinder's first one a larger one.
  const uint64_t skew = track * track_skew + cylinder * (cylinder_skew - track_skew);
  const uint64_t sector = (block % track_blocks + skew) % track_blocks;
  return static_cast<int64_t>(sector) * turn_ns / sectors;
}

SimTime DetailedHddLatency::pass(SimTime ready, uint64_t block, uint64_t count) const {
  SimTime at = ready;
  while (count != 0) {
    const uint64_t run = std::min(count, track_blocks - block % track_blocks);
    const int64_t wait = (angle_of(block) - to_ns(at) % turn_ns + turn_ns) % turn_ns;
    at += Duration{wait} + Duration{static_cast<int64_t>(run) * turn_ns / sectors};
    block += run;
    count -= run;
    if (count == 0) break;
    at += block % cylinder_blocks == 0 ? seek(1) : head_switch;
  }
  return at;
}

Duration DetailedHddLatency::service(const Service& what, ChoiceStream&) {
  const SimTime ready = std::max(what.start, what.issued + overhead);
  const Duration bus = bus_per_block * what.blocks;
  if (what.to_cache) return ready + bus - what.start;
  SimTime at = ready + (Duration{turn_ns} / 2 + seek(1)) * what.dirty_writes;
  if (what.op == IoOp::flush) return at - what.start;

  if (what.block == next_block_ && streaming_ && what.op == IoOp::read) {
    // The head has read on into the buffer since the last read ended, unless the buffer has filled up.
    const SimTime from = arrive(media_done_, what.block);
    if (ready <= pass(from, what.block, buffer_blocks)) {
      media_done_ = pass(from, what.block, what.blocks);
      next_block_ = what.block + what.blocks;
      return std::max(media_done_, ready + bus) - what.start;
    }
  }
  media_done_ = pass(arrive(std::max(at, media_done_), what.block), what.block, what.blocks);
  next_block_ = what.block + what.blocks;
  streaming_ = what.op == IoOp::read;
  return media_done_ - what.start;
}

SimTime DetailedHddLatency::arrive(SimTime at, uint64_t block) const {
  const uint64_t here = next_block_ == 0 ? 0 : next_block_ - 1;  // the head stands behind its last sector
  if (const uint64_t away = distance(here, block); away != 0) return at + seek(away);
  return here / track_blocks == block / track_blocks ? at : at + head_switch;
}

}  // namespace raidsim::disk
