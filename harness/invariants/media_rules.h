// harness/invariants/media_rules.h: what rows of a unit hold where they lie, as questions to bytes.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "harness/invariants/unit_rules.h"
#include "harness/oracle/legal_values.h"
#include "harness/world/disk_roles.h"
#include "model/disk/disk_bay.h"

namespace raidsim::harness {

/// A stretch of rows with the columns that are summed there, piece by piece: a stretch is judged when all of it can be
/// read, a piece and its sum stay in the nearest cache.
class RowSums {
 public:
  RowSums(const disk::DiskBay& bay, const DiskRoles& roles) : bay_(bay), roles_(roles) {}
  /// Whether every sector of the groups in rows [row, row + count) can be read.
  [[nodiscard]] bool readable(const std::vector<raid::DeviceGroup>& groups, uint64_t row, uint32_t count) const;
  /// XOR of the groups over rows [row, row + count), one block per row. False: some sector cannot be read.
  /// Shape  count at most piece_rows
  [[nodiscard]] bool sum(const std::vector<raid::DeviceGroup>& groups, uint64_t row, uint32_t count);
  [[nodiscard]] bool zero(uint32_t i) const;
  [[nodiscard]] bool all_zero() const;
  [[nodiscard]] std::span<const std::byte> row(uint32_t i) const {
    return sum().subspan(size_t{i} * block_bytes, block_bytes);
  }
  static constexpr uint32_t most_rows = 128;  ///< of a stretch
  static constexpr uint32_t piece_rows = 8;

 private:
  const disk::DiskBay& bay_;
  const DiskRoles& roles_;
  [[nodiscard]] std::span<const std::byte> sum() const { return {total_, bytes_}; }

  size_t bytes_ = 0;
  alignas(64) std::byte total_[piece_rows * block_bytes];  // ISA-L wants aligned vectors
  alignas(64) std::byte one_[piece_rows * block_bytes];    // what one group holds
};

/// Groups in use of the columns that are part of parity, without column `but`.
[[nodiscard]] std::vector<raid::DeviceGroup> parity_groups(const raid::Unit& unit, uint32_t but = UINT32_MAX);

/// RD-03: whether the rebuilt content of a block is one that the block may have.
[[nodiscard]] Broken broken_rebuilt(const LegalValues& legal, uint64_t block, std::span<const std::byte> content);

/// RL-15, V6: a read of rows [row, row + blocks) from this column is a read of right data.
[[nodiscard]] Broken broken_source(const raid::Unit& unit, const Place& place, uint32_t blocks);

/// RD-12, V13: a write stays inside of one column's areas.
/// Shape  `first` is the place of `block`
[[nodiscard]] Broken broken_target(const DiskRoles& roles, const Place& first, uint32_t disk, uint64_t block,
                                   uint32_t blocks);

}  // namespace raidsim::harness
