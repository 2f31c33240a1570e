#include "model/statedb/replica_writes.h"

#include <deque>

#include "engine/assert.h"
#include "model/statedb/format/layout.h"

namespace raidsim::statedb {
namespace {

/// Does `write` to replica `index`; what an error makes of it is the same for all writes.
template <class Write>
bool write_one(SetState& set, Services& services, size_t index, Write write) {
  Replica* replica = set.members[index].replica.get();
  RAIDSIM_ASSERT(replica != nullptr);
  if (write(*replica)) return true;
  set.lb.lb_locators[index].l_flags |= MDDB_F_EWRITE;
  services.replica_event(md::EventSubclass::ESC_SVM_ERRED, set.lb.lb_locators[index], set.lb.lb_setno);
  return false;
}

template <class Write>
bool write_each(SetState& set, Services& services, Write write) {
  bool all = true;
  for (size_t i = 0; i < set.members.size(); ++i) {
    if (!set.writable(i)) continue;
    all = write_one(set, services, i, write) && all;
  }
  return all;
}

}  // namespace

bool update_one(SetState& set, Services& services, size_t index, std::span<const BlockWrite> parts) {
  return write_one(set, services, index, [&](Replica& replica) { return replica.update(parts, set.sequence); });
}

bool update_all(SetState& set, Services& services, std::span<const BlockWrite> parts) {
  return write_each(set, services, [&](Replica& replica) { return replica.update(parts, set.sequence); });
}

bool write_new_to_all(SetState& set, Services& services, const BlockWrite& part) {
  return write_each(set, services, [&](Replica& replica) { return replica.write_new(part); });
}

bool settle_all(SetState& set, Services& services) {
  return write_each(set, services, [](Replica& replica) { return replica.settle(); });
}

bool write_directory(SetState& set, Services& services, size_t block) {
  std::vector<std::byte> bytes(MDDB_BSIZE);
  encode(set.contents.directory[block], bytes);
  const BlockWrite part{{set.contents.directory[block].db_blknum}, bytes};
  return update_all(set, services, {&part, 1});
}

LocatorImage::LocatorImage(const LocatorBlock& lb) : locators_(locator_block_bytes) {
  encode(lb, locators_);
  if ((lb.lb_flags & MDDB_DEVID_STYLE) != 0) {
    ids_.resize(device_ids_bytes);
    encode_device_ids(lb, ids_);
    parts_.push_back({block_range(lb.lb_didfirstblk, device_ids_blocks), ids_});
  }
  parts_.push_back({block_range(locator_block_first, locator_block_blocks), locators_});
}

bool push_locators(SetState& set, Services& services) {
  ++set.lb.lb_commitcnt;
  set.lb.lb_timestamp = services.now();
  set.lb.lb_ident = set.ident;
  const LocatorImage image(set.lb);
  const uint32_t count = set.lb.lb_commitcnt;
  bool all = true, reached = false;
  for (const uint32_t joining : {0U, static_cast<uint32_t>(MDDB_F_JOINING)}) {
    for (size_t i = 0; i < set.members.size(); ++i) {
      if (!set.writable(i) || (set.lb.lb_locators[i].l_flags & MDDB_F_JOINING) != joining) continue;
      const bool done = update_one(set, services, i, image.parts());
      set.members[i].lb_count = done ? count : 0;
      all = all && done;
      reached = reached || done;
    }
  }
  // One that nobody got is none: a STALE set may have no replica left that takes writes.
  if (!all || !reached) return false;
  set.lb.lb_listcnt = count;
  return true;
}

bool write_names(SetState& set, Services& services) {
  set.ln.ln_timestamp = services.now();
  std::vector<std::byte> bytes(locator_names_bytes);
  encode(set.ln, bytes);
  const BlockWrite part{block_range(locator_names_first, locator_names_blocks), bytes};
  bool all = true;
  for (size_t i = 0; i < set.members.size(); ++i) {
    if (!set.writable(i)) continue;
    set.members[i].names_good = update_one(set, services, i, {&part, 1});
    all = all && set.members[i].names_good;
  }
  return all;
}

bool copy_out(SetState& set, Services& services, size_t index) {
  std::deque<std::vector<std::byte>> directory;  // a deque: what parts refer to stays in place
  std::vector<BlockWrite> parts;
  for (const DirectoryBlock& block : set.contents.directory) {
    encode(block, directory.emplace_back(MDDB_BSIZE));
    parts.push_back({{block.db_blknum}, directory.back()});
    for (const DirectoryEntry& entry : block.entries) {
      parts.push_back({entry.de_blks, set.contents.images.at(entry.de_recid).bytes()});
    }
  }
  return update_one(set, services, index, parts);
}

}  // namespace raidsim::statedb
