// model/hotspare/service.h: the hot-spare pool service as unit drivers call it (spec/hotspare-pool.md 3).
//
// The service never commits: the caller commits the returned record id in one group with its own record,
// then tells the service that the release is durable (HL-06), which then emits the event and pokes.
#pragma once

#include <cstdint>
#include <vector>

#include "model/disk/block_device.h"
#include "model/md/numbering.h"

namespace raidsim::hotspare {

enum class SpareState : uint8_t { HSS_UNUSED = 0, HSS_AVAILABLE = 1, HSS_RESERVED = 2, HSS_BROKEN = 3 };
enum class ReleaseAs : uint8_t { HS_FREE, HS_BAD };

struct Reservation {
  bool ok = false;
  md::RecordId record = 0;
  md::NameKey key = 0;
  DeviceNumber device = no_device;
  uint64_t start_block = 0;
};

/// What SNH-01 has to know of units.
struct SpareUse {
  md::Minor unit = 0;
  md::PoolId pool = md::MD_HSP_NONE;  ///< un_hsp_id
  std::vector<md::RecordId> spares;   ///< un_hs_id of its hot-spared columns
};

class Service {
 public:
  /// HS_GET: first usable spare in pool order becomes RESERVED. `size` in blocks. Suspends (hot-spare lock).
  [[nodiscard]] virtual Reservation get(md::PoolId pool, uint64_t size, bool labelled) = 0;
  /// HS_FREE / HS_BAD: returns the spare's record id, 0 when refused. Suspends.
  [[nodiscard]] virtual md::RecordId release(md::PoolId pool, md::NameKey key, ReleaseAs as) = 0;
  /// The commit that contains the release of `spare` returned (HL-06). Suspends.
  virtual void release_committed(md::RecordId spare) = 0;
  /// HSP_INCREF / HSP_DECREF: pool's record id; 0 with ok for a negative id.
  struct Counted {
    bool ok = false;
    md::RecordId record = 0;
  };
  [[nodiscard]] virtual Counted increment(md::PoolId pool) = 0;
  [[nodiscard]] virtual Counted decrement(md::PoolId pool) = 0;
  /// HS_MKDEV: device of a spare record; `otherwise` when unknown.
  [[nodiscard]] virtual DeviceNumber device_of(md::RecordId spare, DeviceNumber otherwise) = 0;

 protected:
  ~Service() = default;
};

}  // namespace raidsim::hotspare
