#include "model/disk/latency/latency.h"

#include "engine/assert.h"
#include "model/disk/latency/models.h"

namespace raidsim::disk {

std::unique_ptr<LatencyModel> make_latency_model(const LatencyOptions& options, uint64_t blocks) {
  switch (options.kind) {
    case LatencyKind::fixed:
      return std::make_unique<FixedLatency>(options.fixed);
    case LatencyKind::ssd:
      return std::make_unique<SsdLatency>(options.ssd);
    case LatencyKind::hdd:
      return std::make_unique<HddLatency>(options.hdd, blocks);
    case LatencyKind::hdd_detailed:
      return std::make_unique<DetailedHddLatency>();
  }
  RAIDSIM_ASSERT(false && "latency kind");
  return nullptr;
}

Duration FixedLatency::service(const Service& what, ChoiceStream&) {
  switch (what.op) {
    case IoOp::read:
      return options_.read + options_.per_block * what.blocks;
    case IoOp::write:
      return options_.write + options_.per_block * (what.blocks + what.dirty_blocks);
    case IoOp::flush:
      return options_.flush + options_.per_block * what.dirty_blocks;
  }
  return options_.read;
}

}  // namespace raidsim::disk
