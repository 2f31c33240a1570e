#include "model/hotspare/pools.h"

#include <algorithm>

#include "engine/assert.h"

namespace raidsim::hotspare {

using md::RecordId;

Pools::Pools(md::System& system) : system_(system) {}
Pools::~Pools() = default;

const Pool* Pools::pool(md::PoolId id) const noexcept {
  const auto found = std::find_if(s_hsp_.begin(), s_hsp_.end(), [id](const auto& p) { return p->hsp_self_id == id; });
  return found == s_hsp_.end() || id < 0 ? nullptr : found->get();
}

const HotSpare* Pools::spare(RecordId id) const noexcept {
  const auto found = std::find_if(s_hs_.begin(), s_hs_.end(), [id](const auto& h) { return h->hs_record_id == id; });
  return found == s_hs_.end() ? nullptr : found->get();
}

Pool* Pools::find_pool(md::PoolId id) noexcept { return const_cast<Pool*>(pool(id)); }
HotSpare* Pools::find_spare(RecordId id) noexcept { return const_cast<HotSpare*>(spare(id)); }

HotSpare* Pools::member_with_key(const Pool& pool, md::NameKey key) noexcept {
  for (const RecordId id : pool.hsp_hotspares) {
    HotSpare* member = find_spare(id);
    if (member != nullptr && member->hs_key == key) return member;
  }
  return nullptr;
}

void Pools::set_state(HotSpare& spare, SpareState state) {
  spare.hs_state = state;
  spare.hs_timestamp_ns = system_.wall_ns();
}

void Pools::halt() {
  const WriteHold lock = hs_lock_.write();
  s_hs_.clear();
  s_hsp_.clear();
}

Reservation Pools::get(md::PoolId id, uint64_t size, bool labelled) {
  if (system_.dying()) return {};  // HL-04
  const WriteHold lock = hs_lock_.write();
  if (system_.dying()) return {};
  const Pool* pool = find_pool(id);
  if (pool == nullptr) return {};
  for (const RecordId member : pool->hsp_hotspares) {
    HotSpare* spare = find_spare(member);
    if (spare == nullptr) continue;
    const auto start = usable_from(*spare, size, labelled);
    if (!start) continue;
    set_state(*spare, SpareState::HSS_RESERVED);
    spare->owner_pool = id;
    return {.ok = true,
            .record = spare->hs_record_id,
            .key = spare->hs_key,
            .device = spare->hs_devnum,
            .start_block = *start};
  }
  return {};
}

RecordId Pools::release(md::PoolId id, md::NameKey key, ReleaseAs as) {
  if (system_.dying()) return 0;
  const WriteHold lock = hs_lock_.write();
  if (system_.dying()) return 0;
  const Pool* pool = find_pool(id);
  HotSpare* spare = pool == nullptr ? nullptr : member_with_key(*pool, key);
  if (spare == nullptr || spare->hs_state != SpareState::HSS_RESERVED) return 0;
  set_state(*spare, as == ReleaseAs::HS_FREE ? SpareState::HSS_AVAILABLE : SpareState::HSS_BROKEN);
  spare->owner_pool = md::MD_HSP_NONE;
  // A stale set commits nothing, so there is nothing to wait for (HL-06).
  if (!system_.stale()) spare->releasing = as;
  return spare->hs_record_id;
}

bool Pools::end_release(HotSpare& spare) {
  if (!spare.releasing) return false;
  const bool freed = *spare.releasing == ReleaseAs::HS_FREE;
  spare.releasing.reset();
  system_.notify(md::EventClass::EC_SVM_STATE,
                 freed ? md::EventSubclass::ESC_SVM_HS_FREED : md::EventSubclass::ESC_SVM_ERRED,
                 md::EventTag::SVM_TAG_HS, spare.hs_devnum);
  return freed;
}

void Pools::release_committed(RecordId id) {
  if (id == 0) return;
  WriteHold lock = hs_lock_.write();
  HotSpare* spare = find_spare(id);
  const bool poke = spare != nullptr && end_release(*spare);
  lock.release();
  if (poke) system_.poke_hot_spares();
}

void Pools::snarf_committed() {
  const WriteHold lock = hs_lock_.write();
  for (const auto& spare : s_hs_) static_cast<void>(end_release(*spare));  // units poke when they are opened
}

Service::Counted Pools::count(md::PoolId id, int by) {
  if (id < 0) return {.ok = true};
  if (system_.dying()) return {};
  const WriteHold lock = hs_lock_.write();
  Pool* pool = find_pool(id);
  if (system_.dying() || pool == nullptr) return {};
  RAIDSIM_ASSERT(by > 0 || pool->hsp_refcount > 0);
  pool->hsp_refcount += static_cast<uint32_t>(by);
  return {.ok = true, .record = pool->hsp_record_id};
}

Service::Counted Pools::increment(md::PoolId pool) { return count(pool, 1); }
Service::Counted Pools::decrement(md::PoolId pool) { return count(pool, -1); }

DeviceNumber Pools::device_of(RecordId id, DeviceNumber otherwise) {
  if (system_.dying()) return otherwise;
  const WriteHold lock = hs_lock_.write();
  const HotSpare* found = find_spare(id);
  return found == nullptr ? otherwise : found->hs_devnum;
}

}  // namespace raidsim::hotspare
