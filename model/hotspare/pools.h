// model/hotspare/pools.h: all hot spares and pools of the set: service, commands, snarf (spec/hotspare-pool.md).
//
//   unit driver ──> Service (get, release, ...)  ──┐
//   administrator ──> SetHs command ───────────────┼──> hot-spare lock ──> s_hs, s_hsp
//   boot ──> snarf, then SNH-01 ───────────────────┘
//
// HL-01: everything here happens under the hot-spare lock from start to end, commits included.
// HL-02: it is taken after unit locks; its holder takes no unit, array or ioctl lock.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/sync/rwlock.h"
#include "model/hotspare/service.h"
#include "model/hotspare/spare.h"
#include "model/md/error.h"
#include "model/md/system.h"

namespace raidsim::hotspare {

enum class SetHsCommand : uint8_t { ADD_HOT_SPARE = 0, DELETE_HOT_SPARE = 1, REPLACE_HOT_SPARE = 2, FIX_HOT_SPARE = 3 };
enum SetHsOption : uint32_t { HS_OPT_NONE = 0, HS_OPT_FORCE = 1, HS_OPT_POOL = 2, HS_OPT_DRYRUN = 4 };

/// Parameters of MD_IOCSET_HS.
struct SetHs {
  SetHsCommand shs_cmd{};
  md::PoolId shs_hot_spare_pool = md::MD_HSP_NONE;
  DeviceNumber shs_component_old = no_device;  ///< the spare; of replace: the one that goes
  DeviceNumber shs_component_new = no_device;  ///< replace only
  md::NameKey shs_key_old = 0;
  md::NameKey shs_key_new = 0;
  uint32_t shs_options = HS_OPT_NONE;
  uint64_t shs_start_blk = 0;
  bool shs_has_label = false;
  uint64_t shs_number_blks = 0;
};

class Pools final : public Service {
 public:
  explicit Pools(md::System& system);
  ~Pools();

  /// Adopts the records of a loaded database. Bad ones are reported and left alone. Suspends.
  void snarf();
  /// SNH-01: makes spares, pools and units agree; reports and commits what it had to change. Suspends.
  void make_consistent(std::span<const SpareUse> units);
  /// The pending commits of a snarf are written: what it gave back may be used (HL-06). Suspends.
  void snarf_committed();

  /// MD_HALT_DOIT: drops what is in core; records stay. Suspends.
  void halt();

  Reservation get(md::PoolId pool, uint64_t size, bool labelled) override;
  md::RecordId release(md::PoolId pool, md::NameKey key, ReleaseAs as) override;
  void release_committed(md::RecordId spare) override;
  Counted increment(md::PoolId pool) override;
  Counted decrement(md::PoolId pool) override;
  DeviceNumber device_of(md::RecordId spare, DeviceNumber otherwise) override;

  /// MD_IOCSET_HS; pokes all drivers when the lock is free again, after errors too.
  /// Locks  the caller holds the ioctl lock (HL-05). Suspends
  [[nodiscard]] md::Error set_hs(const SetHs& parameters);

  // For judges: read at a moment when nobody is inside.
  [[nodiscard]] const std::vector<std::unique_ptr<HotSpare>>& spares() const noexcept { return s_hs_; }
  [[nodiscard]] const std::vector<std::unique_ptr<Pool>>& pools() const noexcept { return s_hsp_; }
  [[nodiscard]] const RwLock& lock() const noexcept { return hs_lock_; }
  [[nodiscard]] const Pool* pool(md::PoolId id) const noexcept;
  [[nodiscard]] const HotSpare* spare(md::RecordId id) const noexcept;

 private:
  friend class SetHsHandler;
  [[nodiscard]] Pool* find_pool(md::PoolId id) noexcept;
  [[nodiscard]] HotSpare* find_spare(md::RecordId id) noexcept;
  [[nodiscard]] HotSpare* member_with_key(const Pool& pool, md::NameKey key) noexcept;
  Counted count(md::PoolId pool, int by);
  void set_state(HotSpare& spare, SpareState state);
  /// Clears the mark and says what became of the spare. Locks  hot-spare lock. True: poke when it is free
  bool end_release(HotSpare& spare);

  md::System& system_;
  RwLock hs_lock_{md::locks::hot_spare};         ///< MD_GBL_HS_LOCK; taken for writing only
  std::vector<std::unique_ptr<HotSpare>> s_hs_;  // newest first
  std::vector<std::unique_ptr<Pool>> s_hsp_;     // newest first
};

}  // namespace raidsim::hotspare
