#include "model/statedb/placement.h"

#include <algorithm>

#include "engine/assert.h"
#include "model/statedb/journal.h"

namespace raidsim::statedb {
namespace {

/// Place in the chain of the first directory block with room for an entry; one past the end: none has.
size_t room_for(const SetState& set, size_t entry_bytes) {
  const auto& chain = set.contents.directory;
  const auto room = std::find_if(chain.begin(), chain.end(),
                                 [&](const DirectoryBlock& block) { return block.has_room(entry_bytes); });
  return static_cast<size_t>(room - chain.begin());
}

/// Blocks for a record, and one for a directory block where the chain needs it. Nothing: no space.
struct Blocks {
  uint32_t directory = 0;
  std::vector<uint32_t> record;
};
std::optional<Blocks> allocate(SetState& set, size_t record, bool directory) {
  const size_t more = record + (directory ? 1 : 0);
  if (!has_room(set, more)) return std::nullopt;
  FreeSpace space = free_space_of(set);
  Blocks out;
  if (directory) out.directory = space.allocate(1).front();
  if (record != 0) out.record = space.allocate(static_cast<uint32_t>(record));
  return out;
}

void touch(SetState& set, size_t block, TouchedBlocks& touched) {
  set.contents.directory[block].sequence = set.sequence;
  touched.insert(block);
}

void append(SetState& set, uint32_t block, TouchedBlocks& touched) {
  auto& chain = set.contents.directory;
  chain.back().db_nextblk = block;
  touch(set, chain.size() - 1, touched);
  chain.emplace_back().db_blknum = block;
}

}  // namespace

bool has_room(SetState& set, size_t more_blocks) {
  const size_t all = set.contents.blocks() + more_blocks;
  return journal_entry_blocks(all) <= set.lb.lb_jlblkcnt && free_space_of(set).free() >= more_blocks;
}

bool enter_record(SetState& set, DirectoryEntry entry, RecordImage image, TouchedBlocks& touched) {
  auto& chain = set.contents.directory;
  const size_t count = image.bytes().size() / MDDB_BSIZE;
  const size_t at = room_for(set, entry.bytes() + 4 * count);
  auto blocks = allocate(set, count, at == chain.size());
  if (!blocks) return false;
  if (blocks->directory != 0) append(set, blocks->directory, touched);
  entry.de_blks = std::move(blocks->record);
  if (!entry.outside_xor()) chain[at].db_recsum ^= image.share();
  chain[at].db_timestamp = image.timestamp();
  touch(set, at, touched);
  set.contents.images.emplace(entry.de_recid, std::move(image));
  chain[at].entries.push_back(std::move(entry));
  return true;
}

bool resize_record(SetState& set, uint32_t number, size_t user_bytes, TouchedBlocks& touched) {
  auto& chain = set.contents.directory;
  const auto place = set.contents.find(number);
  RAIDSIM_ASSERT(place.has_value());
  DirectoryEntry entry = set.contents.at(*place);
  const size_t before = entry.de_blks.size(), after = record_bytes(user_bytes) / MDDB_BSIZE;
  const size_t grown = 4 * (std::max(before, after) - before);
  // It stays where it is as long as it fits; the record order is then untouched.
  const bool stays = grown == 0 || chain[place->block].bytes() + grown < MDDB_BSIZE;
  const size_t to = stays ? place->block : room_for(set, entry.bytes() + grown);
  auto more = allocate(set, std::max(before, after) - before, to == chain.size());
  if (!more) return false;
  if (more->directory != 0) append(set, more->directory, touched);

  entry.de_reqsize = static_cast<uint32_t>(user_bytes);
  entry.de_blks.insert(entry.de_blks.end(), more->record.begin(), more->record.end());
  entry.de_blks.resize(after);
  auto& from = chain[place->block].entries;
  const auto old = from.begin() + static_cast<std::ptrdiff_t>(place->entry);
  touch(set, place->block, touched);
  touch(set, to, touched);
  if (stays) {
    *old = std::move(entry);
  } else {
    from.erase(old);
    chain[to].entries.push_back(std::move(entry));
  }
  set.contents.images.at(number).resize(user_bytes);
  return true;
}

void take_out_record(SetState& set, uint32_t number, TouchedBlocks& touched) {
  const auto place = set.contents.find(number);
  RAIDSIM_ASSERT(place.has_value());
  DirectoryBlock& directory = set.contents.directory[place->block];
  const auto entry = directory.entries.begin() + static_cast<std::ptrdiff_t>(place->entry);
  if (!entry->outside_xor()) directory.db_recsum ^= set.contents.images.at(number).share();
  directory.entries.erase(entry);
  set.contents.images.erase(number);
  touch(set, place->block, touched);
}

}  // namespace raidsim::statedb
