// model/disk/disk_bay.h: all disks of a world, with what they share: damage registry, faults, observer,
// paths, write log. Outlives hosts' epochs; belongs to one simulation.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/simulation.h"
#include "model/disk/damage.h"
#include "model/disk/device_tree.h"
#include "model/disk/disk_observer.h"
#include "model/disk/enclosure.h"
#include "model/disk/fault_plan.h"
#include "model/disk/page_store.h"
#include "model/disk/path.h"
#include "model/disk/virtual_disk.h"

namespace raidsim::disk {

class HostDriver;
class WriteLog;

class DiskBay {
 public:
  /// `pool` is the thread's, kept over many runs; it and `simulation` outlive the bay.
  DiskBay(Simulation& simulation, PagePool& pool, std::span<const DiskOptions> disks);
  ~DiskBay();
  DiskBay(const DiskBay&) = delete;
  DiskBay& operator=(const DiskBay&) = delete;

  [[nodiscard]] Simulation& simulation() const noexcept { return simulation_; }
  [[nodiscard]] PagePool& pool() const noexcept { return pool_; }
  [[nodiscard]] DiskIndex size() const noexcept { return static_cast<DiskIndex>(disks_.size()); }
  [[nodiscard]] VirtualDisk& operator[](DiskIndex disk) { return *disks_.at(disk); }
  [[nodiscard]] const VirtualDisk& operator[](DiskIndex disk) const { return *disks_.at(disk); }
  [[nodiscard]] DamageRegistry& damage() noexcept { return damage_; }
  [[nodiscard]] const DamageRegistry& damage() const noexcept { return damage_; }
  [[nodiscard]] FaultPlan& faults() noexcept { return *faults_; }
  [[nodiscard]] const FaultPlan& faults() const noexcept { return *faults_; }
  [[nodiscard]] Paths& paths(DiskIndex disk) { return paths_.at(disk); }

  /// Numbers of this epoch, and those that the next boot gives out.
  [[nodiscard]] const DeviceTree& tree() const noexcept { return tree_; }
  [[nodiscard]] DeviceTree& next_tree() noexcept { return next_tree_; }
  /// The host boots: numbers are given out anew. True: some have changed. Shape  no driver
  bool renumber();

  void set_observer(DiskObserver* observer) noexcept { observer_ = observer; }  ///< null: none
  [[nodiscard]] DiskObserver* observer() const noexcept { return observer_; }
  void set_write_log(WriteLog* log) noexcept { write_log_ = log; }  ///< null: none
  [[nodiscard]] WriteLog* write_log() const noexcept { return write_log_; }

  /// Power fails on these disks at one instant, in ascending order (F48). For the host's own power,
  /// crash its driver first: HostDriver::crash(CrashKind::power_cut) does both.
  void power_cut(std::span<const DiskIndex> disks);
  void power_cut();  ///< all
  void power_on();   ///< all that are off

  /// A path set goes away or returns (F43); in flight on it fails with a transport error.
  void lose_paths(DiskIndex disk, uint32_t mask);
  void regain_paths(DiskIndex disk, uint32_t mask);
  /// The adapter behind these ways is reset (F44): in flight on them fails with a transport error, they stay up.
  void reset_link(const Link& link, FaultHandle by);

  /// The driver whose transfers suffer from path loss; null between epochs.
  void set_driver(HostDriver* driver) noexcept { driver_ = driver; }
  void clear_driver(const HostDriver* driver) noexcept {
    if (driver_ == driver) driver_ = nullptr;
  }

 private:
  Simulation& simulation_;
  PagePool& pool_;
  DamageRegistry damage_;
  std::vector<Paths> paths_;
  DeviceTree tree_, next_tree_;
  std::vector<std::unique_ptr<VirtualDisk>> disks_;
  std::unique_ptr<FaultPlan> faults_;
  DiskObserver* observer_ = nullptr;
  WriteLog* write_log_ = nullptr;
  HostDriver* driver_ = nullptr;
};

}  // namespace raidsim::disk
