// MD_IOCSET_HS: add, delete, replace and enable hot spares; create and delete pools (spec/hotspare-pool.md 4).
#include <algorithm>
#include <array>

#include "model/hotspare/pools.h"

namespace raidsim::hotspare {

using md::Error;
using md::RecordId;

/// One command, run under the hot-spare lock.
class SetHsHandler {
 public:
  SetHsHandler(Pools& pools, const SetHs& parameters)
      : pools_(pools), system_(pools.system_), p_(parameters), dry_run_((p_.shs_options & HS_OPT_DRYRUN) != 0) {}

  Error run() {
    if (system_.stale()) return md::mdmddberror(md::MDE_DB_STALE, md::NODEV32, 0);
    if (p_.shs_hot_spare_pool < 0 && p_.shs_cmd != SetHsCommand::FIX_HOT_SPARE) return unknown_pool();
    if (p_.shs_hot_spare_pool >= 0 && md::set_of_pool(p_.shs_hot_spare_pool) != 0) return unknown_pool();
    const bool of_pool = (p_.shs_options & HS_OPT_POOL) != 0;
    switch (p_.shs_cmd) {
      case SetHsCommand::ADD_HOT_SPARE:
        return dry_run_ ? md::no_error : of_pool ? add_pool() : add();
      case SetHsCommand::DELETE_HOT_SPARE:
        return of_pool ? delete_pool() : remove();
      case SetHsCommand::REPLACE_HOT_SPARE:
        return replace();
      case SetHsCommand::FIX_HOT_SPARE:
        return fix();
    }
    return md::mderror(md::MDE_INVAL_HSOP);
  }

 private:
  struct Found {
    Error error;
    HotSpare* spare = nullptr;
  };

  [[nodiscard]] Error unknown_pool() const { return md::mdhsperror(md::MDE_INVAL_HSP, p_.shs_hot_spare_pool); }
  [[nodiscard]] Error hs_error(md::HsCode code, DeviceNumber device) const {
    return md::mdhserror(code, p_.shs_hot_spare_pool, device);
  }
  [[nodiscard]] bool forced() const { return (p_.shs_options & HS_OPT_FORCE) != 0; }
  [[nodiscard]] Pool* pool() { return pools_.find_pool(p_.shs_hot_spare_pool); }

  void event(md::EventClass event_class, md::EventSubclass subclass) {
    system_.notify(event_class, subclass, md::EventTag::SVM_TAG_HSP, static_cast<uint64_t>(p_.shs_hot_spare_pool));
  }
  void config_event(md::EventSubclass subclass) { event(md::EventClass::EC_SVM_CONFIG, subclass); }

  HotSpare* by_device(DeviceNumber device) {
    const auto found =
        std::find_if(pools_.s_hs_.begin(), pools_.s_hs_.end(), [&](const auto& h) { return h->hs_devnum == device; });
    return found == pools_.s_hs_.end() ? nullptr : found->get();
  }

  Found key_of(DeviceNumber device, md::NameKey& key) {
    const md::KeysOfDevice keys = system_.names.md_getkeyfromdev(device);
    if (!keys.ok) return {.error = md::mddeverror(md::MDE_NAME_SPACE, device)};
    if (keys.nkeys > 1) return {.error = md::mddeverror(md::MDE_MULTNM, device)};
    if (keys.nkeys == 0) return {.error = md::mddeverror(md::MDE_INVAL_HS, device)};
    key = keys.key;
    return {};
  }

  /// 4.0: by device; a spare whose device is away by its key.
  Found find(DeviceNumber device) {
    if (HotSpare* known = by_device(device)) return {.error = {}, .spare = known};
    md::NameKey key = 0;
    const Found named = key_of(device, key);
    if (!named.error.is_ok()) return named;
    for (const auto& spare : pools_.s_hs_) {
      if (spare->hs_devnum == no_device && spare->hs_key == key) return {.error = {}, .spare = spare.get()};
    }
    return {};
  }

  /// Linked at the head of the set's list, uncommitted. Null: the database is full, or cannot be written.
  HotSpare* new_spare(DeviceNumber device, md::NameKey key) {
    const RecordId id = system_.store.create(statedb::RecordType::hot_spare);
    if (id < 0) return nullptr;
    auto spare = std::make_unique<HotSpare>();
    spare->hs_record_id = id;
    spare->hs_devnum = device;
    spare->hs_key = key;
    spare->hs_start_blk = p_.shs_start_blk;
    spare->hs_has_label = p_.shs_has_label;
    spare->hs_number_blks = p_.shs_number_blks;
    pools_.set_state(*spare, SpareState::HSS_AVAILABLE);
    system_.store.set_owner(id, spare.get());
    pools_.s_hs_.insert(pools_.s_hs_.begin(), std::move(spare));
    return pools_.s_hs_.front().get();
  }

