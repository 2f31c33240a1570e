#include "model/statedb/contents.h"

#include <algorithm>

#include "model/statedb/format/layout.h"

namespace raidsim::statedb {

std::optional<Contents::Place> Contents::find(uint32_t number) const {
  for (size_t block = 0; block < directory.size(); ++block) {
    const auto& entries = directory[block].entries;
    for (size_t entry = 0; entry < entries.size(); ++entry) {
      if (entries[entry].de_recid == number) return Place{block, entry};
    }
  }
  return std::nullopt;
}

uint32_t Contents::lowest_unused_number() const {
  uint32_t number = 1;
  for (const auto& [used, image] : images) {
    if (used != number) break;
    ++number;
  }
  return number;
}

uint32_t Contents::imbalance() const {
  uint32_t x = MDDB_GLOBAL_XOR;
  for (const DirectoryBlock& block : directory) {
    x ^= block.db_recsum;
    for (const DirectoryEntry& entry : block.entries) {
      if (!entry.outside_xor()) x ^= images.at(entry.de_recid).share();
    }
  }
  return x;
}

uint32_t Contents::blocks() const {
  size_t count = directory.size();
  for (const DirectoryBlock& block : directory) {
    for (const DirectoryEntry& entry : block.entries) count += entry.de_blks.size();
  }
  return static_cast<uint32_t>(count);
}

uint32_t Contents::highest_block() const {
  uint32_t highest = 0;
  for (const DirectoryBlock& block : directory) {
    highest = std::max(highest, block.db_blknum);
    for (const DirectoryEntry& entry : block.entries) {
      highest = std::max(highest, *std::max_element(entry.de_blks.begin(), entry.de_blks.end()));
    }
  }
  return highest;
}

bool Contents::take_blocks(FreeSpace& space) const {
  bool all = true;
  for (const DirectoryBlock& block : directory) {
    all = space.take(block.db_blknum) && all;
    for (const DirectoryEntry& entry : block.entries) {
      for (const uint32_t logical : entry.de_blks) all = space.take(logical) && all;
    }
  }
  return all;
}

Contents new_contents(Timeval32 now) {
  Contents contents;
  DirectoryBlock& first = contents.directory.emplace_back();
  first.db_blknum = directory_first;
  first.db_timestamp = now;
  first.db_recsum = MDDB_GLOBAL_XOR;
  return contents;
}

namespace {

/// What `one` has that `other` misses. A record that only one of them has was created or deleted: the directory block
/// that says so has the higher number.
bool has_something_newer(const Contents& one, const Contents& other) {
  for (size_t i = 0; i < one.directory.size(); ++i) {
    if (i >= other.directory.size() || one.directory[i].sequence > other.directory[i].sequence) return true;
  }
  return std::any_of(one.images.begin(), one.images.end(), [&](const auto& each) {
    const auto theirs = other.images.find(each.first);
    return theirs != other.images.end() && each.second.sequence() > theirs->second.sequence();
  });
}

}  // namespace

bool older(const Contents& one, const Contents& other) {
  return has_something_newer(other, one) && !has_something_newer(one, other);
}

}  // namespace raidsim::statedb
