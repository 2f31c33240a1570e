#include "model/stripe/admin/change.h"

#include <algorithm>
#include <array>

namespace raidsim::stripe {
namespace {

using Counted = hotspare::Service::Counted;

/// Nothing is wrong with no pool.
Counted counted_in(StripeUnit& unit, md::PoolId pool) {
  if (pool == md::MD_HSP_NONE) return {.ok = true};
  return md::set_of_pool(pool) == md::set_of_minor(unit.minor) ? unit.system.hs().increment(pool) : Counted{};
}

Counted counted_out(StripeUnit& unit, md::PoolId pool) {
  return pool == md::MD_HSP_NONE ? Counted{.ok = true} : unit.system.hs().decrement(pool);
}

}  // namespace

md::Error stripe_change(StripeUnit& unit, const md::ChangeParameters& parameters) {
  if (!parameters.change_hsp_id) return md::no_error;
  md::System& system = unit.system;
  const WriteHold held = unit.unit_lock.write();
  Unit& un = unit.un;
  const auto spared = [](const Component& component) { return component.hot_spared(); };
  if (std::any_of(un.components.begin(), un.components.end(), spared)) {
    return md::mdmderror(md::MDE_HS_IN_USE, unit.minor);
  }
  const md::Error unknown = md::mdhsperror(md::MDE_INVAL_HSP, parameters.hsp_id);
  const Counted in = counted_in(unit, parameters.hsp_id);
  if (!in.ok) return unknown;
  const Counted out = counted_out(unit, un.un_hsp_id);
  if (!out.ok) {
    static_cast<void>(counted_out(unit, parameters.hsp_id));  // never committed: taking it back is enough
    return unknown;
  }
  un.un_hsp_id = parameters.hsp_id;
  system.commit_group(std::array{un.un_record_id, in.record, out.record});
  system.notify(md::EventClass::EC_SVM_STATE, md::EventSubclass::ESC_SVM_CHANGE, md::EventTag::SVM_TAG_METADEVICE,
                unit.minor);
  return md::no_error;
}

}  // namespace raidsim::stripe
