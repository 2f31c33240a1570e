#include "model/statedb/replica.h"

#include <numeric>

#include "engine/assert.h"

namespace raidsim::statedb {

BlockFault Replica::read_master() {
  std::vector<std::byte> block(MDDB_BSIZE);
  if (at_ >= device().blocks() || !disk_.read(at_, block)) return BlockFault::unread;
  ReadMasterBlock read = decode_master_block(block, at_, set_);
  if (read.fault == BlockFault::none) master_ = std::move(read.block);
  return read.fault;
}

template <class Run>
bool Replica::each_run(std::span<const uint32_t> logical, std::span<std::byte> bytes, Run run) {
  RAIDSIM_ASSERT(bytes.size() == logical.size() * MDDB_BSIZE);
  for (size_t i = 0; i < logical.size();) {
    const std::optional<uint64_t> first = master_.physical(logical[i]);
    size_t length = 1;
    while (i + length < logical.size() && logical[i + length] == logical[i] + length) ++length;
    const auto last = static_cast<uint32_t>(logical[i] + length - 1);
    if (!first || !master_.physical(last) || *first + length > device().blocks()) return false;
    if (!run(*first, bytes.subspan(i * MDDB_BSIZE, length * MDDB_BSIZE))) return false;
    i += length;
  }
  return true;
}

bool Replica::write(std::span<const uint32_t> logical, std::span<std::byte> bytes) {
  return each_run(logical, bytes, [this](uint64_t at, std::span<std::byte> run) { return disk_.write(at, run); });
}

bool Replica::read(std::span<const uint32_t> logical, std::span<std::byte> bytes) {
  return each_run(logical, bytes, [this](uint64_t at, std::span<std::byte> run) { return disk_.read(at, run); });
}

bool Replica::write_range(uint32_t first, uint32_t count, std::span<std::byte> bytes) {
  std::vector<uint32_t> logical(count);
  std::iota(logical.begin(), logical.end(), first);
  return write(logical, bytes);
}

bool Replica::read_singly(uint32_t first, uint32_t count, std::span<std::byte> bytes) {
  for (uint32_t i = 0; i < count; ++i) {
    const uint32_t logical = first + i;
    if (!read({&logical, 1}, bytes.subspan(i * MDDB_BSIZE, MDDB_BSIZE))) return false;
  }
  return true;
}

}  // namespace raidsim::statedb
