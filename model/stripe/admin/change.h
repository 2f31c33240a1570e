// model/stripe/admin/change.h: gives the unit another pool, or none (spec/stripe.md 8.6).
#pragma once

#include "model/md/commands.h"
#include "model/stripe/stripe_unit.h"

namespace raidsim::stripe {

/// Suspends. Errors  MDE_HS_IN_USE: a component is hot spared; MDE_INVAL_HSP, of the new pool
[[nodiscard]] md::Error stripe_change(StripeUnit& unit, const md::ChangeParameters& parameters);

}  // namespace raidsim::stripe
