#include "model/statedb/operations.h"

#include <algorithm>
#include <utility>

#include "engine/assert.h"
#include "model/statedb/equalise.h"
#include "model/statedb/journal.h"
#include "model/statedb/replica_writes.h"

namespace raidsim::statedb {
namespace {

/// DB-Q1, probing.
bool usable(SetState& set, Services& services) {
  if (!set.stale && !set.toofew) return true;
  if (!full_rescan(set, services)) return false;
  const uint32_t zombie = std::exchange(set.zombie, 0);
  if (zombie == 0 || delete_record(set, services, zombie) == DbStatus::ok) return true;
  return false;
}

/// Where a new record goes: blocks for it, and for a directory block when the chain has no room.
struct Placement {
  size_t directory = 0;  ///< of the chain; one past its end: to be appended
  uint32_t directory_block = 0;
  std::vector<uint32_t> blocks;
};

/// False: no space. A copy of everything must fit the journal, too (docs/decisions/0029).
bool place(SetState& set, const DirectoryEntry& entry, uint32_t count, Placement& out) {
  const auto& chain = set.contents.directory;
  const auto room = std::find_if(chain.begin(), chain.end(), [&](const DirectoryBlock& block) {
    return block.has_room(entry.bytes() + 4 * count);
  });
  out.directory = static_cast<size_t>(room - chain.begin());
  const uint32_t more = room == chain.end() ? 1 : 0;
  if (journal_entry_blocks(set.contents.blocks() + count + more) > set.lb.lb_jlblkcnt) return false;
  FreeSpace space = free_space_of(set);
  if (space.free() < count + more) return false;
  if (more != 0) out.directory_block = space.allocate(1).front();
  out.blocks = space.allocate(count);
  return true;
}

/// DB-C8 step 5: in memory.
void enter(SetState& set, const Placement& at, DirectoryEntry entry, RecordImage image) {
  auto& chain = set.contents.directory;
  if (at.directory == chain.size()) {
    chain.back().db_nextblk = at.directory_block;
    chain.back().sequence = set.sequence;
    chain.emplace_back().db_blknum = at.directory_block;
  }
  DirectoryBlock& directory = chain[at.directory];
  if (!entry.outside_xor()) directory.db_recsum ^= image.share();
  directory.db_timestamp = image.timestamp();
  directory.sequence = set.sequence;
  set.contents.images.emplace(entry.de_recid, std::move(image));
  directory.entries.push_back(std::move(entry));
}

/// DB-C8 step 6: the record, block by block; the entry; the link to an appended directory block.
bool write_created(SetState& set, Services& services, const Placement& at, uint32_t number) {
  bool all = true;
  const std::span<const std::byte> bytes = set.contents.images.at(number).bytes();
  for (size_t i = 0; i < at.blocks.size(); ++i) {
    all = write_new_to_all(set, services, {{at.blocks[i]}, bytes.subspan(i * MDDB_BSIZE, MDDB_BSIZE)}) && all;
  }
  if (at.directory_block == 0) return write_directory(set, services, at.directory) && all;
  std::vector<std::byte> appended(MDDB_BSIZE);
  encode(set.contents.directory[at.directory], appended);
  all = write_new_to_all(set, services, {{at.directory_block}, appended}) && all;
  return write_directory(set, services, at.directory - 1) && all;
}

/// DB-C4 step 6: the first failure ends it.
bool write_committed(SetState& set, Services& services, std::span<const BlockWrite> parts) {
  for (size_t i = 0; i < set.members.size(); ++i) {
    if (!set.lb.lb_locators[i].has(MDDB_F_ACTIVE)) continue;
    if (!update_one(set, services, i, parts)) return false;
  }
  return true;
}

}  // namespace

Created create_record(SetState& set, Services& services, const NewRecord& asked) {
  if (!usable(set, services)) return {DbStatus::notnow, 0};
  if (asked.user_bytes > record_user_bytes_most) return {DbStatus::invalid, 0};
  DirectoryEntry entry{.de_recid = set.contents.lowest_unused_number(),
                       .de_type1 = asked.type1,
                       .de_type2 = asked.type2,
                       .de_reqsize = static_cast<uint32_t>(asked.user_bytes),
                       .de_flags = asked.flags,
                       .de_optinfo = {},
                       .de_blks = {}};
  Placement at;
  if (!place(set, entry, static_cast<uint32_t>(record_bytes(asked.user_bytes) / MDDB_BSIZE), at)) {
    return {DbStatus::nospace, 0};
  }
  const uint32_t number = entry.de_recid;
  entry.de_blks = at.blocks;
  ++set.sequence;
  enter(set, at, std::move(entry), RecordImage(asked.revision, asked.user_bytes, services.now(), set.sequence));
  if (write_created(set, services, at, number) || recover(set, services)) return {DbStatus::ok, number};
  set.zombie = number;
  return {DbStatus::notnow, 0};
}

DbStatus commit_records(SetState& set, Services& services, std::span<const NewData> list) {
  if (!usable(set, services)) return DbStatus::notnow;
  if (list.empty()) return DbStatus::ok;
  Contents& contents = set.contents;
  const auto unknown = [&](const NewData& each) { return !contents.images.contains(each.number); };
  if (std::any_of(list.begin(), list.end(), unknown)) return DbStatus::norecord;

  ++set.sequence;
  std::vector<RecordImage*> images;
  uint32_t before = 0;
  for (const NewData& each : list) {
    RecordImage& image = contents.images.at(each.number);
    const bool again = std::find(images.begin(), images.end(), &image) != images.end();
    if (!again) before ^= image.share();
    images.push_back(&image);
    image.commit(each.bytes, services.now(), set.sequence);
  }
  balance(images, before);
  std::vector<BlockWrite> parts;
  for (const NewData& each : list) {
    parts.push_back({contents.at(*contents.find(each.number)).de_blks, contents.images.at(each.number).bytes()});
  }
  return write_committed(set, services, parts) || recover(set, services) ? DbStatus::ok : DbStatus::notnow;
}

DbStatus delete_record(SetState& set, Services& services, uint32_t number) {
  if (!usable(set, services)) return DbStatus::notnow;
  const auto place = set.contents.find(number);
  if (!place) {
    if (set.stale_deletes == 0) return DbStatus::norecord;
    --set.stale_deletes;  // it failed once, and the set has recovered without it
    return DbStatus::ok;
  }
  DirectoryBlock& directory = set.contents.directory[place->block];
  const auto entry = directory.entries.begin() + static_cast<std::ptrdiff_t>(place->entry);
  if (!entry->outside_xor()) directory.db_recsum ^= set.contents.images.at(number).share();
  directory.sequence = ++set.sequence;
  directory.db_timestamp = services.now();
  directory.entries.erase(entry);
  set.contents.images.erase(number);
  if (write_directory(set, services, place->block) || recover(set, services)) return DbStatus::ok;
  ++set.stale_deletes;
  return DbStatus::notnow;
}

}  // namespace raidsim::statedb
