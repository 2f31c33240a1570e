#include "model/manager.h"

#include <algorithm>
#include <cerrno>

#include "engine/assert.h"
#include "engine/simulation.h"
#include "model/component_use.h"
#include "model/raid/admin/set_sync.h"
#include "model/raid/regen.h"

namespace raidsim {

using md::Error;

namespace {

md::Environment with_notifier(md::Environment environment, md::Notifier& notifier) {
  environment.notifier = &notifier;
  return environment;
}

DeviceNumber new_spare(const hotspare::SetHs& parameters) {
  if ((parameters.shs_options & hotspare::HS_OPT_POOL) != 0) return no_device;
  switch (parameters.shs_cmd) {
    case hotspare::SetHsCommand::ADD_HOT_SPARE:
      return parameters.shs_component_old;
    case hotspare::SetHsCommand::REPLACE_HOT_SPARE:
      return parameters.shs_component_new;
    default:
      return no_device;
  }
}

}  // namespace

Manager::Manager(const md::Environment& environment, const statedb::DatabaseOptions& database)
    : database_(with_notifier(environment, database_events_), database),
      system_(environment, database_),
      pools_(system_),
      stripe_(system_),
      raid_(system_) {
  database_events_.system = &system_;
  system_.add_driver(stripe_);
  system_.add_driver(raid_);
}

Manager::~Manager() = default;

// ---- device entry points ----

int Manager::open(md::Minor minor, uint32_t flags, md::OpenType type) {
  const ReadHold array = system_.md_unit_array_rw.read();  // to the end: the unit cannot go away
  if (system_.halted) return ENODEV;
  if (md::set_of_minor(minor) != 0) return ENXIO;
  if (!system_.snarfed) return ENODEV;
  md::UnitFrame* const found = system_.unit(minor);
  if (found == nullptr || (found->ui_tstate & md::MD_NOTOPENABLE) != 0) return ENXIO;
  if ((flags & md::FWRITE) != 0 && (system_.stale() || md::md_has_parent(found->header().un_parent))) return EROFS;
  return system_.driver(found->type).open(*found, flags, type, md::MD_OFLG_NULL, md::Opener::caller);
}

int Manager::close(md::Minor minor, md::OpenType type) {
  md::UnitFrame* const found = system_.unit(minor);
  if (found == nullptr) return ENXIO;
  return system_.driver(found->type).close(*found, type, md::MD_OFLG_NULL, md::Opener::caller);
}

void Manager::strategy(md::Minor minor, md::Buffer& buffer) {
  buffer.minor = minor;
  md::UnitFrame* const found = system_.unit(minor);
  if (found == nullptr) {
    md::complete(buffer, ENXIO, buffer.bytes);
    return;
  }
  system_.driver(found->type).strategy(*found, buffer, md::MD_STR_TOP);
}

// ---- ioctls ----

Error Manager::not_usable() const {
  if (system_.dying()) return md::mdsyserror(ENXIO);
  return system_.snarfed ? md::no_error : md::mdsyserror(ENODEV);
}

Error Manager::create(const md::UnitHeader& image) {
  return ioctl([&] {
    if (!system_.has_driver(image.un_type)) return md::mdsyserror(ENOTTY);
    const bool refused = !md::find_free_slot(system_, image.un_self_id).is_ok();  // the command says so
    const Error used = refused ? md::no_error : refuse_used(system_, pools_, image);
    return used.is_ok() ? system_.driver(image.un_type).create(image) : used;
  });
}

Error Manager::reset(md::Minor minor) {
  return on_unit(minor, md::Access::change, [](auto& driver, auto& unit) { return driver.reset(unit); });
}

Error Manager::get(md::Minor minor, md::GetStructure& structure) {
  return on_unit(minor, md::Access::look, [&](auto& driver, auto& unit) { return driver.get(unit, structure); });
}

Error Manager::get_devs(md::Minor minor, md::GetDevices& devices) {
  return on_unit(minor, md::Access::look, [&](auto& driver, auto& unit) { return driver.get_devs(unit, devices); });
}

Error Manager::change(md::Minor minor, const md::ChangeParameters& wanted) {
  return on_unit(minor, md::Access::change, [&](auto& driver, auto& unit) { return driver.change(unit, wanted); });
}

Error Manager::grow(const md::GrowRequest& request) {
  return on_unit(request.image->un_self_id, md::Access::change, [&](auto& driver, auto& unit) {
    if (request.image->un_type != driver.type) return md::mdsyserror(EINVAL);
    const Error used = refuse_used(system_, pools_, *request.image);
    return used.is_ok() ? driver.grow(unit, request) : used;
  });
}

Error Manager::replace(const raid::ReplaceRequest& request) {
  return ioctl([&] {
    const DeviceNumber device = request.component.device == request.old_device ? no_device : request.component.device;
    const Error used = refuse_used(system_, pools_, device, ComponentRole::column);
    return used.is_ok() ? raid::raid_replace(system_, request) : used;
  });
}

Error Manager::enable(const raid::ReplaceRequest& request) {
  return ioctl([&] { return raid::raid_enable(system_, request); });
}

Error Manager::set_sync(md::Minor minor) {
  return ioctl([&] { return raid::raid_setsync(system_, minor); });
}

Error Manager::get_sync(md::Minor minor, raid::SyncStatus& status) {
  return ioctl([&] { return raid::raid_getsync(system_, minor, status); });
}

Error Manager::regen(md::Minor minor) {
  return ioctl([&] { return raid::raid_regen(system_, minor); });
}

Error Manager::set_hs(const hotspare::SetHs& parameters) {
  return ioctl([&] {
    const Error used = refuse_used(system_, pools_, new_spare(parameters), ComponentRole::spare);
    return used.is_ok() ? pools_.set_hs(parameters) : used;
  });
}

Error Manager::verify(md::Minor minor, raid::VerifyReport& report, raid::OnMismatch on_mismatch) {
  const Error error = not_usable();
  return error.is_ok() ? raid::raid_verify(system_, minor, report, on_mismatch) : error;
}

Error Manager::set_name(DeviceNumber device, std::string_view name, md::NameKey& key) {
  return ioctl([&] {
    // A key without an id is bound to a number that may be another disk's tomorrow: not for a disk that is only away.
    if (major_of(device) == md_major) {
      if (system_.unit(minor_of(device)) == nullptr) return md::mdsyserror(ENXIO);
    } else if (system_.env.devices->id_of(device) == 0) {
      const DeviceTable::Opened opened = system_.env.devices->open(device, 0, 0);
      if (opened.device == nullptr) return md::mdsyserror(opened.error);
      system_.env.devices->close(*opened.device);
    }
    key = system_.names.add(device, name);
    return key != 0 ? md::no_error : md::mddeverror(md::MDE_NAME_SPACE, device);
  });
}

Error Manager::remove_name(md::NameKey key) {
  return ioctl([&] {
    system_.names.remove(key);
    return md::no_error;
  });
}

// ---- replicas ----

Error Manager::database_error(statedb::DbStatus status) const {
  return status == statedb::DbStatus::ok ? md::no_error : statedb::mddbstatus2error(status, md::NODEV32, 0);
}

Error Manager::replica_add(const statedb::NewReplica& asked) {
  const WriteHold lock = system_.ioctl_lock.enter();
  if (system_.dying()) return md::mdsyserror(ENXIO);
  const Error error = database_error(database_.add_replica(asked));
  if (!error.is_ok() || system_.snarfed) return error;
  return snarf() ? md::no_error : md::mdsyserror(ENODEV);
}

Error Manager::replica_delete(size_t index) {
  const WriteHold lock = system_.ioctl_lock.enter();
  return system_.dying() ? md::mdsyserror(ENXIO) : database_error(database_.delete_replica(index));
}

// ---- suspend (9.5) ----

int Manager::suspend() {
  for (;; sleep_for(1ms)) {
    if (const uint32_t running = system_.resync.md_raid_resync; running != 0) {
      system_.message(md::MessageId::RESYNC_RUNNING, running);
      system_.message(md::MessageId::SUSPEND_REFUSED);
      return EBUSY;
    }
    if (system_.daemons_idle()) return 0;
  }
}

// ---- halt (12.6); what may refuse it comes before anything is taken down ----

// Also a unit whose last close is still emptying its logs, and a thread that has closed its unit and still looks at it.
bool Manager::in_use() const {
  const auto& list = system_.unit_list();
  return system_.resync.md_raid_resync != 0 || std::any_of(list.begin(), list.end(), [](const md::UnitFrame* frame) {
           return frame->is_open() || frame->open_close.write_held();
         });
}

int Manager::halt() {
  const WriteHold ioctl_hold = system_.ioctl_lock.enter();
  const WriteHold array = system_.md_unit_array_rw.write();
  if (system_.halted) return 0;
  if (in_use()) return EBUSY;
  system_.stop_daemons();
  while (system_.live_daemons() != 0) sleep_for(1s);
  if (in_use() || !system_.queues.unload()) {  // the last scan started a resync, or a process waits for events
    system_.start_daemons();
    return EBUSY;
  }
  {
    const WriteHold list = system_.md_link_rw.write();
    while (!system_.unit_list().empty()) static_cast<void>(system_.remove(system_.unit_list().front()->minor));
  }
  pools_.halt();
  for (md::UnitDriver* driver : system_.drivers()) driver->detach();
  system_.unregister_services();
  database_.unload();
  system_.snarfed = false;
  system_.halted = true;
  return 0;
}

}  // namespace raidsim
