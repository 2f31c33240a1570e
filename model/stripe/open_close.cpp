#include "model/stripe/open_close.h"

#include <cerrno>
#include <utility>

#include "engine/assert.h"

namespace raidsim::stripe {
namespace {

bool is_probe(uint32_t flags) { return (flags & md::MD_OFLG_PROBEDEV) != 0; }
uint32_t open_flag(bool probe) { return probe ? MDM_S_PROBEOPEN : MDM_S_ISOPEN; }

BlockDevice*& slot_of(OpenComponent& open, bool probe) { return probe ? open.probe : open.ordinary; }

/// 4.2 step 1. A spare that was not in core at the snarf is found here (SN-01).
DeviceNumber device_to_open(md::System& system, const Unit& unit, uint32_t c) {
  const Component& component = unit.components[c];
  const DeviceNumber present =
      system.names.md_resolve_bydevid(unit.un_self_id, component.un_dev, component.key_in_use());
  if (present != no_device || !component.hot_spared()) return present;
  return system.hs().device_of(component.un_mirror.ms_hs_id, no_device);
}

void close_one(StripeUnit& unit, uint32_t component, bool probe, uint32_t flags) {
  BlockDevice* const open = std::exchange(slot_of(unit.devices[component], probe), nullptr);
  RAIDSIM_ASSERT((open != nullptr) == unit.un.components[component].has(open_flag(probe)));  // INV-S09, INV-S10
  if (open == nullptr) return;
  unit.un.components[component].un_mirror.ms_flags &= ~open_flag(probe);
  unit.system.md_layered_close(*open, flags);
}

void close_all(StripeUnit& unit, uint32_t flags) {
  for (uint32_t c = 0; c < unit.devices.size(); ++c) close_one(unit, c, is_probe(flags), flags);
}

/// 4.2
int open_all(StripeUnit& unit, uint32_t oflags) {
  uint32_t failed = 0;
  for (uint32_t c = 0; c < unit.devices.size(); ++c) {
    if (open_component(unit.system, unit.un, c, unit.devices[c], oflags) == 0) continue;
    ++failed;
    if ((oflags & md::MD_OFLG_CONT_ERRS) != 0) continue;
    close_all(unit, oflags);
    return ENXIO;
  }
  if (!is_probe(oflags) || failed != unit.devices.size()) return 0;
  return ENXIO;
}

}  // namespace

int open_component(md::System& system, Unit& unit, uint32_t c, OpenComponent& open, uint32_t oflags) {
  const bool probe = is_probe(oflags);
  if (unit.components[c].has(open_flag(probe))) return 0;
  DeviceNumber number = device_to_open(system, unit, c);
  // A failed disk stays closed, so that it can be replaced.
  if (!probe && unit.components[c].un_mirror.ms_state == CS_ERRED) return ENXIO;
  const md::NameKey key = unit.components[c].key_in_use();
  const DeviceTable::Opened opened =
      system.md_layered_open(unit.un_self_id, number, key, unit.blocks_needed(c), oflags);
  Component& component = unit.components[c];
  if (number != no_device) component.un_dev = number;
  if (opened.device == nullptr) return opened.error != 0 ? opened.error : ENXIO;
  slot_of(open, probe) = opened.device;
  component.un_mirror.ms_flags |= open_flag(probe);
  return 0;
}

void close_component(StripeUnit& unit, uint32_t component) { close_one(unit, component, false, md::MD_OFLG_NULL); }

int stripe_open(StripeUnit& unit, uint32_t flags, md::OpenType how, uint32_t oflags, md::Opener opener) {
  const md::OpenClose single = unit.enter_open_close();
  const bool opens = !unit.is_open() || is_probe(oflags);
  if (opens) {
    if (const int error = open_all(unit, oflags); error != 0) return error;
  }
  const int error = unit.count_open(flags, how, opener);
  if (error != 0 && opens) close_all(unit, oflags);  // MD-11
  return error;
}

int stripe_close(StripeUnit& unit, md::OpenType how, uint32_t cflags, md::Opener opener) {
  const md::OpenClose single = unit.enter_open_close();
  if (const int error = unit.count_close(how, opener); error != 0) return error;
  if (!unit.is_open() || is_probe(cflags)) close_all(unit, cflags);
  return 0;
}

}  // namespace raidsim::stripe
