// Base commands that look and change nothing on disk (spec/metadevice.md 6.1, 8.4), and MD_IOCNOTIFY.
#include <algorithm>
#include <cerrno>

#include "model/manager.h"

namespace raidsim {

using md::Error;

namespace {

/// Ids of a module's objects, ascending. False: there is no such module.
bool ids_of(const md::System& system, const hotspare::Pools& pools, std::string_view driver,
            std::vector<uint32_t>& ids) {
  bool known = driver == "md_hotspares";
  if (known) {
    for (const auto& pool : pools.pools()) ids.push_back(static_cast<uint32_t>(pool->hsp_self_id));
  }
  for (const md::UnitDriver* kind : system.drivers()) {
    if (kind->module != driver) continue;
    known = true;
    for (const md::UnitFrame* unit : system.unit_list()) {
      if (unit->type == kind->type) ids.push_back(unit->minor);
    }
  }
  std::sort(ids.begin(), ids.end());
  return known;
}

}  // namespace

Error Manager::get_num(std::string_view driver, std::vector<uint32_t>& ids) {
  ids.clear();
  return ioctl(
      [&] { return ids_of(system_, pools_, driver, ids) ? md::no_error : md::mderror(md::MDE_UNIT_NOT_FOUND); });
}

Error Manager::get_next(std::string_view driver, uint32_t from, uint32_t& id) {
  return ioctl([&] {
    std::vector<uint32_t> ids;
    const bool known = ids_of(system_, pools_, driver, ids);
    const auto next = std::lower_bound(ids.begin(), ids.end(), from);
    if (!known || next == ids.end()) return md::mderror(md::MDE_UNIT_NOT_FOUND);
    id = *next;
    return md::no_error;
  });
}

Error Manager::get_tstate(md::Minor minor, uint32_t& ui_tstate) {
  return ioctl([&] {
    if (md::set_of_minor(minor) != 0) return md::mdmderror(md::MDE_INVAL_UNIT, minor);
    md::UnitFrame* const frame = system_.unit(minor);
    if (frame == nullptr) return md::mdmderror(md::MDE_UNIT_NOT_SETUP, minor);
    const ReadHold held = frame->unit_lock.read();
    ui_tstate = frame->ui_tstate;
    return md::no_error;
  });
}

// Multi-threaded (8.2): it waits for no other command, so nothing but the array lock keeps the unit (LK-13).
Error Manager::is_open(DeviceNumber device, bool& open) {
  const md::IoctlLock::MultiThreaded runs(system_.ioctl_lock);
  if (const Error error = not_usable(); !error.is_ok()) return error;
  if (device == no_device || major_of(device) != md_major) return md::mdsyserror(EINVAL);
  const md::Minor minor = minor_of(device);
  const ReadHold array = system_.md_unit_array_rw.read();
  const md::UnitFrame* const frame = system_.unit(minor);
  if (frame == nullptr) return md::mdmderror(md::MDE_UNIT_NOT_SETUP, minor);
  open = frame->is_open();
  return md::no_error;
}

Error Manager::make_dev(uint32_t& unit) {
  return ioctl([&] {
    unit = system_.md_get_nextunit();
    return unit == md::MD_UNITBAD ? md::mdsyserror(ENODEV) : md::no_error;
  });
}

Error Manager::rem_dev() {
  return ioctl([&] { return system_.give_back_nextunit() ? md::no_error : md::mdsyserror(EFAULT); });
}

int Manager::notify(md::NotifyRequest& request, md::ProcessId caller) {
  WriteHold lock = system_.ioctl_lock.enter();
  if (system_.dying()) return ENXIO;
  return md::notify_ioctl(system_.queues, system_.ioctl_lock, lock, request, caller);
}

}  // namespace raidsim
