// model/stripe/open_close.h: opening and closing a unit and what it stands on (spec/stripe.md 4).
//
//                 closed, ordinary        open, ordinary                closed, probe         open, probe
//   open          components, count 1     count + 1                     probe-opens, count 1  probe-opens too, count +
//   1 close         ENXIO                   count - 1, last: components   ENXIO                 count - 1, probe opens
//   go
//
//   OP-01  With MD_OFLG_CONT_ERRS an ordinary open succeeds whatever could be opened.
//   OP-02  Without it: all components or nothing.
#pragma once

#include "model/stripe/stripe_unit.h"

namespace raidsim::stripe {

/// Locks     takes the open/close flag; the caller holds no lock of this unit
/// Suspends  for locks and device opens
/// Errors    ENXIO: a component (or, with a probe, every one); EBUSY, EINVAL: accounting
[[nodiscard]] int stripe_open(StripeUnit& unit, uint32_t flags, md::OpenType how, uint32_t oflags, md::Opener opener);
/// Errors  ENXIO: that type is not open; EINVAL
[[nodiscard]] int stripe_close(StripeUnit& unit, md::OpenType how, uint32_t cflags, md::Opener opener);

/// Opens the device in use behind one component and marks it ISOPEN or, with MD_OFLG_PROBEDEV, PROBEOPEN. un_dev takes
/// the number found. Suspends
/// Errors  ENXIO: ERRED, and no probe; else the device's
[[nodiscard]] int open_component(md::System& system, Unit& unit, uint32_t component, OpenComponent& open,
                                 uint32_t oflags);
/// The ordinary open of one component, if there is one. Suspends
void close_component(StripeUnit& unit, uint32_t component);

}  // namespace raidsim::stripe
