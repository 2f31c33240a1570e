// model/stripe/admin/grow.h: adds rows at the end of a unit (spec/stripe.md 8.4).
//
//   array (W), parents from the top down (W), unit (W): nothing is in progress
//     ──> new record beside the old one ──> one group: new record, new children ──> old record deleted ──> installed
//
//   GR-02  A crash in between leaves two records: the one with more rows is the unit.
//   GR-03  Parent, pool, flags and components that were there stay as they are.
//   GR-04  A unit whose parent is not kept still meanwhile is refused.
#pragma once

#include "model/md/commands.h"
#include "model/stripe/stripe_unit.h"

namespace raidsim::stripe {

/// Suspends. Errors  EINVAL: list of parents, row count, or rows that were there have changed; MDE_INVAL_UNIT,
///                   MDE_UNIT_NOT_SETUP, of a parent; MDE_IN_USE; of the database; MDE_INVAL_UNIT: new structure
[[nodiscard]] md::Error stripe_grow(StripeUnit& unit, const md::GrowRequest& request);

}  // namespace raidsim::stripe
