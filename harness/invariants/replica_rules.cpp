#include "harness/invariants/replica_rules.h"

#include <fmt/core.h>

#include <algorithm>

namespace raidsim::harness {
namespace {

/// Members of the longer of the two lists of a locator block: the one in force, and the one that it announces.
uint32_t longest_list(const std::vector<MediaLocator>& locators) {
  const auto without = [&](uint32_t flags) {
    return static_cast<uint32_t>(std::count_if(locators.begin(), locators.end(), [flags](const MediaLocator& each) {
      return (each.flags & (flags | statedb::MDDB_F_DELETED)) == 0;
    }));
  };
  return std::max(without(statedb::MDDB_F_JOINING), without(statedb::MDDB_F_LEAVING));
}

}  // namespace

std::string not_equal(const ReplicaOnMedia& replica, const std::map<md::RecordId, statedb::StoredRecord>& committed,
                      const statedb::SetState& set) {
  if (!replica.good()) return replica.fault;
  if (replica.commit_count != set.lb.lb_commitcnt) {
    return fmt::format("its locator block has count {}, the set {}", replica.commit_count, set.lb.lb_commitcnt);
  }
  for (size_t i = 0; i < replica.locators.size(); ++i) {
    constexpr uint32_t kept =
        statedb::MDDB_F_ACTIVE | statedb::MDDB_F_DELETED | statedb::MDDB_F_JOINING | statedb::MDDB_F_LEAVING;
    if ((replica.locators[i].flags & kept) != (set.lb.lb_locators[i].l_flags & kept)) {
      return fmt::format("it says {:#x} of replica {}, the host knows {:#x} (INV-D5)", replica.locators[i].flags, i,
                         set.lb.lb_locators[i].l_flags);
    }
  }
  return lost(replica.records, texts_of(committed));
}

std::string should_be_writable(const std::vector<ReplicaOnMedia>& there, uint32_t all) {
  uint32_t newest = 0, listed = all;
  for (const ReplicaOnMedia& each : there) {
    if (!each.has_locators || each.commit_count < newest) continue;
    newest = each.commit_count;
    listed = std::max(all, longest_list(each.locators));
  }
  const auto votes = static_cast<uint32_t>(
      std::count_if(there.begin(), there.end(), [](const ReplicaOnMedia& each) { return each.has_locators; }));
  const bool source = std::any_of(there.begin(), there.end(), [&](const ReplicaOnMedia& each) {
    return each.good() && each.commit_count == newest;
  });
  if (!source || 2 * votes <= listed) return {};
  return fmt::format("{} of {} replicas are there, and the set is not writable", votes, listed);
}

}  // namespace raidsim::harness
