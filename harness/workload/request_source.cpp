#include "harness/workload/request_source.h"

#include <algorithm>

namespace raidsim::harness {
namespace {

uint64_t to_ppb(double share) { return static_cast<uint64_t>(std::clamp(share, 0.0, 1.0) * 1e9 + 0.5); }

}  // namespace

RequestSource::RequestSource(const scenarios::Workload& workload, uint64_t unit_blocks, ChoiceStream& stream,
                             uint32_t client)
    : workload_(workload),
      stream_(stream),
      first_(workload.range ? std::min(workload.range->first, unit_blocks) : 0),
      end_(workload.range ? std::min(workload.range->end, unit_blocks) : unit_blocks),
      cursor_(0),
      reads_ppb_(to_ppb(workload.reads)),
      hot_ppb_(to_ppb(workload.hot_spot.share)) {
  // Sequential clients share the range: each runs through its own part, as separate files would.
  const uint64_t part = (end_ - first_) / std::max<uint32_t>(workload.clients, 1);
  cursor_ = first_ + part * client;
}

Request RequestSource::next() {
  Request request;
  if (workload_.think_max > Duration{}) {
    request.think = stream_.duration_between(workload_.think_min, workload_.think_max);
  }
  request.op = stream_.chance_ppb(reads_ppb_) ? md::BufferOp::read : md::BufferOp::write;
  const uint64_t size = stream_.between(workload_.size_min_blocks, workload_.size_max_blocks);
  const uint64_t blocks = std::min(size, end_ - first_);
  request.block = workload_.pattern == scenarios::Pattern::sequential ? sequential_place(blocks) : place(blocks);
  request.blocks = static_cast<uint32_t>(blocks);
  return request;
}

uint64_t RequestSource::sequential_place(uint64_t blocks) {
  if (cursor_ + blocks > end_) cursor_ = first_;
  const uint64_t at = cursor_;
  cursor_ += blocks;
  return at;
}

uint64_t RequestSource::place(uint64_t blocks) {
  const uint64_t places = end_ - first_ - blocks + 1;
  if (workload_.pattern == scenarios::Pattern::random) return first_ + stream_.below(places);
  const auto hot =
      std::clamp<uint64_t>(static_cast<uint64_t>(workload_.hot_spot.space * static_cast<double>(places)), 1, places);
  const bool in_hot = hot == places || stream_.chance_ppb(hot_ppb_);
  return in_hot ? first_ + stream_.below(hot) : first_ + hot + stream_.below(places - hot);
}

}  // namespace raidsim::harness
