// harness/world/replica_tool.h: the administrator's tool for replicas of the state database (D-14).
//
//   add      master block, by the tool ──> MDDB_NEWDEV ──> boot list longer
//   delete   boot list shorter ──> MDDB_DELDEV
//
// The boot list is the machine's and not the database's, and its change is a step of its own. It is done so that a
// crash between the two never leaves a deleted replica in it: one that came back from there could speak for the past.
#pragma once

#include <string>

#include "model/disk/disk_bay.h"
#include "model/manager.h"
#include "scenarios/scenario.h"

namespace raidsim::harness {

/// A replica as a scenario names it: its disk, its place there, its size.
struct ReplicaSite {
  std::string name;                ///< of the disk
  DeviceNumber slice = no_device;  ///< slice 7 of it, as numbered now
  DeviceId id = 0;                 ///< of the disk
  uint32_t block = 0;              ///< of the master block, in slice 7
  uint32_t blocks = 0;             ///< with the master block
};

/// Place `index` of a disk: several on one disk lie one behind the other (D-07).
[[nodiscard]] ReplicaSite replica_site(const scenarios::Scenario& scenario, const disk::DiskBay& bay,
                                       const std::string& disk, uint32_t index);
/// Entry `index` of the scenario's "replicas".
[[nodiscard]] ReplicaSite replica_of(const scenarios::Scenario& scenario, const disk::DiskBay& bay, size_t index);

/// As the status flags tell it.
[[nodiscard]] bool in_error(const statedb::ReplicaStatus& replica);

class ReplicaTool {
 public:
  ReplicaTool(Manager& manager, DeviceTable& devices, md::WallClock& clock, statedb::BootList& boot_list)
      : manager_(manager), devices_(devices), clock_(clock), boot_list_(boot_list) {}

  /// With `force` also where the machine has replicas and none could be loaded: that begins a new database over them.
  /// Suspends. Errors  MDE_DB_*; a system error when the master block cannot be written
  [[nodiscard]] md::Error add(const ReplicaSite& site, bool force = false);
  /// Without `force` it leaves one replica, and does not touch healthy ones where those that would be left are mostly
  /// in error (DB-A6). Suspends. Errors  MDE_DB_*, MDE_DELDB_NOTALLOWED, MDE_DEL_VALIDDB_NOTALLOWED
  [[nodiscard]] md::Error remove(const ReplicaSite& site, bool force);

 private:
  [[nodiscard]] md::Error may_be_added(const ReplicaSite& site, bool force) const;
  /// The machine has replicas, and none could be loaded.
  [[nodiscard]] bool begins_anew() const;
  [[nodiscard]] md::Error write_master_block(const ReplicaSite& site);
  [[nodiscard]] bool is_on(const ReplicaSite& site, const statedb::ReplicaPlace& place) const;
  Manager& manager_;
  DeviceTable& devices_;
  md::WallClock& clock_;
  statedb::BootList& boot_list_;
};

}  // namespace raidsim::harness
