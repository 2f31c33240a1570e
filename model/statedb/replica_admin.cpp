#include "model/statedb/replica_admin.h"

#include <algorithm>
#include <string>

#include "model/statedb/equalise.h"
#include "model/statedb/format/layout.h"
#include "model/statedb/list_change.h"
#include "model/statedb/replica_writes.h"

namespace raidsim::statedb {
namespace {

/// Step 1, by number: a disk that took the place of another is told apart by its id, and yet the list would name one
/// place twice.
bool has_place_of(const Locator& locator, const ReplicaPlace& place) {
  return locator.l_dev == compressed_device(place.device) && locator.l_blkno == place.block;
}

/// Step 2. Null: it cannot be opened, or its master block is bad.
Member open_member(SetState& set, Services& services, const ReplicaPlace& place) {
  Member member;
  const auto opened = services.env.devices->open(place.device, place.id, uint64_t{place.block} + 1);
  if (opened.device == nullptr) return member;
  member.device = OpenDevice(*services.env.devices, *opened.device);
  auto replica = std::make_unique<Replica>(*opened.device, place.block, set.lb.lb_setno);
  if (replica->read_master() == BlockFault::none) member.replica = std::move(replica);
  return member;
}

/// Logical blocks that a replica must have.
uint32_t needed_blocks(const SetState& set) {
  return std::max(set.contents.highest_block() + 1, set.lb.lb_jlfirstblk + set.lb.lb_jlblkcnt);
}

std::optional<uint32_t> driver_index(LocatorBlock& lb, std::string_view driver) {
  const auto known = std::find(lb.lb_drvnm.begin(), lb.lb_drvnm.end(), driver);
  const auto index = static_cast<uint32_t>(known - lb.lb_drvnm.begin());
  if (known != lb.lb_drvnm.end()) return index;
  if (lb.lb_drvnm.size() == MDDB_DRVNMCNT || driver.size() > MD_MAXDRVNM) return std::nullopt;
  lb.lb_drvnm.emplace_back(driver);
  return index;
}

/// Steps 4 and 5: the lowest deleted slot, or a new one at the end.
DbStatus enter(SetState& set, const NewReplica& asked, size_t& slot) {
  auto& locators = set.lb.lb_locators;
  const auto free = std::find_if(locators.begin(), locators.end(), [](const Locator& each) { return each.deleted(); });
  slot = static_cast<size_t>(free - locators.begin());
  if (slot == MDDB_NLB) return DbStatus::toomany;
  const auto driver = driver_index(set.lb, asked.driver);
  if (!driver || !set.ln.enter(slot, std::string(asked.path))) return DbStatus::toosmall;
  const bool first = set.replicas() == 0;
  if (slot == locators.size()) {
    locators.emplace_back();
    set.members.emplace_back();
  }
  locators[slot] = {.l_dev = compressed_device(asked.place.device),
                    .l_blkno = asked.place.block,
                    .l_flags = MDDB_F_ACTIVE | (first ? 0U : MDDB_F_JOINING),
                    .drvnm_index = *driver,
                    .minor = minor_of(asked.place.device),
                    .did = (set.lb.lb_flags & MDDB_DEVID_STYLE) != 0 ? asked.place.id : 0};
  return DbStatus::ok;
}

/// A locator block of its own before the others' lists count it: from the first of them on it has its vote
/// (docs/decisions/0031). The count is the present one, so it decides nothing as long as nobody else lists it.
bool introduce(SetState& set, Services& services, size_t slot) {
  if (set.lb.lb_commitcnt == 0) return true;
  return update_one(set, services, slot, LocatorImage(set.lb).parts());
}

/// Whether enough of the others would be in use.
bool can_do_without(const SetState& set, size_t slot) {
  std::vector<Locator> others = set.lb.lb_locators;
  others[slot].l_flags = MDDB_F_DELETED;
  return quorum(others, [](const Locator& each) { return each.has(MDDB_F_ACTIVE); }, enough_to_run);
}

}  // namespace

void make_new_set(SetState& set, Services& services, const NewSet& asked, uint32_t logical_blocks) {
  set = SetState{};
  set.ident = asked.ident;
  set.lb.lb_setno = asked.number;
  if (asked.device_ids) {
    set.lb.lb_flags = MDDB_DEVID_STYLE;
    set.lb.lb_didfirstblk = device_ids_first;
    set.lb.lb_didblkcnt = device_ids_blocks;
  }
  set.lb.lb_inittime = services.now();
  set.lb.lb_lnfirstblk = locator_names_first;
  set.lb.lb_lnblkcnt = locator_names_blocks;
  set.lb.lb_dbfirstblk = directory_first;
  set.lb.lb_dtfirstblk = data_tag_first;
  set.lb.lb_dtblkcnt = 1;
  set.lb.lb_jlfirstblk = journal_first;
  set.lb.lb_jlblkcnt = journal_blocks_for(logical_blocks);
  set.contents = new_contents(services.now());
}

DbStatus add_replica(SetState& set, Services& services, const NewReplica& asked) {
  const auto& locators = set.lb.lb_locators;
  const bool known = std::any_of(locators.begin(), locators.end(), [&](const Locator& each) {
    return !each.deleted() && (is_at(each, asked.place) || has_place_of(each, asked.place));
  });
  if (known) return DbStatus::exists;
  Member member = open_member(set, services, asked.place);
  if (member.replica == nullptr) return DbStatus::master;
  const uint32_t blocks = member.replica->master().mb_blkcnt;
  if (set.replicas() == 0 && set.contents.images.empty()) {
    const bool device_ids = (set.lb.lb_flags & MDDB_DEVID_STYLE) != 0;
    make_new_set(set, services, {.number = set.lb.lb_setno, .ident = set.ident, .device_ids = device_ids}, blocks);
  }
  if (blocks < needed_blocks(set) || blocks < smallest_database) return DbStatus::toosmall;
  size_t slot = 0;
  if (const DbStatus status = enter(set, asked, slot); status != DbStatus::ok) return status;
  set.members[slot] = std::move(member);

  bool written = copy_out(set, services, slot);
  set.lb.lb_locators[slot].l_flags |= MDDB_F_UP2DATE;
  written = write_names(set, services) && written;
  written = introduce(set, services, slot) && written;
  if (!written && !recover(set, services)) return DbStatus::notnow;
  if (!push_list(set, services) && !recover(set, services)) return DbStatus::notnow;
  static_cast<void>(free_space_of(set));
  services.replica_event(md::EventSubclass::ESC_SVM_CREATE, set.lb.lb_locators[slot], set.lb.lb_setno);
  return DbStatus::ok;
}

DbStatus delete_replica(SetState& set, Services& services, size_t index) {
  auto& locators = set.lb.lb_locators;
  size_t slot = 0;
  for (;; ++slot) {
    if (slot == locators.size()) return DbStatus::invalid;
    if (locators[slot].deleted()) continue;
    if (index-- == 0) break;
  }
  const Locator gone = locators[slot];
  const bool last = set.replicas() == 1;
  const bool any_stays = std::any_of(locators.begin(), locators.end(),
                                     [&](const Locator& each) { return &each != &locators[slot] && each.announced(); });
  if (!last && !any_stays) return DbStatus::toofew;  // the others are on their way out already
  if (!set.stale && !last && !can_do_without(set, slot)) return DbStatus::toofew;
  if (last || gone.has(MDDB_F_JOINING)) {
    locators[slot].l_flags = MDDB_F_DELETED;
  } else {
    locators[slot].l_flags |= MDDB_F_LEAVING;
  }
  if (last) {
    dismiss_deleted(set);
  } else if (!push_list(set, services) && !recover(set, services)) {
    return DbStatus::notnow;
  }
  services.replica_event(md::EventSubclass::ESC_SVM_DELETE, gone, set.lb.lb_setno);
  static_cast<void>(free_space_of(set));
  return DbStatus::ok;
}

}  // namespace raidsim::statedb
