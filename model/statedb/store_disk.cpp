#include "model/statedb/store_disk.h"

#include <algorithm>

#include "engine/assert.h"

namespace raidsim::statedb {

bool StoreDisk::run_one() {
  request_.owner = this;
  request_.error = 0;
  request_.residual = 0;
  request_.done = [](IoRequest& done) { static_cast<StoreDisk*>(done.owner)->arrived_.release(); };
  device_->submit(request_);
  arrived_.acquire();
  return !request_.failed();
}

bool StoreDisk::run(IoOp op, uint64_t block, std::span<std::byte> bytes) {
  RAIDSIM_ASSERT(device_ != nullptr && bytes.size() % block_bytes == 0);
  const size_t longest = size_t{device_->longest_transfer()} * block_bytes;
  while (!bytes.empty()) {
    const auto piece = bytes.first(std::min(longest, bytes.size()));
    request_.op = op;
    request_.fua = op == IoOp::write && device_->cache() != CacheKind::none;
    request_.preflush = false;
    request_.block = block;
    request_.blocks = static_cast<uint32_t>(piece.size() / block_bytes);
    request_.data = piece.data();
    if (!run_one()) return false;
    block += request_.blocks;
    bytes = bytes.subspan(piece.size());
  }
  return true;
}

bool StoreDisk::read(uint64_t block, std::span<std::byte> out) { return run(IoOp::read, block, out); }
bool StoreDisk::write(uint64_t block, std::span<std::byte> bytes) { return run(IoOp::write, block, bytes); }

bool StoreDisk::flush() {
  if (device_->cache() == CacheKind::none) return true;
  request_.op = IoOp::flush;
  request_.fua = request_.preflush = false;
  request_.block = 0;
  request_.blocks = 0;
  request_.data = nullptr;
  return run_one();
}

}  // namespace raidsim::statedb
