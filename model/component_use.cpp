#include "model/component_use.h"

#include <algorithm>

#include "model/md/unit_driver.h"

namespace raidsim {
namespace {

using md::Error;

/// A component that is away has no number; its key still says which device it is.
struct Wanted {
  DeviceNumber device = no_device;
  md::KeysOfDevice keys;
  [[nodiscard]] bool is(DeviceNumber other, md::NameKey key) const noexcept {
    return other == no_device ? keys.nkeys != 0 && keys.key == key : other == device;
  }
};

Error used_by_unit(const md::System& system, const Wanted& wanted) {
  std::vector<md::Claim> claims;
  for (const md::UnitFrame* frame : system.unit_list()) {
    claims.clear();
    system.driver(frame->type).claims(frame->header(), claims);
    const bool used = std::any_of(claims.begin(), claims.end(),
                                  [&](const md::Claim& claim) { return wanted.is(claim.device, claim.key); });
    if (used) return md::mduseerror(md::MDE_ALREADY, wanted.device, frame->minor, 0);
  }
  return md::no_error;
}

/// Of a unit that is set up already: it may keep what it has.
std::vector<md::Claim> claims_now(const md::System& system, md::Minor minor) {
  std::vector<md::Claim> claims;
  const md::UnitFrame* const unit = system.unit(minor);
  if (unit != nullptr) system.driver(unit->type).claims(unit->header(), claims);
  return claims;
}

bool raid_in(const md::System& system, DeviceNumber device) {
  const bool unit_device = device != no_device && major_of(device) == md_major;
  const md::UnitFrame* const unit = unit_device ? system.unit(minor_of(device)) : nullptr;
  if (unit == nullptr) return false;
  if (unit->type == md::UnitType::MD_METARAID) return true;
  const std::vector<md::Claim> below = claims_now(system, unit->minor);
  return std::any_of(below.begin(), below.end(), [&](const md::Claim& claim) { return raid_in(system, claim.device); });
}

/// What the device itself must be when it is a unit.
Error unusable_unit(const md::System& system, DeviceNumber device, ComponentRole role) {
  const md::Minor minor = minor_of(device);
  const md::UnitFrame* const unit = system.unit(minor);
  const bool wrong_kind = role == ComponentRole::column && raid_in(system, device);
  if (unit == nullptr || wrong_kind || (unit->header().un_capabilities & md::MD_CAN_PARENT) == 0) {
    return md::mdmderror(md::MDE_INVAL_UNIT, minor);
  }
  if (md::md_has_parent(unit->header().un_parent)) {
    return md::mduseerror(md::MDE_ALREADY, device, unit->header().un_parent, 0);
  }
  return unit->is_open() ? md::mdmderror(md::MDE_IS_OPEN, minor) : md::no_error;
}

Error used_by_pool(const hotspare::Pools& pools, const Wanted& wanted) {
  for (const auto& spare : pools.spares()) {
    if (!wanted.is(spare->hs_devnum, spare->hs_key)) continue;
    const auto lists = [&](const auto& pool) { return pool->lists(spare->hs_record_id); };
    const auto pool = std::find_if(pools.pools().begin(), pools.pools().end(), lists);
    return md::mduseerror(md::MDE_ALREADY, wanted.device, 0, pool == pools.pools().end() ? 0 : (*pool)->hsp_self_id);
  }
  return md::no_error;
}

}  // namespace

Error refuse_used(md::System& system, const hotspare::Pools& pools, DeviceNumber device, ComponentRole role) {
  if (device == no_device) return md::no_error;
  if (major_of(device) == md_major) {
    if (role == ComponentRole::spare) return md::mddeverror(md::MDE_IS_META, device);
    if (const Error error = unusable_unit(system, device, role); !error.is_ok()) return error;
  }
  const Wanted wanted{.device = device, .keys = system.names.md_getkeyfromdev(device)};
  const Error unit = used_by_unit(system, wanted);
  return unit.is_ok() && role != ComponentRole::spare ? used_by_pool(pools, wanted) : unit;
}

Error refuse_used(md::System& system, const hotspare::Pools& pools, const md::UnitHeader& image) {
  std::vector<md::Claim> claims;
  system.driver(image.un_type).claims(image, claims);
  std::erase_if(claims, [](const md::Claim& claim) { return !claim.own; });
  const bool columns = image.un_type == md::UnitType::MD_METARAID;
  const ComponentRole role = columns ? ComponentRole::column : ComponentRole::component;
  const std::vector<md::Claim> present = claims_now(system, image.un_self_id);
  for (auto claim = claims.begin(); claim != claims.end(); ++claim) {
    const DeviceNumber device = claim->device;
    const auto same = [device](const md::Claim& other) { return other.device == device; };
    if (std::any_of(claims.begin(), claim, same)) {
      return md::mduseerror(md::MDE_OVERLAP, device, image.un_self_id, 0);
    }
    if (std::find(present.begin(), present.end(), *claim) != present.end()) continue;
    const Error used = refuse_used(system, pools, device, role);
    if (!used.is_ok()) return used;
  }
  return md::no_error;
}

}  // namespace raidsim
