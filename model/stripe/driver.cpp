#include "model/stripe/driver.h"

#include <algorithm>
#include <cerrno>

#include "engine/assert.h"
#include "model/stripe/admin/change.h"
#include "model/stripe/admin/create.h"
#include "model/stripe/admin/grow.h"
#include "model/stripe/admin/reset.h"
#include "model/stripe/open_close.h"
#include "model/stripe/record.h"
#include "model/stripe/snarf.h"
#include "model/stripe/strategy.h"

namespace raidsim::stripe {
namespace {

StripeUnit& stripe_unit(md::UnitFrame& unit) { return static_cast<StripeUnit&>(unit); }
const StripeUnit& stripe_unit(const md::UnitFrame& unit) { return static_cast<const StripeUnit&>(unit); }
const Unit& stripe_image(const md::UnitHeader& header) {
  RAIDSIM_ASSERT(header.un_type == md::UnitType::MD_DEVICE);
  return static_cast<const Unit&>(header);
}

}  // namespace

StripeDriver::StripeDriver(md::System& system)
    : UnitDriver(md::UnitType::MD_DEVICE, "md_stripe", statedb::RecordType::stripe), system_(system) {}

md::Snarfed StripeDriver::snarf(const statedb::StoredRecord& record) { return stripe_snarf(system_, record); }
uint64_t StripeDriver::extent(const statedb::StoredRecord& record) const { return rows_in(record); }

bool StripeDriver::quiescent(const md::UnitFrame& unit) const noexcept {
  return stripe_unit(unit).pool.parents_in_use() == 0;
}

int StripeDriver::open(md::UnitFrame& unit, uint32_t flags, md::OpenType how, uint32_t layered_flags,
                       md::Opener opener) {
  return stripe_open(stripe_unit(unit), flags, how, layered_flags, opener);
}

int StripeDriver::close(md::UnitFrame& unit, md::OpenType how, uint32_t layered_flags, md::Opener opener) {
  return stripe_close(stripe_unit(unit), how, layered_flags, opener);
}

void StripeDriver::strategy(md::UnitFrame& unit, md::Buffer& buffer, uint32_t flag) {
  md_stripe_strategy(stripe_unit(unit), buffer, flag);
}

CacheKind StripeDriver::cache(const md::UnitFrame& unit) const noexcept {
  const StripeUnit& stripe = stripe_unit(unit);
  for (uint32_t c = 0; c < stripe.devices.size(); ++c) {
    const BlockDevice* const device = stripe.device(c);
    if (device != nullptr && device->cache() != CacheKind::none) return CacheKind::volatile_write_back;
  }
  return CacheKind::none;
}

md::Error StripeDriver::create(const md::UnitHeader& image) { return stripe_create(system_, stripe_image(image)); }
md::Error StripeDriver::reset(md::UnitFrame& unit) { return stripe_reset(stripe_unit(unit)); }

md::Error StripeDriver::get(md::UnitFrame& unit, md::GetStructure& structure) {
  std::vector<std::byte> copy;  // given out when the lock is free again (LK-16)
  {
    const ReadHold held = unit.unit_lock.read();
    unit.encode(copy);
  }
  return md::copy_out(std::move(copy), structure);
}

md::Error StripeDriver::get_devs(md::UnitFrame& unit, md::GetDevices& devices) {
  std::vector<DeviceNumber> all;
  {
    const ReadHold held = unit.unit_lock.read();
    for (const Component& component : stripe_unit(unit).un.components) all.push_back(component.un_dev);
  }
  return md::copy_out(all, devices);
}

md::Error StripeDriver::change(md::UnitFrame& unit, const md::ChangeParameters& parameters) {
  return stripe_change(stripe_unit(unit), parameters);
}

md::Error StripeDriver::grow(md::UnitFrame& unit, const md::GrowRequest& request) {
  return stripe_grow(stripe_unit(unit), request);
}

void StripeDriver::claims(const md::UnitHeader& unit, std::vector<md::Claim>& all) const {
  for (const Component& component : stripe_image(unit).components) {
    all.push_back({.device = component.own_device(), .key = component.un_key, .own = true});
    if (component.hot_spared()) all.push_back({.device = component.un_dev});
  }
}

hotspare::SpareUse StripeDriver::spare_use(const md::UnitFrame& unit) const {
  const Unit& un = stripe_unit(unit).un;
  hotspare::SpareUse use{.unit = unit.minor, .pool = un.un_hsp_id, .spares = {}};
  for (const Component& component : un.components) {
    if (component.hot_spared()) use.spares.push_back(component.un_mirror.ms_hs_id);
  }
  return use;
}

}  // namespace raidsim::stripe
