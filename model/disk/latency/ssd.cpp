#include <algorithm>

#include "model/disk/latency/models.h"

namespace raidsim::disk {

void SsdLatency::reset() {
  bus_free_ = {};
  drained_until_ = {};
}

bool SsdLatency::buffer_full(const Service& what) {
  const SimTime base = std::max(drained_until_, what.start);
  drained_until_ = base + options_.drain_per_block * what.blocks;
  return drained_until_ - what.start > options_.drain_per_block * options_.buffer_blocks;
}

Duration SsdLatency::write(const Service& what, ChoiceStream& choices) {
  Duration time = options_.write;
  if (buffer_full(what)) {
    time = choices.duration_between(options_.program_min, options_.program_max);
    drained_until_ = std::min(drained_until_, what.start + options_.drain_per_block * options_.buffer_blocks);
  }
  if (choices.chance_ppb(options_.stall_ppb)) time += choices.lognormal(options_.stall_median, options_.stall_p99);
  return time;
}

Duration SsdLatency::service(const Service& what, ChoiceStream& choices) {
  Duration positioning{};
  switch (what.op) {
    case IoOp::read: {
      const Duration spread = options_.read * options_.spread_ppm / 1'000'000;
      positioning = choices.duration_between(options_.read - spread, options_.read + spread);
      break;
    }
    case IoOp::write:
      positioning = write(what, choices);
      break;
    case IoOp::flush:
      positioning = options_.flush;
      break;
  }
  if (what.dirty_blocks != 0 && what.op == IoOp::write) positioning += options_.flush;  // PREFLUSH
  if (what.blocks == 0) return positioning;
  // Positioning of transfers in service overlaps; their bytes go over one bus, one after the other.
  const SimTime begin = std::max(what.start + positioning, bus_free_);
  bus_free_ = begin + options_.transfer_per_block * what.blocks;
  return bus_free_ - what.start;
}

}  // namespace raidsim::disk
