#include "model/statedb/equalise.h"

#include "model/statedb/format/layout.h"
#include "model/statedb/list_change.h"
#include "model/statedb/read_contents.h"
#include "model/statedb/replica_writes.h"

namespace raidsim::statedb {
namespace {

void set_flag(Locator& locator, uint32_t flags, bool on) {
  locator.l_flags = on ? locator.l_flags | flags : locator.l_flags & ~flags;
}

template <class Use>
void each_present(SetState& set, Use use) {
  for (Locator& locator : set.lb.lb_locators) {
    if (!locator.deleted()) use(locator);
  }
}

/// DB-Q2: only the marks; nothing is written and STALE stays.
bool rescan_stale(SetState& set) {
  each_present(set, [](Locator& each) { set_flag(each, MDDB_F_ACTIVE, !each.has(MDDB_F_EMASTER)); });
  return false;
}

bool holds_the_same(SetState& set, size_t index) {
  const ContentsRead read = read_contents(*set.members[index].replica, set.lb.lb_dbfirstblk);
  return read.fault == BlockFault::none && read.contents == set.contents;
}

bool copy_and_mark(SetState& set, Services& services, size_t index) {
  if (!copy_out(set, services, index)) return false;
  set.lb.lb_locators[index].l_flags |= MDDB_F_UP2DATE;
  return true;
}

/// Steps 1 and 2: those that were out are written, those that were in are compared.
bool make_equal(SetState& set, Services& services) {
  for (size_t i = 0; i < set.members.size(); ++i) {
    const Locator& locator = set.lb.lb_locators[i];
    if (!locator.has(MDDB_F_ACTIVE) || !locator.has(MDDB_F_SUSPECT)) continue;
    if (!copy_and_mark(set, services, i)) return false;
  }
  for (size_t i = 0; i < set.members.size(); ++i) {
    Locator& locator = set.lb.lb_locators[i];
    if (!locator.has(MDDB_F_ACTIVE) || locator.has(MDDB_F_UP2DATE)) continue;
    if (holds_the_same(set, i)) {
      locator.l_flags |= MDDB_F_UP2DATE;
    } else if (!copy_and_mark(set, services, i)) {
      return false;
    }
  }
  return true;
}

/// Step 4, where OLDACT is what the lists on the disks say: unless a pass failed in its pushes, and left one list here
/// and another there. And one reason more than the specification has: a replica in use without the present locator
/// block could later speak for an older list (docs/decisions/0029).
bool list_to_be_written(const SetState& set) {
  if (set.list_in_doubt || set.lb.lb_ident != set.ident) return true;
  for (size_t i = 0; i < set.members.size(); ++i) {
    const Locator& locator = set.lb.lb_locators[i];
    if (locator.deleted()) continue;
    if (locator.has(MDDB_F_JOINING | MDDB_F_LEAVING)) return true;
    if (locator.has(MDDB_F_ACTIVE) != locator.has(MDDB_F_OLDACT)) return true;
    if (!locator.has(MDDB_F_ACTIVE)) continue;
    if (set.members[i].lb_count != set.lb.lb_commitcnt || !set.members[i].names_good) return true;
  }
  return false;
}

/// DB-Q5.
bool equalising_pass(SetState& set, Services& services) {
  if (!settle_all(set, services) || !make_equal(set, services)) return false;
  if (list_to_be_written(set)) return push_list(set, services) && write_names(set, services);
  set.lb.lb_listcnt = set.lb.lb_commitcnt;  // all in use were found to have it
  return true;
}

bool enough_are_in_use(const SetState& set) {
  return quorum(set.lb.lb_locators, [](const Locator& each) { return each.has(MDDB_F_ACTIVE); }, enough_to_run);
}

/// DB-Q4 step 5: those that failed are out. Whether enough are left.
bool drop_failed(SetState& set) {
  each_present(set, [](Locator& each) {
    const bool failed = each.has(MDDB_F_EWRITE) && !each.has(MDDB_F_EMASTER);
    if (failed) set_flag(each, MDDB_F_ACTIVE | MDDB_F_UP2DATE, false);
  });
  return quorum(
      set.lb.lb_locators, [](const Locator& each) { return !each.has(MDDB_F_EMASTER | MDDB_F_EWRITE); }, enough_to_run);
}

size_t takers_of_writes(const SetState& set) {
  size_t count = 0;
  for (size_t i = 0; i < set.members.size(); ++i) {
    if (set.writable(i)) ++count;
  }
  return count;
}

/// DB-Q4 from step 3 on. Each round loses a replica, so it ends; one that fails without a loss had nobody to write to.
bool go_on_with_enough(SetState& set, Services& services) {
  bool enough = enough_are_in_use(set);
  while (enough) {
    const size_t before = takers_of_writes(set);
    if (equalising_pass(set, services)) {
      set.toofew = false;
      return true;
    }
    enough = drop_failed(set) && takers_of_writes(set) < before;
  }
  set.toofew = true;
  return false;
}

}  // namespace

bool full_rescan(SetState& set, Services& services) {
  if (set.stale) return rescan_stale(set);
  each_present(set, [](Locator& each) {
    const bool there = !each.has(MDDB_F_EMASTER);
    set_flag(each, MDDB_F_SUSPECT, !each.has(MDDB_F_ACTIVE));
    set_flag(each, MDDB_F_ACTIVE, there);
    if (there) set_flag(each, MDDB_F_EWRITE | MDDB_F_TOOSMALL, false);
  });
  static_cast<void>(free_space_of(set));
  return go_on_with_enough(set, services);
}

bool quick_rescan(SetState& set, Services& services) {
  if (set.stale) return rescan_stale(set);
  bool failed = false;
  for (Locator& locator : set.lb.lb_locators) {
    const bool out = locator.has(MDDB_F_ACTIVE) && locator.has(MDDB_F_EWRITE);
    failed = failed || out;
    if (out) set_flag(locator, MDDB_F_ACTIVE, false);
    if (failed) set_flag(locator, MDDB_F_UP2DATE, false);
  }
  return failed ? go_on_with_enough(set, services) : !set.toofew;
}

bool recover(SetState& set, Services& services) { return quick_rescan(set, services) || full_rescan(set, services); }

}  // namespace raidsim::statedb
