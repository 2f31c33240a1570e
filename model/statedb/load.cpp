#include "model/statedb/load.h"

#include <algorithm>
#include <utility>

#include "model/statedb/candidates.h"
#include "model/statedb/equalise.h"
#include "model/statedb/read_contents.h"

namespace raidsim::statedb {
namespace {

/// Of a block with the newest's count that is another one: two pushes had one count, by hosts that did not know of each
/// other. It is behind, and the list is written to it again.
uint32_t count_of(const LocatorBlock& lb, const LocatorBlock& newest) {
  return lb.lb_commitcnt == newest.lb_commitcnt && lb != newest ? lb.lb_commitcnt - 1 : lb.lb_commitcnt;
}

/// DB-B7 for one locator.
void attach(Candidate* candidate, const LocatorBlock& newest, Locator& locator, Member& member) {
  if (candidate == nullptr || candidate->replica == nullptr) {
    locator.l_flags |= MDDB_F_EMASTER | (candidate == nullptr ? 0 : candidate->flags);
    return;
  }
  locator.l_flags |= candidate->flags;
  if (candidate->transplant) locator.l_flags &= ~MDDB_F_ACTIVE;
  member.lb_count = candidate->lb ? count_of(*candidate->lb, newest) : 0;
  locator.l_dev = compressed_device(candidate->place.device);  // the disk may have another number now
  locator.minor = minor_of(candidate->place.device);
  member.replica = std::move(candidate->replica);
  member.device = std::move(candidate->device);
}

void attach_all(SetState& set, std::vector<Candidate>& candidates) {
  const LocatorBlock newest = set.lb;
  for (Locator& locator : set.lb.lb_locators) {
    Member& member = set.members.emplace_back();
    if (locator.deleted()) continue;
    const uint32_t change = locator.l_flags & (MDDB_F_JOINING | MDDB_F_LEAVING);
    locator.l_flags = change | (locator.has(MDDB_F_ACTIVE) ? MDDB_F_ACTIVE | MDDB_F_OLDACT : 0);
    const auto found = std::find_if(candidates.begin(), candidates.end(),
                                    [&](const Candidate& each) { return is_at(locator, each.place); });
    attach(found == candidates.end() ? nullptr : &*found, newest, locator, member);
  }
}

/// DB-B8: replicas that are there with a locator block of their own vote.
bool has_majority(const SetState& set, bool half_is_enough) {
  return quorum(
      set.lb.lb_locators, [](const Locator& each) { return each.has(MDDB_F_LOCACC); },
      [half_is_enough](uint32_t votes, uint32_t all) { return enough_to_boot(votes, all, half_is_enough); });
}

/// DB-B11, but for a push that was cut short: a replica that the newest locator block has in use and that lacks it
/// shows that the push did not end, so that nothing was acknowledged since; the block before it will do
/// (docs/decisions/0035). One that lacks a block which all were known to have is behind.
bool may_be_source(const SetState& set, size_t index) {
  const Locator& locator = set.lb.lb_locators[index];
  const Member& member = set.members[index];
  return locator.has(MDDB_F_ACTIVE) && member.replica != nullptr && member.lb_count != 0 &&
         member.lb_count >= set.lb.lb_listcnt;
}

void spoiled(SetState& set, Services& services, size_t index, BlockFault fault) {
  Locator& locator = set.lb.lb_locators[index];
  locator.l_flags |= MDDB_F_EDATA | (fault == BlockFault::unread ? MDDB_F_EREAD : MDDB_F_EFMT);
  services.replica_event(md::EventSubclass::ESC_SVM_ERRED, locator, set.lb.lb_setno);
}

std::optional<LocatorNames> read_names(const SetState& set, Replica& replica, BlockFault& fault) {
  std::vector<std::byte> bytes(locator_names_bytes);
  if (!replica.read(block_range(set.lb.lb_lnfirstblk, locator_names_blocks), bytes)) {
    fault = BlockFault::unread;
    return std::nullopt;
  }
  ReadLocatorNames read = decode_locator_names(bytes);
  fault = read.fault;
  if (read.fault != BlockFault::none) return std::nullopt;
  return std::move(read.names);
}

/// DB-B10: the first good ones. Which others hold the same is remembered for the pass.
bool load_names(SetState& set, Services& services) {
  std::vector<std::optional<LocatorNames>> read(set.members.size());
  std::optional<size_t> first;
  for (size_t i = 0; i < set.members.size(); ++i) {
    if (!may_be_source(set, i)) continue;
    BlockFault fault{};
    read[i] = read_names(set, *set.members[i].replica, fault);
    if (!read[i]) spoiled(set, services, i, fault);
    if (read[i] && !first) first = i;
  }
  if (!first) return false;
  set.ln = *read[*first];
  for (size_t i = 0; i < read.size(); ++i) set.members[i].names_good = read[i] && *read[i] == set.ln;
  return true;
}

/// DB-B12, but for D-16: of all that are good the first that misses nothing another one has.
bool load_contents(SetState& set, Services& services) {
  std::vector<std::optional<Contents>> good(set.members.size());
  for (size_t i = 0; i < set.members.size(); ++i) {
    if (!may_be_source(set, i)) continue;
    ContentsRead read = read_contents(*set.members[i].replica, set.lb.lb_dbfirstblk);
    if (read.fault == BlockFault::none) {
      good[i] = std::move(read.contents);
    } else {
      spoiled(set, services, i, read.fault);
    }
  }
  const auto behind = [&](const std::optional<Contents>& one) {
    return std::any_of(good.begin(), good.end(), [&](const auto& other) { return other && older(*one, *other); });
  };
  const auto source = std::find_if(good.begin(), good.end(), [&](const auto& each) { return each && !behind(each); });
  if (source == good.end()) return false;
  set.contents = **source;
  set.lb.lb_locators[static_cast<size_t>(source - good.begin())].l_flags |= MDDB_F_MASTER;
  for (size_t i = 0; i < good.size(); ++i) {
    if (good[i] && *good[i] == set.contents) set.lb.lb_locators[i].l_flags |= MDDB_F_UP2DATE;
  }
  return true;
}

uint32_t last_sequence(const Contents& contents) {
  uint32_t last = 0;
  for (const DirectoryBlock& block : contents.directory) last = std::max(last, block.sequence);
  for (const auto& [number, image] : contents.images) last = std::max(last, image.sequence());
  return last;
}

}  // namespace

LoadStatus load_set(SetState& out, Services& services, const BootList& list, const LoadOptions& options) {
  std::vector<Candidate> candidates = collect_candidates(services, options.set, list);
  const auto chosen = choose_locators(candidates, options.ident);
  if (!chosen) return LoadStatus::nolocblk;
  out.lb = *candidates[*chosen].lb;
  out.ident = options.ident;
  attach_all(out, candidates);
  out.minority = out.stale = !has_majority(out, options.half_is_enough);
  if (!load_names(out, services)) return LoadStatus::nolocnms;
  if (!load_contents(out, services)) return LoadStatus::nodirblk;
  out.sequence = last_sequence(out.contents);
  static_cast<void>(full_rescan(out, services));  // STALE or TOOFEW are no failures of a load (DB-B16)
  return LoadStatus::ok;
}

}  // namespace raidsim::statedb
