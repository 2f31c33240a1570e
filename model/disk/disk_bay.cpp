#include "model/disk/disk_bay.h"

#include "model/disk/host_driver.h"
#include "model/disk/trace_kinds.h"

namespace raidsim::disk {

DiskBay::DiskBay(Simulation& simulation, PagePool& pool, std::span<const DiskOptions> disks)
    : simulation_(simulation),
      pool_(pool),
      tree_(static_cast<DiskIndex>(disks.size())),
      next_tree_(static_cast<DiskIndex>(disks.size())) {
  damage_.resize(disks.size());
  for (const DiskOptions& options : disks) {
    paths_.emplace_back(options.paths);
    disks_.push_back(std::make_unique<VirtualDisk>(*this, size(), options));
  }
  faults_ = std::make_unique<FaultPlan>(*this);
}

DiskBay::~DiskBay() = default;

bool DiskBay::renumber() {
  if (tree_ == next_tree_) return false;
  tree_ = next_tree_;
  for (DiskIndex disk = 0; disk < size(); ++disk) {
    simulation_.recorder().add(simulation_.now(), trace_disk_number, disk, minor_of(tree_.number_of(disk, 0)));
  }
  return true;
}

void DiskBay::power_cut(std::span<const DiskIndex> disks) {
  for (const DiskIndex disk : disks) disks_.at(disk)->lose_power();
}

void DiskBay::power_cut() {
  for (const auto& disk : disks_) disk->lose_power();
}

void DiskBay::power_on() {
  for (const auto& disk : disks_) disk->restore_power();
}

void DiskBay::lose_paths(DiskIndex disk, uint32_t mask) {
  Paths& paths = paths_.at(disk);
  const uint32_t lost = mask & ~paths.lost();
  if (lost == 0) return;
  paths.lose(lost);
  simulation_.recorder().add(simulation_.now(), trace_path, disk, lost, paths.lost());
  if (observer_ != nullptr) observer_->on_paths_changed(disk);
  if (driver_ != nullptr) driver_->paths_lost(disk, lost);
}

void DiskBay::regain_paths(DiskIndex disk, uint32_t mask) {
  Paths& paths = paths_.at(disk);
  if ((paths.lost() & mask) == 0) return;
  paths.regain(mask);
  simulation_.recorder().add(simulation_.now(), trace_path, disk, 0, paths.lost());
  if (observer_ != nullptr) observer_->on_paths_changed(disk);
}

void DiskBay::reset_link(const Link& link, FaultHandle by) {
  const uint32_t hit = driver_ == nullptr ? 0 : driver_->link_reset(link, by);
  simulation_.recorder().add(simulation_.now(), trace_link_reset, link.disk, link.paths & paths_.at(link.disk).all(),
                             hit);
}

}  // namespace raidsim::disk
