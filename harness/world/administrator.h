// harness/world/administrator.h: "the tool" of the specifications (D-14): makes the tool's checks, prepares unit
// images, enters names, and issues ioctls as any caller would. It knows nothing of the inside of model/.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/world/disk_roles.h"
#include "model/disk/disk_bay.h"
#include "model/manager.h"
#include "scenarios/scenario.h"

namespace raidsim::harness {

/// Minor of unit "d<n>" and id of pool "hsp<nnn>" (D-08).
[[nodiscard]] md::Minor minor_of_name(const std::string& unit);
[[nodiscard]] md::PoolId pool_of_name(const std::string& pool);

/// Slices and disk options as the scenario wants them.
[[nodiscard]] std::vector<SliceLayout> slice_layout(const scenarios::Scenario& scenario);
[[nodiscard]] std::vector<disk::DiskOptions> disk_options(const scenarios::Scenario& scenario);

class Administrator {
 public:
  Administrator(Manager& manager, const scenarios::Scenario& scenario, const disk::DeviceTree& tree);

  // ---- creation; all Suspend ----
  [[nodiscard]] md::Error create_pool(const scenarios::Pool& pool);
  [[nodiscard]] md::Error add_spare(const std::string& pool, const std::string& disk);
  /// The image of a unit, its components named. Errors  ENOSPC: it does not fit its disks; or of the name space
  [[nodiscard]] md::Error make_image(const scenarios::Unit& unit, raid::UnitState state, raid::Unit& image);
  [[nodiscard]] md::Error make_image(const scenarios::Unit& unit, stripe::Unit& image);
  [[nodiscard]] md::Error create(const md::UnitHeader& image) { return manager_.create(image); }

  /// Carries out one ioctl line. Suspends
  [[nodiscard]] md::Error perform(const scenarios::Ioctl& request);

 private:
  [[nodiscard]] md::Error replace(const scenarios::Ioctl& request);
  [[nodiscard]] md::Error enable(const scenarios::Ioctl& request);
  [[nodiscard]] DeviceNumber number_shown(const raid::Unit& unit, const raid::Column& column) const;
  [[nodiscard]] md::Error pool_delete(const scenarios::Ioctl& request);
  [[nodiscard]] uint32_t disk(const std::string& name) const;
  [[nodiscard]] uint64_t start_block(uint32_t disk) const;
  [[nodiscard]] uint64_t cylinder(uint32_t disk) const;
  [[nodiscard]] md::Error name_of_slice(uint32_t disk, md::NameKey& key);
  /// A refused command leaves no reference to the name that was made for it; one that failed after its commit does
  /// (ER-06).
  [[nodiscard]] md::Error keep_name_if_used(md::Error error, md::NameKey key);

  Manager& manager_;
  const scenarios::Scenario& scenario_;
  const disk::DeviceTree& tree_;
  std::vector<SliceLayout> slices_;
};

/// Writes an empty slot image into every pre-write slot of a "ready" unit, as a finished initialisation does.
void write_empty_logs(disk::DiskBay& bay, const DiskRoles& roles, const raid::Unit& image);

}  // namespace raidsim::harness
