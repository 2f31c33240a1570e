#include "model/statedb/operations.h"

#include <algorithm>
#include <deque>
#include <utility>

#include "engine/assert.h"
#include "model/statedb/equalise.h"
#include "model/statedb/placement.h"
#include "model/statedb/replica_writes.h"

namespace raidsim::statedb {
namespace {

/// What one change writes to each replica; the bytes of directory blocks live here.
class Change {
 public:
  void add_directory(const SetState& set, const TouchedBlocks& touched) {
    for (const size_t place : touched) {
      const DirectoryBlock& block = set.contents.directory[place];
      encode(block, bytes_.emplace_back(MDDB_BSIZE));
      parts_.push_back({{block.db_blknum}, bytes_.back()});
    }
  }
  void add_record(const Contents& contents, uint32_t number) {
    parts_.push_back({contents.at(*contents.find(number)).de_blks, contents.images.at(number).bytes()});
  }
  [[nodiscard]] std::span<const BlockWrite> parts() const { return parts_; }

 private:
  std::deque<std::vector<std::byte>> bytes_;  // a deque: what parts refer to stays in place
  std::vector<BlockWrite> parts_;
};

/// DB-C8 step 6: the record, block by block; the entry; the link to an appended directory block.
bool write_created(SetState& set, Services& services, uint32_t number, bool appended) {
  bool all = true;
  const auto place = *set.contents.find(number);
  const std::vector<uint32_t> blocks = set.contents.at(place).de_blks;
  const std::vector<std::byte> bytes(set.contents.images.at(number).bytes().begin(),
                                     set.contents.images.at(number).bytes().end());
  for (size_t i = 0; i < blocks.size(); ++i) {
    const std::span<const std::byte> block(bytes.data() + i * MDDB_BSIZE, MDDB_BSIZE);
    all = write_new_to_all(set, services, {{blocks[i]}, block}) && all;
  }
  if (!appended) return write_directory(set, services, place.block) && all;
  std::vector<std::byte> directory(MDDB_BSIZE);
  encode(set.contents.directory[place.block], directory);
  all = write_new_to_all(set, services, {{set.contents.directory[place.block].db_blknum}, directory}) && all;
  return write_directory(set, services, place.block - 1) && all;
}

/// DB-C4 step 6: the first failure ends it.
bool write_committed(SetState& set, Services& services, std::span<const BlockWrite> parts) {
  for (size_t i = 0; i < set.members.size(); ++i) {
    if (!set.lb.lb_locators[i].has(MDDB_F_ACTIVE)) continue;
    if (!update_one(set, services, i, parts)) return false;
  }
  return true;
}

/// Blocks that the sizes of the list ask for beyond those there are, at the most.
size_t more_blocks(const Contents& contents, std::span<const NewData> list) {
  size_t more = 0;
  for (const NewData& each : list) {
    const size_t has = contents.at(*contents.find(each.number)).de_blks.size();
    const size_t wants = record_bytes(each.bytes.size()) / MDDB_BSIZE;
    if (wants > has) more += wants - has + 1;  // and perhaps a directory block
  }
  return more;
}

DbStatus check_list(SetState& set, std::span<const NewData> list) {
  for (const NewData& each : list) {
    if (!set.contents.images.contains(each.number)) return DbStatus::norecord;
    if (each.bytes.size() > record_user_bytes_most) return DbStatus::nospace;
  }
  const size_t more = more_blocks(set.contents, list);
  return more == 0 || has_room(set, more) ? DbStatus::ok : DbStatus::nospace;
}

/// DB-C4 step 5: in memory.
TouchedBlocks apply(SetState& set, Services& services, std::span<const NewData> list) {
  TouchedBlocks touched;
  std::vector<RecordImage*> images;
  uint32_t before = 0;
  for (const NewData& each : list) {
    RecordImage& image = set.contents.images.at(each.number);
    const bool again = std::find(images.begin(), images.end(), &image) != images.end();
    if (!again) before ^= image.share();
    images.push_back(&image);
    if (set.contents.at(*set.contents.find(each.number)).de_reqsize != each.bytes.size()) {
      const bool placed = resize_record(set, each.number, each.bytes.size(), touched);
      RAIDSIM_ASSERT(placed);
    }
    image.commit(each.bytes, services.now(), set.sequence);
  }
  balance(images, before);
  return touched;
}

}  // namespace

bool probe(SetState& set, Services& services) {
  if (!set.stale && !set.toofew) return true;
  if (!full_rescan(set, services)) return false;
  const uint32_t zombie = std::exchange(set.zombie, 0);
  return zombie == 0 || delete_record(set, services, zombie) == DbStatus::ok;
}

Created create_record(SetState& set, Services& services, const NewRecord& asked) {
  if (!probe(set, services)) return {DbStatus::notnow, 0};
  if (asked.user_bytes > record_user_bytes_most) return {DbStatus::invalid, 0};
  const uint32_t number = set.contents.lowest_unused_number();
  DirectoryEntry entry{.de_recid = number,
                       .de_type1 = asked.type1,
                       .de_type2 = asked.type2,
                       .de_reqsize = static_cast<uint32_t>(asked.user_bytes),
                       .de_flags = asked.flags,
                       .de_optinfo = {},
                       .de_blks = {}};
  const size_t chain = set.contents.directory.size();
  TouchedBlocks touched;
  RecordImage image(asked.revision, asked.user_bytes, services.now(), ++set.sequence);
  if (!enter_record(set, std::move(entry), std::move(image), touched)) return {DbStatus::nospace, 0};
  const bool appended = set.contents.directory.size() != chain;
  if (write_created(set, services, number, appended) || recover(set, services)) return {DbStatus::ok, number};
  set.zombie = number;
  return {DbStatus::notnow, 0};
}

DbStatus commit_records(SetState& set, Services& services, std::span<const NewData> list) {
  if (!probe(set, services)) return DbStatus::notnow;
  if (list.empty()) return DbStatus::ok;
  if (const DbStatus status = check_list(set, list); status != DbStatus::ok) return status;
  ++set.sequence;
  Change change;
  change.add_directory(set, apply(set, services, list));
  for (const NewData& each : list) change.add_record(set.contents, each.number);
  return write_committed(set, services, change.parts()) || recover(set, services) ? DbStatus::ok : DbStatus::notnow;
}

DbStatus delete_records(SetState& set, Services& services, std::span<const uint32_t> numbers) {
  if (!probe(set, services)) return DbStatus::notnow;
  uint32_t failed_before = 0;  // on the disks; the set has recovered without them
  for (const uint32_t number : numbers) failed_before += set.contents.images.contains(number) ? 0U : 1U;
  if (failed_before > set.stale_deletes) return DbStatus::norecord;
  set.stale_deletes -= failed_before;
  TouchedBlocks touched;
  ++set.sequence;
  for (const uint32_t number : numbers) {
    if (!set.contents.images.contains(number)) continue;
    const size_t block = set.contents.find(number)->block;
    take_out_record(set, number, touched);
    set.contents.directory[block].db_timestamp = services.now();
  }
  if (touched.empty()) return DbStatus::ok;
  Change change;
  change.add_directory(set, touched);
  if (update_all(set, services, change.parts()) || recover(set, services)) return DbStatus::ok;
  set.stale_deletes += static_cast<uint32_t>(numbers.size()) - failed_before;
  return DbStatus::notnow;
}

}  // namespace raidsim::statedb
