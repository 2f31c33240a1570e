// harness/world/disk_roles.h: what each block of each disk is for, by the units' layout as it stands.
//
//   disk   | slice 7: replicas | slice 0: label | log of column c | data of column c | unused |
//
// Protocol points need no hook in the code under test (D-10): a request is known by where it goes.
#pragma once

#include <cstdint>
#include <vector>

#include "model/disk/device_tree.h"
#include "model/raid/unit.h"

namespace raidsim::harness {

enum class Role : uint8_t { unused, replica, log, data };

/// Which of a column's device groups a place belongs to.
enum class Group : uint8_t { original, spare, alternate };

struct Place {
  Role role = Role::unused;
  Group group = Group::original;
  bool current = false;  ///< the group is the column's un_dev group
  uint32_t unit = 0;     ///< index of the unit in the scenario
  uint32_t column = 0;
  uint64_t offset = 0;  ///< block within the area: log block, or row
};

/// Where the slices of a disk begin, in blocks of the disk.
struct SliceLayout {
  uint64_t slice0 = 0;  ///< first block of slice 0; before it lies slice 7
  uint64_t blocks = 0;  ///< of the whole disk
};

class DiskRoles {
 public:
  /// `tree`: the numbers as they are, looked at whenever one is asked for.
  DiskRoles(std::vector<SliceLayout> slices, const disk::DeviceTree& tree)
      : slices_(std::move(slices)), tree_(tree), areas_(slices_.size()) {}

  /// Forgets all units; then add() each one.
  void clear();
  void add(uint32_t unit_index, const raid::Unit& unit);

  [[nodiscard]] Place find(uint32_t disk, uint64_t block) const noexcept;
  /// Disk behind a device number; UINT32_MAX when it is no disk slice.
  [[nodiscard]] uint32_t disk_of(DeviceNumber number) const noexcept { return tree_.disk_of(number); }
  [[nodiscard]] DeviceNumber number_of(uint32_t disk, uint32_t slice) const { return tree_.number_of(disk, slice); }
  [[nodiscard]] DeviceNumber by_index(DeviceNumber number) const noexcept { return tree_.by_index(number); }
  /// Block of the disk for a block of the device.
  [[nodiscard]] uint64_t disk_block(DeviceNumber number, uint64_t block) const noexcept;
  [[nodiscard]] const std::vector<SliceLayout>& slices() const noexcept { return slices_; }

 private:
  struct AreaRange {
    uint64_t first, end;
    Place place;
  };
  void add_group(uint32_t unit_index, uint32_t column, const raid::Unit& unit, const raid::DeviceGroup& group,
                 Group kind, bool current);
  std::vector<SliceLayout> slices_;
  const disk::DeviceTree& tree_;
  std::vector<std::vector<AreaRange>> areas_;
};

}  // namespace raidsim::harness
