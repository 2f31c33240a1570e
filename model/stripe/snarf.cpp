#include "model/stripe/snarf.h"

#include <optional>
#include <utility>

#include "model/stripe/record.h"

namespace raidsim::stripe {

void settle_snarfed(Unit& unit, const Resolver& resolver) {
  unit.un_status = 0;
  for (Component& component : unit.components) {
    component.un_mirror.ms_flags &= ~in_core_flags;
    const DeviceNumber own = resolver.device_of_key(component.un_key);
    if (!component.hot_spared()) {
      component.un_dev = own;
      continue;
    }
    component.un_mirror.ms_orig_dev = own;
    component.un_dev = resolver.device_of_spare(component.un_mirror.ms_hs_id);
  }
}

md::Snarfed stripe_snarf(md::System& system, const statedb::StoredRecord& record) {
  md::Snarfed snarfed;
  const char* why = nullptr;
  std::optional<Unit> unit = decode_record(record.bytes, why);
  if (!unit || md::set_of_minor(unit->un_self_id) != 0) {
    system.message(md::MessageId::BAD_RECORD, static_cast<uint64_t>(record.id));
    return snarfed;
  }
  const bool deleted = (unit->un_status & md::MD_UN_BEING_RESET) != 0;
  if (deleted || system.unit(unit->un_self_id) != nullptr) {  // CD-01, MD-16
    snarfed.clean_up = true;
    return snarfed;
  }
  unit->un_record_id = record.id;
  settle_snarfed(
      *unit,
      {.device_of_key = [&](md::NameKey key) { return system.names.md_getdevnum(key, md::Trust::MD_NOTRUST_DEVT); },
       .device_of_spare = [&](md::RecordId spare) { return system.hs().device_of(spare, no_device); }});
  snarfed.unit = std::make_unique<StripeUnit>(system, std::move(*unit));
  return snarfed;
}

uint64_t rows_in(const statedb::StoredRecord& record) {
  const char* why = nullptr;
  const std::optional<Unit> unit = decode_record(record.bytes, why);
  return unit ? unit->rows.size() : 0;
}

}  // namespace raidsim::stripe
