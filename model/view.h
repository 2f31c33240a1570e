// model/view.h: the volume manager as judges see it: everything, const, without a lock.
//
// To be used between two scheduling points (an event's action, a lock observer, a quiescent moment): it
// takes no lock and never suspends, so what it shows is whole only where the state is.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "model/hotspare/pools.h"
#include "model/md/system.h"
#include "model/md/unit_driver.h"
#include "model/raid/raid_unit.h"
#include "model/statedb/database.h"
#include "model/stripe/stripe_unit.h"

namespace raidsim {

class View {
 public:
  View(const md::System& system, const hotspare::Pools& pools, const statedb::Database& database)
      : system_(&system), pools_(&pools), database_(&database) {}

  /// Installed RAID-5 units, most recently installed first (the driver's list).
  [[nodiscard]] std::vector<const raid::RaidUnit*> units() const;
  /// Null when it is not set up, or no RAID-5 unit.
  [[nodiscard]] const raid::RaidUnit* unit(md::Minor minor) const {
    const md::UnitFrame* frame = system_->unit(minor);
    const bool raid = frame != nullptr && frame->type == md::UnitType::MD_METARAID;
    return raid ? static_cast<const raid::RaidUnit*>(frame) : nullptr;
  }

  /// Installed units of every kind, most recently installed first.
  [[nodiscard]] const std::vector<md::UnitFrame*>& all_units() const { return system_->unit_list(); }
  [[nodiscard]] std::vector<const stripe::StripeUnit*> stripes() const;
  /// Null when it is not set up, or no stripe.
  [[nodiscard]] const stripe::StripeUnit* stripe(md::Minor minor) const {
    const md::UnitFrame* frame = system_->unit(minor);
    const bool stripe = frame != nullptr && frame->type == md::UnitType::MD_DEVICE;
    return stripe ? static_cast<const stripe::StripeUnit*>(frame) : nullptr;
  }

  [[nodiscard]] const std::vector<std::unique_ptr<hotspare::Pool>>& pools() const { return pools_->pools(); }
  [[nodiscard]] const std::vector<std::unique_ptr<hotspare::HotSpare>>& spares() const { return pools_->spares(); }
  [[nodiscard]] const hotspare::Pool* pool(md::PoolId id) const { return pools_->pool(id); }
  [[nodiscard]] const hotspare::HotSpare* spare(md::RecordId id) const { return pools_->spare(id); }

  /// Bytes that a crash now would bring back for a record; empty when it was never committed.
  [[nodiscard]] std::span<const std::byte> committed_bytes(md::RecordId id) const {
    return database_->committed_bytes(id);
  }
  /// Every record as its last acknowledged commit left it.
  [[nodiscard]] const std::map<md::RecordId, statedb::StoredRecord>& committed() const {
    return database_->committed();
  }
  /// As the load of this epoch found them.
  [[nodiscard]] const std::vector<statedb::StoredRecord>& loaded() const { return database_->loaded(); }
  [[nodiscard]] uint64_t commits() const { return database_->commits(); }
  [[nodiscard]] bool stale() const { return database_->stale(); }
  /// What the host knows of its replicas.
  [[nodiscard]] const statedb::SetState& replicas() const { return database_->state(); }
  [[nodiscard]] bool database_busy() const { return database_->busy(); }
  [[nodiscard]] bool loaded_database() const { return database_->ready(); }

  /// Global locks, daemons, names, counters.
  [[nodiscard]] const md::System& system() const { return *system_; }
  [[nodiscard]] const RwLock& hot_spare_lock() const { return pools_->lock(); }
  /// No ioctl, no daemon item, no resync, initialisation or regeneration, no request of any unit.
  [[nodiscard]] bool quiescent() const;

 private:
  const md::System* system_;
  const hotspare::Pools* pools_;
  const statedb::Database* database_;
};

}  // namespace raidsim
