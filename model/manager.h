// model/manager.h: the volume manager as one object: boot, halt, open, close, strategy, ioctls.
//
//   workload ──> open, strategy, close ──┐                       ┌──> md::UnitDriver: raid/, stripe/
//   administrator ──> ioctls ────────────┼──> checks, frame ─────┼──> hotspare/ pools
//   host ──> boot, halt ─────────────────┘                       └──> statedb/ records
//
// One object per host epoch: a crash kills the host's fibers, then its owner frees the object; disks stay.
// Every call but strategy suspends and is made from a fiber of the host.
// Source  spec/metadevice.md 7, 8, 11, 12; spec/decisions.md D-02
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "model/hotspare/pools.h"
#include "model/md/buffer.h"
#include "model/md/environment.h"
#include "model/md/error.h"
#include "model/md/lookup.h"
#include "model/md/notify_ioctl.h"
#include "model/md/system.h"
#include "model/md/unit_driver.h"
#include "model/raid/admin/get_sync.h"
#include "model/raid/admin/replace.h"
#include "model/raid/driver.h"
#include "model/raid/unit.h"
#include "model/raid/verify.h"
#include "model/statedb/database.h"
#include "model/stripe/driver.h"
#include "model/view.h"

namespace raidsim {

struct ProbeRequest {
  std::string_view driver = "md_raid";
  std::string_view test = "probe open test";
  std::vector<md::Minor> minors;
};

class Manager {
 public:
  Manager(const md::Environment& environment, const statedb::DatabaseOptions& database);
  ~Manager();
  Manager(const Manager&) = delete;
  Manager& operator=(const Manager&) = delete;

  // ---- life ----
  /// Loads, brings names, pools and units back, writes what that changed, then issues set-sync for every unit in
  /// ascending minor. False: the database is not usable; the host is up without units (D-02).
  bool boot();
  /// Orderly end; boot() attaches again. Errors  EBUSY: a unit is open, a resync, initialisation or regeneration runs,
  /// or a process waits for events
  [[nodiscard]] int halt();
  /// Asks whether the host may sleep (9.5): returns when every worker waits for work, all at the same time. Suspends
  /// Errors  EBUSY: a resync, initialisation or regeneration runs; the console has two warnings
  [[nodiscard]] int suspend();

  // ---- device entry points (7.1, 7.2, 11.2) ----
  /// `flags` of md::OpenFlag. Errors  ENODEV, ENXIO, EROFS, EBUSY, EINVAL
  [[nodiscard]] int open(md::Minor minor, uint32_t flags, md::OpenType type = md::OTYP_LYR);
  [[nodiscard]] int close(md::Minor minor, md::OpenType type = md::OTYP_LYR);
  /// Takes one request; `buffer.done` runs exactly once. May suspend for locks, buffers and slots.
  void strategy(md::Minor minor, md::Buffer& buffer);
  /// Blocks of a unit, 0 when it is not set up; takes no lock (6.3).
  [[nodiscard]] uint64_t size(md::Minor minor) const { return system_.nblocks(minor); }

  // ---- ioctls: one at a time (8.1) ----
  // Errors of the frame  ENXIO: halted; ENODEV: the database could not be loaded
  /// MD_IOCSET: a unit of the kind of the image.
  [[nodiscard]] md::Error create(const md::UnitHeader& image);
  [[nodiscard]] md::Error reset(md::Minor minor);
  /// The structure as the record has it.
  [[nodiscard]] md::Error get(md::Minor minor, md::GetStructure& structure);
  /// The devices in use, in the order of the structure.
  [[nodiscard]] md::Error get_devs(md::Minor minor, md::GetDevices& devices);
  [[nodiscard]] md::Error change(md::Minor minor, const md::ChangeParameters& wanted);
  /// Adds to the end; what is new must be free.
  [[nodiscard]] md::Error grow(const md::GrowRequest& request);
  [[nodiscard]] md::Error replace(const raid::ReplaceRequest& request);
  [[nodiscard]] md::Error enable(const raid::ReplaceRequest& request);
  [[nodiscard]] md::Error set_sync(md::Minor minor);
  [[nodiscard]] md::Error get_sync(md::Minor minor, raid::SyncStatus& status);
  [[nodiscard]] md::Error regen(md::Minor minor);
  /// MD_IOCPROBE_DEV (7.7): the test runs for every unit that is set up, three at a time; `failed`: those for which it
  /// did, in the order given. Errors  ENOTTY: no such module; EINVAL: no such test, or no unit; ENODEV: none is set up
  [[nodiscard]] md::Error probe(const ProbeRequest& request, std::vector<md::Minor>& failed);
  [[nodiscard]] md::Error set_hs(const hotspare::SetHs& parameters);
  /// Reads every line; other commands may run meanwhile (D-13).
  [[nodiscard]] md::Error verify(md::Minor minor, raid::VerifyReport& report,
                                 raid::OnMismatch on_mismatch = raid::OnMismatch::report);
  /// MD_IOCSET_NM: gives a device a key, or one more reference to the key it has. Errors  MDE_NAME_SPACE
  [[nodiscard]] md::Error set_name(DeviceNumber device, std::string_view name, md::NameKey& key);
  /// MD_IOCREM_NM: drops one reference.
  [[nodiscard]] md::Error remove_name(md::NameKey key);

