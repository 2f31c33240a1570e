// harness/invariants/stripe_rules.h: INV-S as questions to a stripe's structure (spec/stripe.md 11); pure.
#pragma once

#include <span>
#include <string>

#include "harness/invariants/unit_rules.h"
#include "model/stripe/unit.h"
#include "scenarios/unit_layout.h"

namespace raidsim::harness {

[[nodiscard]] Broken broken_rows(const stripe::Unit& unit);          ///< INV-S01
[[nodiscard]] Broken broken_sums(const stripe::Unit& unit);          ///< INV-S02
[[nodiscard]] Broken broken_interlaces(const stripe::Unit& unit);    ///< INV-S03
[[nodiscard]] Broken broken_spare_fields(const stripe::Unit& unit);  ///< INV-S06
[[nodiscard]] Broken broken_pool(const stripe::Unit& unit);          ///< INV-S08, the part that the unit shows
[[nodiscard]] Broken broken_top_level(const stripe::Unit& unit);     ///< INV-S11
[[nodiscard]] Broken broken_nowrite(const stripe::Unit& unit);       ///< INV-S12
[[nodiscard]] Broken broken_erred_open(const stripe::Unit& unit);    ///< INV-S13
/// INV-S05 where the map can go wrong, at both ends of each run: against a map of the judge's own.
[[nodiscard]] Broken broken_stripe_map(const stripe::Unit& unit, const scenarios::StripeLayout& own,
                                       std::span<const uint64_t> slice0_of_component);

}  // namespace raidsim::harness
