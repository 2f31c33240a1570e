#include "model/stripe/stripe_unit.h"

#include <utility>

#include "model/stripe/record.h"

namespace raidsim::stripe {

StripeUnit::StripeUnit(md::System& its_system, Unit record)
    : md::UnitFrame(record.un_self_id, md::UnitType::MD_DEVICE),
      system(its_system),
      un(std::move(record)),
      devices(un.components.size()) {}

void StripeUnit::encode(std::vector<std::byte>& out) const { encode_record(un, out); }

}  // namespace raidsim::stripe
