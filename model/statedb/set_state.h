// model/statedb/set_state.h: what a host has in memory of one loaded set: locators, names, contents, replicas.
//
// Only the holder of the set's token changes it, and it stays readable while a change is being written (DB-L1).
#pragma once

#include <memory>
#include <vector>

#include "model/md/environment.h"
#include "model/statedb/contents.h"
#include "model/statedb/format/locator_block.h"
#include "model/statedb/format/locator_names.h"
#include "model/statedb/open_device.h"
#include "model/statedb/quorum.h"
#include "model/statedb/replica.h"

namespace raidsim::statedb {

/// One replica as this host knows it, at the index of its locator.
struct Member {
  std::unique_ptr<Replica> replica;  ///< null: EMASTER, or deleted and let go
  uint32_t lb_count = 0;             ///< commit count of the locator block on it; 0: none that is good
  bool names_good = false;           ///< its locator names are the set's
  OpenDevice device;                 ///< empty where somebody else keeps it open
};

struct SetState {
  LocatorBlock lb;
  LocatorNames ln;
  Contents contents;
  std::vector<Member> members;  ///< as many as lb.lb_locators
  SetIdentifier ident{};        ///< of this host; the next locator block that is written carries it
  uint32_t sequence = 0;        ///< of the last operation
  uint32_t zombie = 0;          ///< a record whose create failed after it was entered; 0: none
  uint32_t stale_deletes = 0;   ///< deletes that failed on disk and stand in memory
  bool stale = false;           ///< MD_SET_STALE
  bool minority = false;        ///< it is so since the load, which found no majority
  bool toofew = false;          ///< MD_SET_TOOFEW
  bool list_in_doubt = false;   ///< a push failed: the disks may hold other lists than this one

  [[nodiscard]] uint32_t replicas() const noexcept;  ///< lc: those not deleted, in either list
  [[nodiscard]] uint32_t active() const noexcept;    ///< alc: those with ACTIVE
  /// Receives writes to all (DB-C2).
  [[nodiscard]] bool writable(size_t index) const noexcept {
    const Locator& locator = lb.lb_locators[index];
    return locator.has(MDDB_F_ACTIVE) && !locator.has(MDDB_F_EWRITE);
  }
};

/// Whether those replicas that `counts` are enough of the list in force and, while a change is announced, of the new
/// list too (docs/decisions/0035): `enough(how many count, how many there are)`. A list of nobody asks for nothing.
template <class Counts, class Enough>
[[nodiscard]] bool quorum(const std::vector<Locator>& locators, Counts counts, Enough enough) {
  uint32_t old_all = 0, old_there = 0, new_all = 0, new_there = 0;
  for (const Locator& each : locators) {
    const uint32_t there = !each.deleted() && counts(each) ? 1U : 0U;
    old_all += each.in_force() ? 1U : 0U;
    old_there += each.in_force() ? there : 0U;
    new_all += each.announced() ? 1U : 0U;
    new_there += each.announced() ? there : 0U;
  }
  return (old_all == 0 || enough(old_there, old_all)) && (new_all == 0 || enough(new_there, new_all));
}

/// What the database may use of the machine, and the clock of its time stamps: no value comes twice (DB-F4).
class Services {
 public:
  explicit Services(const md::Environment& environment) : env(environment) {}
  const md::Environment env;
  [[nodiscard]] Timeval32 now();
  /// ESC_SVM_ERRED and its kin for the replica of this locator (5.7).
  void replica_event(md::EventSubclass what, const Locator& locator, uint32_t set) const;

 private:
  int64_t last_us_ = 0;
};

/// Free logical blocks (DB-F11, F12); marks replicas that are too small (DB-F13).
[[nodiscard]] FreeSpace free_space_of(SetState& set);
/// Logical blocks that a database may use: of the smallest replica that is there (DB-F12).
[[nodiscard]] uint32_t blocks_of(const SetState& set);

}  // namespace raidsim::statedb
