#include <algorithm>

#include "engine/random.h"
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

}  // namespace

// Seek over the share x of the full stroke: a + b sqrt(x) up to x = 0.3, then c + e x, continuous there. a is
// the single-track time; b, c and e follow from the full-stroke time F and the mean M over random pairs of
// places (density 2(1 - x)):  b = (M - 0.836667 a - 0.163333 F) / 0.358576,  e = (F - a - b sqrt(0.3)) / 0.7.
HddLatency::HddLatency(const LatencyOptions::Hdd& options, uint64_t blocks)
    : options_(options), blocks_(std::max<uint64_t>(1, blocks)), turn_(60'000'000'000 / options.rpm) {
  const int64_t a = to_ns(options.seek_track);
  const int64_t full = to_ns(options.seek_full);
  const int64_t b = (to_ns(options.seek_mean) * 1'000 - a * 837 - full * 163) * 1'000 / 358'576;
  const int64_t e = (full - a - b * 547'723 / 1'000'000) * 10 / 7;
  const int64_t c = full - e;
  constexpr auto join = static_cast<size_t>(steps * 3 / 10);
  for (size_t i = 0; i <= steps; ++i) {
    const auto root_ppm = static_cast<int64_t>(square_root(1'000'000'000'000 / steps * i));
    seek_ns_[i] = i <= join ? a + b * root_ppm / 1'000'000 : c + e * static_cast<int64_t>(i) / int64_t{steps};
  }
}

uint64_t HddLatency::track_of(uint64_t block) const {
  return static_cast<uint64_t>(Uint128{block} * options_.tracks / blocks_);
}

uint64_t HddLatency::distance(uint64_t from, uint64_t to) const {
  const uint64_t a = track_of(from);
  const uint64_t b = track_of(to);
  return a < b ? b - a : a - b;
}

Duration HddLatency::seek(uint64_t tracks) const {
  if (tracks == 0) return {};
  const uint64_t share = std::min<uint64_t>(tracks * steps * 256 / options_.tracks, uint64_t{steps} * 256);
  const size_t cell = share / 256;
  if (cell >= steps) return Duration{seek_ns_[steps]};
  const int64_t rise = seek_ns_[cell + 1] - seek_ns_[cell];
  return Duration{seek_ns_[cell] + rise * static_cast<int64_t>(share % 256) / 256};
}

Duration HddLatency::transfer(uint64_t block, uint32_t blocks) const {
  // Outer tracks come first and are the fast ones.
  const uint64_t span = options_.outer_bytes_per_s - options_.inner_bytes_per_s;
  const auto lost = static_cast<uint64_t>(Uint128{span} * block / blocks_);
  const uint64_t rate = options_.outer_bytes_per_s - lost;
  return Duration{static_cast<int64_t>(uint64_t{blocks} * block_bytes * 1'000'000'000 / rate)};
}

Duration HddLatency::service(const Service& what, ChoiceStream& choices) {
  // The overhead runs while the transfer waits for the arm.
  const SimTime ready = std::max(what.start, what.issued + options_.overhead);
  Duration time = ready - what.start;
  if (what.to_cache) return time + options_.bus_per_block * what.blocks;
  // Each cached write costs about a short seek and half a turn; a drive orders them as it likes.
  time += (options_.seek_track + turn_ / 2) * what.dirty_writes;
  time += transfer(next_block_, static_cast<uint32_t>(std::min<uint64_t>(what.dirty_blocks, UINT32_MAX)));
  if (what.op == IoOp::flush) return time;
  const bool follows = what.block == next_block_ && what.dirty_writes == 0;
  if (follows && what.op == IoOp::read) {
    time = {};                                  // read ahead hides the overhead of a stream
  } else if (!follows || ready > what.start) {  // a write that comes too late misses its sector
    time += seek(distance(next_block_, what.block));
    time += choices.duration_between(0ns, turn_);
  }
  next_block_ = what.block + what.blocks;
  return time + transfer(what.block, what.blocks);
}

}  // namespace raidsim::disk
