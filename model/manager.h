// model/manager.h: the volume manager as one object: boot, halt, open, close, strategy, ioctls.
//
//   workload ──> open, strategy, close ──┐                       ┌──> raid/    units
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
#include "model/md/system.h"
#include "model/raid/admin/get_sync.h"
#include "model/raid/admin/replace.h"
#include "model/raid/hot_spare_daemon.h"
#include "model/raid/unit.h"
#include "model/raid/verify.h"
#include "model/statedb/database.h"
#include "model/view.h"

namespace raidsim {

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
  /// Orderly end. Errors  EBUSY: a unit is open, or a resync, initialisation or regeneration runs
  [[nodiscard]] int halt();

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
  [[nodiscard]] md::Error create(const raid::Unit& image);
  [[nodiscard]] md::Error replace(const raid::ReplaceRequest& request);
  [[nodiscard]] md::Error enable(const raid::ReplaceRequest& request);
  [[nodiscard]] md::Error set_sync(md::Minor minor);
  [[nodiscard]] md::Error get_sync(md::Minor minor, raid::SyncStatus& status);
  [[nodiscard]] md::Error regen(md::Minor minor);
  [[nodiscard]] md::Error set_hs(const hotspare::SetHs& parameters);
  /// Reads every line; other commands may run meanwhile (D-13).
  [[nodiscard]] md::Error verify(md::Minor minor, raid::VerifyReport& report,
                                 raid::OnMismatch on_mismatch = raid::OnMismatch::report);
  /// MD_IOCSET_NM: gives a device a key, or one more reference to the key it has. Errors  MDE_NAME_SPACE
  [[nodiscard]] md::Error set_name(DeviceNumber device, std::string_view name, md::NameKey& key);
  /// MD_IOCREM_NM: drops one reference.
  [[nodiscard]] md::Error remove_name(md::NameKey key);

  // ---- replicas of the state database; also while there is none, or it is STALE (3.6 to 3.9) ----
  /// MDDB_NEWDEV. Without a database a new one begins here. Errors  MDE_DB_*, MDE_TOOMANY_REPLICAS
  [[nodiscard]] md::Error replica_add(const statedb::NewReplica& asked);
  /// MDDB_DELDEV: `index` among those that are not deleted.
  [[nodiscard]] md::Error replica_delete(size_t index);
  [[nodiscard]] std::vector<statedb::ReplicaStatus> replicas() const { return database_.replicas(); }

  [[nodiscard]] View view() const { return {system_, pools_, database_}; }
  [[nodiscard]] md::NotifyQueues& notify_queues() noexcept { return system_.queues; }

 private:
  [[nodiscard]] md::Error not_usable() const;
  template <class Handler>
  md::Error ioctl(Handler handler);
  [[nodiscard]] bool snarf();
  [[nodiscard]] md::Error database_error(statedb::DbStatus status) const;
  void snarf_units(std::vector<std::vector<md::RecordId>>& to_commit, std::vector<md::RecordId>& to_remove);
  [[nodiscard]] std::vector<hotspare::SpareUse> spare_uses() const;
  void set_sync_all();
  [[nodiscard]] raid::RaidUnit* unit(md::Minor minor) const;
  [[nodiscard]] bool in_use() const;

  statedb::Database database_;
  md::System system_;
  hotspare::Pools pools_;
  raid::HotSpareDaemon hot_spare_daemon_;
};

}  // namespace raidsim