  // ---- looking (6.1, 8.4) ----
  /// MD_IOCGET_NUM, MD_IOCGET_NEXT: ids of a module's objects ("md_raid": minors, "md_hotspares": pool ids), ascending;
  /// the smallest from `from` on. Errors  MDE_UNIT_NOT_FOUND
  [[nodiscard]] md::Error get_num(std::string_view driver, std::vector<uint32_t>& ids);
  [[nodiscard]] md::Error get_next(std::string_view driver, uint32_t from, uint32_t& id);
  /// MD_IOCISOPEN; runs beside other commands. Errors  EINVAL: no metadevice; MDE_UNIT_NOT_SETUP
  [[nodiscard]] md::Error is_open(DeviceNumber device, bool& open);
  /// MD_IOCGET_TSTATE. Errors  MDE_INVAL_UNIT, MDE_UNIT_NOT_SETUP
  [[nodiscard]] md::Error get_tstate(md::Minor minor, uint32_t& ui_tstate);
  /// MD_IOCMAKE_DEV: the next free unit number, not reserved by that. Errors  ENODEV: none is free
  [[nodiscard]] md::Error make_dev(uint32_t& unit);
  /// MD_IOCREM_DEV: gives the number found last back. Errors  EFAULT: the search stands at the first slot
  [[nodiscard]] md::Error rem_dev();

  // ---- events for processes; also without a database ----
  /// MD_IOCNOTIFY (events-errors.md B.6). Errors  an errno; ENXIO: halted
  [[nodiscard]] int notify(md::NotifyRequest& request, md::ProcessId caller);
  /// A process of the host has ended.
  void process_gone(md::ProcessId process) { system_.queues.process_gone(process); }

  // ---- replicas of the state database; also while there is none, or it is STALE (3.6 to 3.9) ----
  /// MDDB_NEWDEV. Without a database a new one begins here. Errors  MDE_DB_*, MDE_TOOMANY_REPLICAS
  [[nodiscard]] md::Error replica_add(const statedb::NewReplica& asked);
  /// MDDB_DELDEV: `index` among those that are not deleted.
  [[nodiscard]] md::Error replica_delete(size_t index);
  [[nodiscard]] std::vector<statedb::ReplicaStatus> replicas() const { return database_.replicas(); }

  [[nodiscard]] View view() const { return {system_, pools_, database_}; }

 private:
  [[nodiscard]] md::Error not_usable() const;
  template <class Handler>
  md::Error ioctl(Handler handler) {
    const WriteHold lock = system_.ioctl_lock.enter();
    const md::Error error = not_usable();
    return error.is_ok() ? handler() : error;
  }
  [[nodiscard]] bool snarf();
  [[nodiscard]] md::Error database_error(statedb::DbStatus status) const;
  void snarf_units(std::vector<std::vector<md::RecordId>>& to_commit, std::vector<md::RecordId>& to_remove);
  void snarf_units(md::UnitDriver& driver, std::vector<std::vector<md::RecordId>>& to_commit,
                   std::vector<md::RecordId>& to_remove);
  [[nodiscard]] std::vector<hotspare::SpareUse> spare_uses() const;
  void set_sync_all();
  [[nodiscard]] bool in_use() const;
  template <class Handler>
  md::Error on_unit(md::Minor minor, md::Access access, Handler handler) {
    return ioctl([&] {
      const md::Found found = md::find_unit(system_, minor, access);
      return found.unit == nullptr ? found.error : handler(system_.driver(found.unit->type), *found.unit);
    });
  }

  /// The database stands below the queues, and its events reach them all the same.
  struct DatabaseEvents final : md::Notifier {
    void notify(const md::SvmEvent& event) override { system->deliver(event); }
    md::System* system = nullptr;
  };

  DatabaseEvents database_events_;
  statedb::Database database_;
  md::System system_;
  hotspare::Pools pools_;
  stripe::StripeDriver stripe_;
  raid::RaidDriver raid_;
};

}  // namespace raidsim
