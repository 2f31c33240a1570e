// model/stripe/admin/create.h: makes a unit out of the structure that the tool prepared (spec/stripe.md 8.1).
#pragma once

#include "model/md/error.h"
#include "model/stripe/stripe_unit.h"

namespace raidsim::stripe {

/// Locks     takes array lock (W) and list lock (W) to make the unit visible
/// Suspends
/// Errors    MDE_INVAL_UNIT, MDE_DB_STALE, MDE_UNIT_ALREADY_SETUP, of the database, MDE_INVAL_UNIT (structure,
///           component), MDE_INVAL_HSP
[[nodiscard]] md::Error stripe_create(md::System& system, const Unit& image);

/// What a component that is a unit must be (MD-07); checked by grow too. Shape  `component` of `unit`
/// Errors  MDE_INVAL_UNIT, of the component
[[nodiscard]] md::Error refuse_child(const md::System& system, const Component& component);

}  // namespace raidsim::stripe
