#include "model/statedb/replica.h"

#include <algorithm>
#include <numeric>

#include "engine/assert.h"
#include "model/statedb/format/layout.h"

namespace raidsim::statedb {
namespace {

auto block_of(std::span<const std::byte> bytes, size_t i) { return bytes.subspan(i * MDDB_BSIZE, MDDB_BSIZE); }

}  // namespace

std::vector<uint32_t> block_range(uint32_t first, uint32_t count) {
  std::vector<uint32_t> logical(count);
  std::iota(logical.begin(), logical.end(), first);
  return logical;
}

BlockFault Replica::read_master() {
  buffer_.resize(MDDB_BSIZE);
  if (at_ >= device().blocks() || !disk_.read(at_, buffer_)) return BlockFault::unread;
  ReadMasterBlock read = decode_master_block(buffer_, at_, set_);
  if (read.fault == BlockFault::none) master_ = std::move(read.block);
  return read.fault;
}

/// `run` gets the first physical block of a run, its first index and its length.
template <class Run>
bool Replica::each_run(std::span<const uint32_t> logical, Run run) {
  for (size_t i = 0; i < logical.size();) {
    const std::optional<uint64_t> first = master_.physical(logical[i]);
    size_t length = 1;
    while (i + length < logical.size() && logical[i + length] == logical[i] + length) ++length;
    const auto last = static_cast<uint32_t>(logical[i] + length - 1);
    if (!first || !master_.physical(last) || *first + length > device().blocks()) return false;
    if (!run(*first, i, length)) return false;
    i += length;
  }
  return true;
}

bool Replica::write_in_place(const BlockWrite& part) {
  RAIDSIM_ASSERT(part.bytes.size() == part.logical.size() * MDDB_BSIZE);
  return each_run(part.logical, [&](uint64_t at, size_t first, size_t length) {
    const auto run = part.bytes.subspan(first * MDDB_BSIZE, length * MDDB_BSIZE);
    buffer_.assign(run.begin(), run.end());
    return disk_.write(at, buffer_);
  });
}

bool Replica::write_new(const BlockWrite& part) { return write_in_place(part); }

bool Replica::update(std::span<const BlockWrite> parts, uint32_t sequence) {
  if (!settle()) return false;
  JournalEntry entry{.sequence = sequence, .targets = {}, .bytes = {}};
  for (const BlockWrite& part : parts) {
    entry.targets.insert(entry.targets.end(), part.logical.begin(), part.logical.end());
    entry.bytes.insert(entry.bytes.end(), part.bytes.begin(), part.bytes.end());
  }
  RAIDSIM_ASSERT(fits(entry));
  std::vector<std::byte> journal;
  encode(entry, set_, journal);
  const BlockWrite logged{block_range(journal_first, static_cast<uint32_t>(journal.size() / MDDB_BSIZE)), journal};
  if (!write_in_place(logged)) return false;

  for (size_t i = 0; i < entry.targets.size(); ++i) {
    const auto block = block_of(entry.bytes, i);
    not_in_place_[entry.targets[i]].assign(block.begin(), block.end());
  }
  for (const BlockWrite& part : parts) {
    if (!write_in_place(part)) return false;
  }
  not_in_place_.clear();
  return true;
}

bool Replica::fits(const JournalEntry& entry) const {
  const size_t end = journal_first + journal_entry_blocks(entry.targets.size());
  if (end > master_.m_consecutive) return false;
  return std::none_of(entry.targets.begin(), entry.targets.end(), [&](uint32_t target) {
    return (target >= journal_first && target < end) || target >= master_.m_consecutive;
  });
}

void Replica::read_journal() {
  not_in_place_.clear();
  std::vector<std::byte> bytes(MDDB_BSIZE);
  if (!read(block_range(journal_first, 1), bytes)) return;
  const size_t blocks = claimed_journal_blocks(bytes, set_);
  if (blocks == 0 || journal_first + blocks > master_.m_consecutive) return;
  bytes.resize(blocks * MDDB_BSIZE);
  if (!read(block_range(journal_first, static_cast<uint32_t>(blocks)), bytes)) return;
  const std::optional<JournalEntry> entry = decode_journal(bytes, set_);
  if (!entry || !fits(*entry)) return;
  // What is in place already need not be written again, if it outlives the journal: then nothing is (INV-D26).
  std::vector<std::byte> in_place(entry->bytes.size());
  if (read(entry->targets, in_place) && in_place == entry->bytes && disk_.flush()) return;
  for (size_t i = 0; i < entry->targets.size(); ++i) {
    const auto block = block_of(entry->bytes, i);
    not_in_place_[entry->targets[i]].assign(block.begin(), block.end());
  }
}

bool Replica::settle() {
  if (not_in_place_.empty()) return true;
  std::vector<std::byte> bytes;
  BlockWrite all;
  for (const auto& [logical, block] : not_in_place_) {
    all.logical.push_back(logical);
    bytes.insert(bytes.end(), block.begin(), block.end());
  }
  all.bytes = bytes;
  if (!write_in_place(all)) return false;
  not_in_place_.clear();
  return true;
}

bool Replica::read(std::span<const uint32_t> logical, std::span<std::byte> bytes) {
  RAIDSIM_ASSERT(bytes.size() == logical.size() * MDDB_BSIZE);
  const bool all = each_run(logical, [&](uint64_t at, size_t first, size_t length) {
    buffer_.resize(length * MDDB_BSIZE);
    if (!disk_.read(at, buffer_)) return false;
    std::copy(buffer_.begin(), buffer_.end(), bytes.begin() + static_cast<std::ptrdiff_t>(first * MDDB_BSIZE));
    return true;
  });
  for (size_t i = 0; i < logical.size() && !not_in_place_.empty(); ++i) {
    const auto newer = not_in_place_.find(logical[i]);
    if (newer == not_in_place_.end()) continue;
    std::copy(newer->second.begin(), newer->second.end(), bytes.begin() + static_cast<std::ptrdiff_t>(i * MDDB_BSIZE));
  }
  return all;
}

bool Replica::read_singly(uint32_t first, uint32_t count, std::span<std::byte> bytes) {
  for (uint32_t i = 0; i < count; ++i) {
    const uint32_t logical = first + i;
    if (!read({&logical, 1}, bytes.subspan(i * MDDB_BSIZE, MDDB_BSIZE))) return false;
  }
  return true;
}

}  // namespace raidsim::statedb