  std::unique_ptr<Pool> new_pool() {
    const RecordId id = system_.store.create(statedb::RecordType::pool);
    if (id < 0) return nullptr;
    auto made = std::make_unique<Pool>();
    made->hsp_self_id = p_.shs_hot_spare_pool;
    made->hsp_record_id = id;
    system_.store.set_owner(id, made.get());
    return made;
  }

  void delete_records(std::initializer_list<RecordId> ids) {
    const std::vector<RecordId> list(ids);
    for (const RecordId id : list) {
      if (id != 0) system_.store.set_owner(id, nullptr);
    }
    static_cast<void>(system_.store.remove(list));
  }
  void forget_spare(RecordId id) {
    delete_records({id});
    std::erase_if(pools_.s_hs_, [id](const auto& spare) { return spare->hs_record_id == id; });
  }

  Error add_pool() {
    if (pool() != nullptr) return md::no_error;
    auto made = new_pool();
    if (!made) return md::mdhsperror(md::MDE_HSP_CREATE_FAILURE, p_.shs_hot_spare_pool);
    const RecordId id = made->hsp_record_id;
    pools_.s_hsp_.insert(pools_.s_hsp_.begin(), std::move(made));
    system_.commit(id);
    config_event(md::EventSubclass::ESC_SVM_CREATE);
    return md::no_error;
  }

  Error add() {
    const DeviceNumber device = p_.shs_component_old;
    const Found found = find(device);
    // A device whose name is known but which is no spare yet is the usual case; no name at all is an error.
    if (!found.error.is_ok()) return found.error;
    Pool* old = pool();
    if (found.spare != nullptr && old != nullptr && old->lists(found.spare->hs_record_id)) {
      return hs_error(md::MDE_HS_INUSE, device);
    }
    const bool made_spare = found.spare == nullptr;
    HotSpare* spare = made_spare ? new_spare(device, p_.shs_key_old) : found.spare;
    if (spare == nullptr) return hs_error(md::MDE_HS_CREATE_FAILURE, device);
    // A pool's record has room for exactly its members: one more member, one larger record.
    auto larger = new_pool();
    if (!larger) {
      if (made_spare) forget_spare(spare->hs_record_id);
      return md::mdhsperror(md::MDE_HSP_CREATE_FAILURE, p_.shs_hot_spare_pool);
    }
    if (old != nullptr) {
      larger->hsp_refcount = old->hsp_refcount;
      larger->hsp_hotspares = old->hsp_hotspares;
    }
    larger->hsp_hotspares.push_back(spare->hs_record_id);
    ++spare->hs_refcount;
    link_in_place_of(old, std::move(larger), spare->hs_record_id);
    if (old == nullptr) config_event(md::EventSubclass::ESC_SVM_CREATE);
    config_event(md::EventSubclass::ESC_SVM_ADD);
    return md::no_error;
  }

  // Commits {spare, new pool, old pool marked MD_HSP_NONE}, then deletes the old record.
  void link_in_place_of(Pool* old, std::unique_ptr<Pool> larger, RecordId spare) {
    const RecordId new_id = larger->hsp_record_id;
    if (old == nullptr) {
      pools_.s_hsp_.insert(pools_.s_hsp_.begin(), std::move(larger));
      system_.commit(new_id, {spare});
      return;
    }
    const auto slot =
        std::find_if(pools_.s_hsp_.begin(), pools_.s_hsp_.end(), [old](const auto& p) { return p.get() == old; });
    const std::unique_ptr<Pool> superseded = std::exchange(*slot, std::move(larger));
    superseded->hsp_self_id = md::MD_HSP_NONE;
    system_.commit(new_id, {spare, superseded->hsp_record_id});
    delete_records({superseded->hsp_record_id});
  }

  Error remove() {
    const DeviceNumber device = p_.shs_component_old;
    const Found found = find(device);
    if (!found.error.is_ok()) return found.error;
    HotSpare* spare = found.spare;
    if (spare == nullptr) return md::mddeverror(md::MDE_INVAL_HS, device);
    Pool* from = pool();
    if (from == nullptr) return unknown_pool();
    if (!forced() && spare->reserved()) return hs_error(md::MDE_HS_RESVD, device);
    if (from->hsp_refcount > 0 && spare->reserved()) return hs_error(md::MDE_HS_RESVD, device);
    if (!from->lists(spare->hs_record_id)) return md::mddeverror(md::MDE_INVAL_HS, spare->hs_devnum);
    if (owner_needs(*spare, *from)) return hs_error(md::MDE_HS_RESVD, device);
    if (dry_run_) return md::no_error;

    const RecordId id = spare->hs_record_id;
    const md::NameKey key = spare->hs_key;
    --spare->hs_refcount;
    std::erase(from->hsp_hotspares, id);
    // With count 0 the record goes along, so that a crash before the deletion leaves one that snarf removes.
    system_.commit(from->hsp_record_id, {id});
    if (spare->hs_refcount == 0) forget_spare(id);
    system_.names.remove(key);
    config_event(md::EventSubclass::ESC_SVM_REMOVE);
    return md::no_error;
  }

