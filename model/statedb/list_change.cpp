#include "model/statedb/list_change.h"

#include "model/statedb/replica_writes.h"

namespace raidsim::statedb {
namespace {

void put_in_force(std::vector<Locator>& locators) {
  for (Locator& each : locators) {
    if (each.has(MDDB_F_LEAVING)) each.l_flags = MDDB_F_DELETED;
    each.l_flags &= ~MDDB_F_JOINING;
  }
}

/// What the lists on the disks say from now on.
void remember_active(std::vector<Locator>& locators) {
  for (Locator& each : locators) {
    if (each.deleted()) continue;
    each.l_flags &= ~MDDB_F_OLDACT;
    if (each.has(MDDB_F_ACTIVE)) each.l_flags |= MDDB_F_OLDACT;
  }
}

}  // namespace

bool push_list(SetState& set, Services& services) {
  set.list_in_doubt = true;
  if (!push_locators(set, services)) return false;
  put_in_force(set.lb.lb_locators);
  if (!push_locators(set, services)) return false;
  remember_active(set.lb.lb_locators);
  set.list_in_doubt = false;
  dismiss_deleted(set);
  return true;
}

void dismiss_deleted(SetState& set) {
  LocatorBlock last = set.lb;
  last.lb_commitcnt = 0;
  for (size_t i = 0; i < set.members.size(); ++i) {
    Member& member = set.members[i];
    if (!set.lb.lb_locators[i].deleted() || member.replica == nullptr) continue;
    static_cast<void>(member.replica->update(LocatorImage(last).parts(), set.sequence));
    member = Member{};
  }
}

}  // namespace raidsim::statedb
