#include "model/statedb/candidates.h"

#include <algorithm>

#include "model/statedb/format/device_ids.h"

namespace raidsim::statedb {
namespace {

/// Step 2: a replica behind a good master block, or EMASTER.
void open_replica(Services& services, uint32_t set, Candidate& candidate) {
  const ReplicaPlace& place = candidate.place;
  if (place.device == no_device) {
    candidate.flags |= MDDB_F_EMASTER;
    return;
  }
  const auto opened = services.env.devices->open(place.device, place.id, uint64_t{place.block} + 1);
  if (opened.device == nullptr) {
    candidate.flags |= MDDB_F_EMASTER;
    return;
  }
  OpenDevice device(*services.env.devices, *opened.device);
  auto replica = std::make_unique<Replica>(*opened.device, place.block, set);
  if (replica->read_master() != BlockFault::none) {
    candidate.flags |= MDDB_F_EMASTER | MDDB_F_EFMT;
    return;
  }
  replica->read_journal();
  candidate.device = std::move(device);
  candidate.replica = std::move(replica);
}

bool lists_itself(const LocatorBlock& lb, const Candidate& candidate) {
  return std::any_of(lb.lb_locators.begin(), lb.lb_locators.end(),
                     [&](const Locator& each) { return !each.deleted() && is_at(each, candidate.place); });
}

/// Step 7. False: the locator block cannot be understood without them.
bool read_device_ids(Candidate& candidate, LocatorBlock& lb) {
  if ((lb.lb_flags & MDDB_DEVID_STYLE) == 0) return true;
  std::vector<std::byte> bytes(device_ids_bytes);
  if (!candidate.replica->read(block_range(lb.lb_didfirstblk, device_ids_blocks), bytes)) {
    candidate.flags |= MDDB_F_EREAD;
    return false;
  }
  return decode_device_ids(bytes, lb) == BlockFault::none;
}

/// Steps 3 to 8, 11.
void read_locators(uint32_t set, Candidate& candidate) {
  std::vector<std::byte> bytes(locator_block_bytes);
  if (!candidate.replica->read_singly(0, locator_block_blocks, bytes)) {
    candidate.flags |= MDDB_F_EREAD;
    return;
  }
  ReadLocatorBlock read = decode_locator_block(bytes, set);
  if (read.fault != BlockFault::none || read.block.lb_commitcnt == 0) return;
  if (!read_device_ids(candidate, read.block) || !lists_itself(read.block, candidate)) return;
  candidate.flags |= MDDB_F_LOCACC;
  candidate.lb = std::move(read.block);
}

void add_place(std::vector<Candidate>& candidates, const ReplicaPlace& place, uint32_t flags) {
  for (Candidate& known : candidates) {
    const bool same = place.id != 0 ? known.place.id == place.id : known.place.device == place.device;
    if (!same || known.place.block != place.block) continue;
    known.flags |= flags;
    return;
  }
  candidates.push_back(
      {.place = place, .transplant = false, .flags = flags, .device = {}, .replica = nullptr, .lb = std::nullopt});
}

/// A place as it is at this boot: by the disk's id where there is one, and with the id of the disk that is there.
ReplicaPlace present(const DeviceTable& devices, DeviceNumber device, DeviceId id, uint32_t block) {
  if (id != 0) return {.device = devices.find(id, minor_of(device) % slices_per_disk), .id = id, .block = block};
  return {.device = device, .id = devices.id_of(device), .block = block};
}

}  // namespace

std::vector<Candidate> collect_candidates(Services& services, uint32_t set, const BootList& list) {
  std::vector<Candidate> candidates;
  const DeviceTable& devices = *services.env.devices;
  for (const ReplicaPlace& each : list) {
    add_place(candidates, present(devices, each.device, each.id, each.block), MDDB_F_PTCHED);
  }
  for (size_t i = 0; i < candidates.size(); ++i) {  // grows meanwhile
    open_replica(services, set, candidates[i]);
    if (candidates[i].replica == nullptr) continue;
    read_locators(set, candidates[i]);
    if (!candidates[i].lb) continue;
    const std::vector<Locator> named = candidates[i].lb->lb_locators;
    for (const Locator& each : named) {
      if (each.deleted()) continue;
      add_place(candidates, present(devices, expanded_device(each.l_dev), each.did, each.l_blkno), 0);
    }
  }
  return candidates;
}

namespace {

template <class Keep>
void keep_only(std::vector<Candidate>& candidates, Keep keep) {
  for (Candidate& each : candidates) {
    if (!each.lb || keep(*each.lb)) continue;
    each.lb.reset();
    each.flags &= ~MDDB_F_LOCACC;
    each.transplant = true;
  }
}

template <class Is>
size_t count_of(const std::vector<Candidate>& candidates, Is is) {
  return static_cast<size_t>(
      std::count_if(candidates.begin(), candidates.end(), [&](const Candidate& c) { return c.lb && is(*c.lb); }));
}

/// Steps 3 and 4: this host's, then the commonest creation time; the first in list order on ties.
void keep_one_lineage(std::vector<Candidate>& candidates, const SetIdentifier& ident) {
  const auto own = [&](const LocatorBlock& lb) { return lb.lb_ident == ident; };
  if (count_of(candidates, own) != 0) keep_only(candidates, own);
  size_t most = 0;
  Timeval32 commonest;
  for (const Candidate& each : candidates) {
    if (!each.lb) continue;
    const Timeval32 created = each.lb->lb_inittime;
    const size_t count = count_of(candidates, [&](const LocatorBlock& lb) { return lb.lb_inittime == created; });
    if (count <= most) continue;
    most = count;
    commonest = created;
  }
  keep_only(candidates, [&](const LocatorBlock& lb) { return lb.lb_inittime == commonest; });
}

/// Step 5. Of two with the same count the one that announces nothing: a replica that was to join, and is in nobody's
/// list, does not come in by itself later (docs/decisions/0035).
bool speaks_before(const LocatorBlock& one, const LocatorBlock& other) {
  if (one.lb_commitcnt != other.lb_commitcnt) return one.lb_commitcnt > other.lb_commitcnt;
  return !one.announces() && other.announces();
}

}  // namespace

std::optional<size_t> choose_locators(std::vector<Candidate>& candidates, const SetIdentifier& ident) {
  std::optional<size_t> first;
  bool several = false;
  for (size_t i = 0; i < candidates.size(); ++i) {
    if (!candidates[i].lb) continue;
    if (!first) first = i;
    several = several || candidates[i].lb->lb_inittime != candidates[*first].lb->lb_inittime;
  }
  if (several) keep_one_lineage(candidates, ident);
  std::optional<size_t> chosen;
  for (size_t i = 0; i < candidates.size(); ++i) {
    if (!candidates[i].lb) continue;
    if (!chosen || speaks_before(*candidates[i].lb, *candidates[*chosen].lb)) chosen = i;
  }
  return chosen;
}

}  // namespace raidsim::statedb
