#include "model/stripe/admin/create.h"

#include <memory>
#include <utility>
#include <vector>

#include "model/md/lookup.h"
#include "model/statedb/db_status.h"
#include "model/stripe/layout.h"
#include "model/stripe/record.h"

namespace raidsim::stripe {
namespace {

using md::Error;

/// Step 9.
Error unsound(const md::System& system, const Unit& image) {
  if (broken_structure(image) != nullptr) return md::mdmderror(md::MDE_INVAL_UNIT, image.un_self_id);
  for (const Component& component : image.components) {
    if (const Error error = refuse_child(system, component); !error.is_ok()) return error;
  }
  return md::no_error;
}

Unit as_created(const Unit& image, md::RecordId record) {
  Unit unit = image;
  unit.un_status = 0;
  unit.un_record_id = record;
  unit.un_flag |= md::MD_EFILABEL;  // every record is a 64-bit one (D-01)
  unit.un_capabilities = md::MD_CAN_PARENT | md::MD_CAN_SUB_MIRROR | md::MD_CAN_SP;
  unit.un_parent = md::MD_NO_PARENT;
  for (Component& component : unit.components) component.un_mirror.ms_flags &= ~in_core_flags;
  return unit;
}

}  // namespace

Error refuse_child(const md::System& system, const Component& component) {
  const DeviceNumber device = component.own_device();
  if (device == no_device || major_of(device) != md_major) return md::no_error;
  const md::UnitFrame* const child = system.unit(minor_of(device));
  const bool fits = child != nullptr && child->type == md::UnitType::MD_METASP;
  return fits ? md::no_error : md::mdmderror(md::MDE_INVAL_UNIT, minor_of(device));
}

Error stripe_create(md::System& system, const Unit& image) {
  const md::Minor minor = image.un_self_id;
  if (const Error error = md::find_free_slot(system, minor); !error.is_ok()) return error;
  if (!system.store.has_room(record_bytes(image.rows.size(), image.components.size()))) {
    return statedb::mddbstatus2error(statedb::DbStatus::nospace, minor, 0);
  }
  const md::RecordId record = system.store.create(statedb::RecordType::stripe);
  if (record < 0) return statedb::mddbstatus2error(static_cast<statedb::DbStatus>(record), minor, 0);
  if (const Error error = unsound(system, image); !error.is_ok()) return system.discard(record, error);

  auto unit = std::make_unique<StripeUnit>(system, as_created(image, record));
  std::vector<md::RecordId> group{record};
  if (image.un_hsp_id != md::MD_HSP_NONE) {
    const bool same_set = md::set_of_pool(image.un_hsp_id) == md::set_of_minor(minor);
    const auto counted = same_set ? system.hs().increment(image.un_hsp_id) : hotspare::Service::Counted{};
    if (!counted.ok) return system.discard(record, md::mdhsperror(md::MDE_INVAL_HSP, image.un_hsp_id));
    group.push_back(counted.record);
  }
  for (const Component& component : unit->un.components) {
    group.push_back(system.md_set_parent(component.own_device(), minor));
  }
  system.store.set_owner(record, unit.get());
  system.commit_group(group);
  system.make_visible(std::move(unit));
  system.notify(md::EventClass::EC_SVM_CONFIG, md::EventSubclass::ESC_SVM_CREATE, md::EventTag::SVM_TAG_METADEVICE,
                minor);
  return md::no_error;
}

}  // namespace raidsim::stripe