  /// [H] A spare with an owner loses neither its last pool nor the pool of its owner's unit.
  static bool owner_needs(const HotSpare& spare, const Pool& from) {
    return spare.reserved() && (spare.hs_refcount <= 1 || spare.owner_pool == from.hsp_self_id);
  }

  Error delete_pool() {
    Pool* gone = pool();
    if (gone == nullptr) return unknown_pool();
    if (!gone->hsp_hotspares.empty()) return md::mdhsperror(md::MDE_HSP_BUSY, p_.shs_hot_spare_pool);
    if (gone->hsp_refcount > 0) return md::mdhsperror(md::MDE_HSP_REF, p_.shs_hot_spare_pool);
    if (dry_run_) return md::no_error;
    delete_records({gone->hsp_record_id});
    std::erase_if(pools_.s_hsp_, [gone](const auto& each) { return each.get() == gone; });
    config_event(md::EventSubclass::ESC_SVM_DELETE);
    return md::no_error;
  }

  Error replace() {
    const DeviceNumber device = p_.shs_component_old;
    const Found found = find(device);
    if (!found.error.is_ok()) return found.error;
    HotSpare* old = found.spare;
    if (old == nullptr) return md::mddeverror(md::MDE_INVAL_HS, device);
    if (!forced() && old->reserved()) return hs_error(md::MDE_HS_RESVD, device);
    Pool* in = pool();
    if (in == nullptr) return unknown_pool();
    if (!in->lists(old->hs_record_id)) return md::mddeverror(md::MDE_INVAL_HS, device);
    HotSpare* other = by_device(p_.shs_component_new);
    if (other != nullptr && in->lists(other->hs_record_id)) return hs_error(md::MDE_HS_INUSE, p_.shs_component_new);
    if (owner_needs(*old, *in)) return hs_error(md::MDE_HS_RESVD, device);
    if (dry_run_) return md::no_error;
    if (other == nullptr) other = new_spare(p_.shs_component_new, p_.shs_key_new);
    if (other == nullptr) return hs_error(md::MDE_HS_CREATE_FAILURE, p_.shs_component_new);

    const RecordId old_id = old->hs_record_id;
    const md::NameKey old_key = old->hs_key;
    --old->hs_refcount;
    ++other->hs_refcount;
    std::replace(in->hsp_hotspares.begin(), in->hsp_hotspares.end(), old_id, other->hs_record_id);
    system_.commit(in->hsp_record_id, {old_id, other->hs_record_id});
    if (old->hs_refcount == 0) forget_spare(old_id);
    system_.names.remove(old_key);
    config_event(md::EventSubclass::ESC_SVM_REPLACE);
    return md::no_error;
  }

  Error fix() {
    md::NameKey key = 0;
    const Found named = key_of(p_.shs_component_old, key);
    if (!named.error.is_ok()) return named.error;
    const auto found =
        std::find_if(pools_.s_hs_.begin(), pools_.s_hs_.end(), [&](const auto& h) { return h->hs_key == key; });
    if (found == pools_.s_hs_.end()) return md::mddeverror(md::MDE_INVAL_HS, p_.shs_component_old);
    HotSpare& spare = **found;
    if (spare.hs_state != SpareState::HSS_BROKEN || spare.releasing) {
      return md::mddeverror(md::MDE_FIX_INVAL_HS_STATE, spare.hs_devnum);
    }
    if (dry_run_) return md::no_error;
    pools_.set_state(spare, SpareState::HSS_AVAILABLE);
    spare.hs_start_blk = p_.shs_start_blk;
    spare.hs_has_label = p_.shs_has_label;
    spare.hs_number_blks = p_.shs_number_blks;
    if (spare.hs_devnum == no_device) {
      spare.hs_devnum = system_.names.md_getdevnum(spare.hs_key, md::Trust::MD_NOTRUST_DEVT);
    }
    system_.commit(spare.hs_record_id);
    system_.notify(md::EventClass::EC_SVM_STATE, md::EventSubclass::ESC_SVM_ENABLE, md::EventTag::SVM_TAG_HS,
                   p_.shs_component_old);
    return md::no_error;
  }

  Pools& pools_;
  md::System& system_;
  const SetHs& p_;
  const bool dry_run_;
};

Error Pools::set_hs(const SetHs& parameters) {
  Error result;
  {
    const WriteHold lock = hs_lock_.write();
    result = SetHsHandler(*this, parameters).run();
  }
  system_.poke_hot_spares();
  return result;
}

}  // namespace raidsim::hotspare
