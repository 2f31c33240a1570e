// model/stripe/stripe_unit.h: a stripe or concatenation in core: its record, open devices and requests.
//
//   UnitFrame   open/close flag, unit lock, open counts; there is no io lock: each request holds the unit lock (R) from
//               its acceptance to its completion, so that the writer finds the unit at rest (LK-07)
//   un          the record's fields, written by a commit as they stand (DB-L3)
//   devices     what is open behind each component, ordinary and for a probe
//
// A grow replaces the content of `un` in place, under the unit lock (W); the object stays (docs/decisions/0048).
#pragma once

#include <vector>

#include "model/disk/block_device.h"
#include "model/md/system.h"
#include "model/md/unit_frame.h"
#include "model/stripe/request.h"
#include "model/stripe/unit.h"

namespace raidsim::stripe {

/// Null: not open. INV-S09: `ordinary` is set iff MDM_S_ISOPEN, INV-S10: `probe` iff MDM_S_PROBEOPEN.
struct OpenComponent {
  BlockDevice* ordinary = nullptr;
  BlockDevice* probe = nullptr;
};

class StripeUnit final : public md::UnitFrame {
 public:
  /// No device is open.
  StripeUnit(md::System& system, Unit record);

  md::System& system;
  Unit un;
  std::vector<OpenComponent> devices;  ///< by component; under the open/close flag or the unit lock (W)
  RequestPool pool;

  /// Where transfers to a component go; null when it is not open.
  [[nodiscard]] BlockDevice* device(uint32_t component) const noexcept {
    const OpenComponent& open = devices[component];
    return open.ordinary != nullptr ? open.ordinary : open.probe;
  }
  void encode(std::vector<std::byte>& out) const override;

 private:
  [[nodiscard]] const md::UnitHeader& common() const noexcept override { return un; }
};

}  // namespace raidsim::stripe
