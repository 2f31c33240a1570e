// How pools come back at boot: adopt the records, then make them agree with the units (SNH-01).
#include <algorithm>
#include <set>

#include "model/hotspare/pools.h"

namespace raidsim::hotspare {
using md::RecordId;

void Pools::snarf() {
  const WriteHold lock = hs_lock_.write();
  std::vector<RecordId> remove;
  for (const statedb::StoredRecord& record : system_.store.loaded()) {
    if (record.type == statedb::RecordType::hot_spare) {
      auto spare = std::make_unique<HotSpare>();
      if (!spare->decode(record.bytes) || spare->hs_record_id != record.id) {
        system_.message(md::MessageId::BAD_RECORD, static_cast<uint64_t>(record.id));
      } else if (spare->hs_refcount == 0) {
        remove.push_back(record.id);
      } else {
        spare->hs_devnum = system_.names.md_getdevnum(spare->hs_key, md::Trust::MD_NOTRUST_DEVT);
        system_.store.set_owner(record.id, spare.get());
        s_hs_.insert(s_hs_.begin(), std::move(spare));
      }
    } else if (record.type == statedb::RecordType::pool) {
      auto pool = std::make_unique<Pool>();
      if (!pool->decode(record.bytes) || pool->hsp_record_id != record.id) {
        system_.message(md::MessageId::BAD_RECORD, static_cast<uint64_t>(record.id));
      } else if (pool->hsp_self_id == md::MD_HSP_NONE || find_pool(pool->hsp_self_id) != nullptr) {
        remove.push_back(record.id);
      } else {
        system_.store.set_owner(record.id, pool.get());
        s_hsp_.insert(s_hsp_.begin(), std::move(pool));
      }
    }
  }
  if (!remove.empty() && !system_.stale()) static_cast<void>(system_.store.remove(remove));
}

namespace {

/// One run of SNH-01 over the lists; keeps the ids of what it had to change.
class ConsistencyPass {
 public:
  ConsistencyPass(std::vector<std::unique_ptr<HotSpare>>& spares, std::vector<std::unique_ptr<Pool>>& pools)
      : spares_(spares), pools_(pools) {}

  void run(std::span<const SpareUse> units) {
    owners(units);
    members();
    counts(units);
    drop_unlisted();
  }
  std::set<RecordId> changed;
  std::vector<RecordId> dropped;

 private:
  HotSpare* spare(RecordId id) {
    const auto found =
        std::find_if(spares_.begin(), spares_.end(), [id](const auto& h) { return h->hs_record_id == id; });
    return found == spares_.end() ? nullptr : found->get();
  }
  void set(HotSpare& spare, SpareState state) {
    if (spare.hs_state == state) return;
    spare.hs_state = state;
    changed.insert(spare.hs_record_id);
  }

  // Every owner's spare is RESERVED and listed by the pool of the owner's unit; a RESERVED one without owner is not.
  void owners(std::span<const SpareUse> units) {
    std::set<RecordId> owned;
    for (const SpareUse& use : units) {
      for (const RecordId id : use.spares) {
        HotSpare* used = spare(id);
        if (used == nullptr) continue;  // the unit's column has no device (RH-30)
        owned.insert(id);
        used->owner_pool = use.pool;
        set(*used, SpareState::HSS_RESERVED);
        for (const auto& pool : pools_) {
          if (pool->hsp_self_id != use.pool || pool->lists(id)) continue;
          pool->hsp_hotspares.push_back(id);
          changed.insert(pool->hsp_record_id);
        }
      }
    }
    for (const auto& each : spares_) {
      const bool held = each->hs_state == SpareState::HSS_RESERVED && !owned.contains(each->hs_record_id);
      if (held) set(*each, SpareState::HSS_AVAILABLE);
    }
  }

  void members() {
    for (const auto& pool : pools_) {
      std::set<RecordId> seen;
      const auto wrong = [&](RecordId id) { return spare(id) == nullptr || !seen.insert(id).second; };
      if (std::erase_if(pool->hsp_hotspares, wrong) != 0) changed.insert(pool->hsp_record_id);
    }
  }

  void counts(std::span<const SpareUse> units) {
    for (const auto& each : spares_) {
      const auto lists = [&](const auto& pool) { return pool->lists(each->hs_record_id); };
      const auto count = static_cast<uint32_t>(std::count_if(pools_.begin(), pools_.end(), lists));
      if (count != each->hs_refcount) changed.insert(each->hs_record_id);
      each->hs_refcount = count;
    }
    for (const auto& pool : pools_) {
      const auto uses = [&](const SpareUse& use) { return use.pool == pool->hsp_self_id; };
      const auto count = static_cast<uint32_t>(std::count_if(units.begin(), units.end(), uses));
      if (count != pool->hsp_refcount) changed.insert(pool->hsp_record_id);
      pool->hsp_refcount = count;
    }
  }

  void drop_unlisted() {
    for (const auto& each : spares_) {
      if (each->hs_refcount != 0) continue;
      dropped.push_back(each->hs_record_id);
      changed.erase(each->hs_record_id);
    }
  }

  std::vector<std::unique_ptr<HotSpare>>& spares_;
  std::vector<std::unique_ptr<Pool>>& pools_;
};

}  // namespace

void Pools::make_consistent(std::span<const SpareUse> units) {
  const WriteHold lock = hs_lock_.write();
  ConsistencyPass pass(s_hs_, s_hsp_);
  pass.run(units);
  for (const RecordId id : pass.changed) system_.message(md::MessageId::SNARF_REPAIRED, static_cast<uint64_t>(id));
  for (const RecordId id : pass.dropped) {
    system_.message(md::MessageId::SNARF_REPAIRED, static_cast<uint64_t>(id));
    system_.store.set_owner(id, nullptr);
    std::erase_if(s_hs_, [id](const auto& spare) { return spare->hs_record_id == id; });
  }
  if (system_.stale()) return;
  const std::vector<RecordId> changed(pass.changed.begin(), pass.changed.end());
  static_cast<void>(system_.store.commit(changed));
  static_cast<void>(system_.store.remove(pass.dropped));
}

}  // namespace raidsim::hotspare
