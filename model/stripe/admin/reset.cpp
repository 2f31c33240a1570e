#include "model/stripe/admin/reset.h"

#include <array>
#include <memory>
#include <vector>

namespace raidsim::stripe {
namespace {

/// What goes into the group beside the unit's record, and what is told afterwards.
struct GivenBack {
  std::vector<md::RecordId> spares, children;
  md::RecordId pool = 0;
};

void give_back_spare(StripeUnit& unit, Component& component, GivenBack& given) {
  if (!component.hot_spared()) return;
  Shared& shared = component.un_mirror;
  component.un_dev = shared.ms_orig_dev;
  component.un_start_block = shared.ms_orig_blk;
  const md::RecordId freed =
      unit.system.hs().release(unit.un.un_hsp_id, shared.ms_hs_key, hotspare::ReleaseAs::HS_FREE);
  if (freed != 0) given.spares.push_back(freed);
  shared.ms_hs_id = 0;
  shared.ms_hs_key = 0;
  shared.ms_orig_dev = 0;
  shared.ms_orig_blk = 0;
}

/// 8.3.1 steps 2 to 4: the group.
void release_all(StripeUnit& unit) {
  md::System& system = unit.system;
  GivenBack given;
  for (Component& component : unit.un.components) {
    give_back_spare(unit, component, given);
    if (const md::RecordId child = system.md_reset_parent(component.un_dev); child != 0)
      given.children.push_back(child);
  }
  if (unit.un.un_hsp_id != md::MD_HSP_NONE) given.pool = system.hs().decrement(unit.un.un_hsp_id).record;
  unit.un.un_hsp_id = md::MD_HSP_NONE;
  unit.un.un_status |= md::MD_UN_BEING_RESET;
  std::vector<md::RecordId> group = given.spares;
  group.insert(group.end(), given.children.begin(), given.children.end());
  group.push_back(unit.un.un_record_id);
  group.push_back(given.pool);
  system.commit_group(group);
  for (const md::RecordId spare : given.spares) system.hs().release_committed(spare);
}

}  // namespace

md::Error stripe_reset(StripeUnit& unit) {
  md::System& system = unit.system;
  const md::Minor minor = unit.minor;
  const WriteHold array = system.md_unit_array_rw.write();  // no new opens from here on
  if (md::md_has_parent(unit.un.un_parent)) return md::mdmderror(md::MDE_IN_USE, minor);
  {
    const md::OpenClose single = unit.enter_open_close();
    if (unit.is_open()) return md::mdmderror(md::MDE_IS_OPEN, minor);
  }
  const std::unique_ptr<md::UnitFrame> removed = system.take_out(minor);
  release_all(unit);
  const md::RecordId record = unit.un.un_record_id;
  system.store.set_owner(record, nullptr);
  static_cast<void>(system.store.remove(std::array{record}));
  system.notify(md::EventClass::EC_SVM_CONFIG, md::EventSubclass::ESC_SVM_DELETE, md::EventTag::SVM_TAG_METADEVICE,
                md::unit_of_minor(minor));
  // Names last: a crash before leaves names without a unit, never a unit whose components have no names.
  for (const Component& component : unit.un.components) system.names.remove(component.un_key);
  return md::no_error;
}

}  // namespace raidsim::stripe
