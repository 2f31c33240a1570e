// model/stripe/services.h: what a mirror above asks of a stripe (spec/stripe.md 6, 7): its components' shared blocks,
// their extents, and another device in the place of a component.
//
//   caller, its own unit lock (W) ──> replace_device / hotspare_device ──> Replaced: stripe locked (W), records to
//   commit
//        ──> commits them with its own ──> finish(): old name, the given-back spare, the lock
//
//   CR-01  The stripe's writer lock is held behind a call exactly when it succeeded.
//   CR-02  At most 5 records.
//   HS-S1  From the choice of a spare to the end of the change the stripe's pool cannot change.
//   HS-S2  Without a spare to be had an errored component that is closed, on its own device, stays closed.
#pragma once

#include <vector>

#include "model/md/error.h"
#include "model/stripe/layout.h"
#include "model/stripe/stripe_unit.h"

namespace raidsim::stripe {

/// "shared by blk": the shared block of the component that holds `block`. In: blocks asked for; out: of those, how many
/// lie on it in one run. Locks  the caller keeps a grow out
[[nodiscard]] Shared& shared_by_blk(StripeUnit& unit, uint64_t block, uint64_t& count);
/// "shared by indx"
[[nodiscard]] Shared& shared_by_indx(StripeUnit& unit, uint32_t component);
/// "get device": in use, and the own one; what is away is looked for. Suspends
struct Devices {
  DeviceNumber now = no_device;
  DeviceNumber original = no_device;
};
[[nodiscard]] Devices get_device(StripeUnit& unit, uint32_t component);

struct NewDevice {
  DeviceNumber device = no_device;
  md::NameKey key = 0;
  uint64_t start_block = 0;
  uint64_t number_blks = 0;
  bool has_label = false;
  md::RecordId hot_spare = 0;  ///< 0: a plain replace
};

/// A change that is made in core and not yet committed.
class Replaced {
 public:
  Replaced() = default;
  Replaced(Replaced&&) noexcept = default;
  Replaced& operator=(Replaced&&) noexcept = default;

  int code = 0;  ///< MDE_COMP_TOO_SMALL, MDE_COMP_OPEN_ERR; 0: done
  std::vector<md::RecordId> records;

  /// After the commit; once. Suspends
  void finish();
  [[nodiscard]] bool locked() const noexcept { return static_cast<bool>(held_); }

 private:
  friend class Replacement;
  WriteHold held_;
  StripeUnit* unit_ = nullptr;
  md::NameKey old_key_ = 0;
  md::RecordId given_back_ = 0;
};

/// "replace device" (7.1). Null: enable, the component's own device again. Suspends
[[nodiscard]] Replaced replace_device(StripeUnit& unit, uint32_t component, const NewDevice* device);

/// "hotspare device" (7.2). Shape  the component is ERRED
struct HotSpared {
  bool accepted = false;
  Replaced replaced;  ///< of an accepted one; the rest is done already
};
/// Suspends
[[nodiscard]] HotSpared hotspare_device(StripeUnit& unit, uint32_t component);

}  // namespace raidsim::stripe
