#include "model/component_use.h"

#include <algorithm>

#include "model/raid/raid_unit.h"

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

bool uses(const raid::Column& column, const Wanted& wanted) {
  return wanted.is(column.orig.dev, column.un_orig_key) || column.now.dev == wanted.device ||
         column.alt.dev == wanted.device;
}

Error used_by_unit(const md::System& system, const Wanted& wanted) {
  for (const md::UnitFrame* frame : system.unit_list()) {
    if (frame->type != md::UnitType::MD_METARAID) continue;
    const auto& columns = static_cast<const raid::RaidUnit*>(frame)->un.columns;
    const bool used = std::any_of(columns.begin(), columns.end(), [&](const auto& c) { return uses(c, wanted); });
    if (used) return md::mduseerror(md::MDE_ALREADY, wanted.device, frame->minor, 0);
  }
  return md::no_error;
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
  const Wanted wanted{.device = device, .keys = system.names.md_getkeyfromdev(device)};
  const Error unit = used_by_unit(system, wanted);
  return unit.is_ok() && role == ComponentRole::column ? used_by_pool(pools, wanted) : unit;
}

Error refuse_used(md::System& system, const hotspare::Pools& pools, const raid::Unit& image) {
  for (auto column = image.columns.begin(); column != image.columns.end(); ++column) {
    const DeviceNumber device = column->orig.dev;
    const auto same = [device](const raid::Column& other) { return other.orig.dev == device; };
    if (std::any_of(image.columns.begin(), column, same)) {
      return md::mduseerror(md::MDE_OVERLAP, device, image.un_self_id, 0);
    }
    const Error used = refuse_used(system, pools, device, ComponentRole::column);
    if (!used.is_ok()) return used;
  }
  return md::no_error;
}

}  // namespace raidsim
