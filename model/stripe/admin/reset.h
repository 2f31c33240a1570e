// model/stripe/admin/reset.h: takes a unit apart (spec/stripe.md 8.3).
//
//   array lock (W), no parent, not open ──> out of its slot ──> one group: spares, children, pool given back, the
//   record marked ──> record deleted ──> event ──> names
//
//   CD-01  A crash behind the group leaves a record that is marked: the next snarf completes the deletion.
#pragma once

#include "model/md/error.h"
#include "model/stripe/stripe_unit.h"

namespace raidsim::stripe {

/// Ends `unit` when it succeeds. Suspends. Errors  MDE_IN_USE, MDE_IS_OPEN
[[nodiscard]] md::Error stripe_reset(StripeUnit& unit);

}  // namespace raidsim::stripe
