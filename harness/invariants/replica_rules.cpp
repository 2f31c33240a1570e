#include "harness/invariants/replica_rules.h"

#include <fmt/core.h>

#include <algorithm>

namespace raidsim::harness {
namespace {

uint32_t number_of(md::RecordId id) { return static_cast<uint32_t>(id) & statedb::record_number_most; }

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

RecordTexts texts_of(const std::map<md::RecordId, statedb::StoredRecord>& committed) {
  RecordTexts out;
  for (const auto& [id, record] : committed) out[number_of(id)] = record.bytes;
  return out;
}

RecordTexts texts_of(const std::vector<statedb::StoredRecord>& loaded) {
  RecordTexts out;
  for (const statedb::StoredRecord& record : loaded) out[number_of(record.id)] = record.bytes;
  return out;
}

RecordTexts texts_of(const statedb::SetState& set) {
  RecordTexts out;
  for (const auto& [number, image] : set.contents.images) {
    if (image.commitcnt() == 0) continue;
    const auto bytes = image.user_data(set.contents.at(*set.contents.find(number)).de_reqsize);
    out[number] = {bytes.begin(), bytes.end()};
  }
  return out;
}

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

std::string lost(const RecordTexts& found, const RecordTexts& acknowledged) {
  for (const auto& [number, bytes] : acknowledged) {
    const auto here = found.find(number);
    if (here == found.end()) return fmt::format("record {} is not there", number);
    if (here->second != bytes) return fmt::format("record {} is not as it was committed last", number);
  }
  for (const auto& [number, bytes] : found) {
    if (!acknowledged.contains(number)) return fmt::format("record {} was deleted", number);
  }
  return {};
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
