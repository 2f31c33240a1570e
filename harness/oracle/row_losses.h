// harness/oracle/row_losses.h: which blocks of given-up rows are lost, by what the media hold of them now.
#pragma once

#include <string>
#include <vector>

#include "harness/invariants/media_rules.h"
#include "harness/oracle/row_set.h"

namespace raidsim::harness {

class World;

/// Looks at one unit at one moment, tells its oracle what is lost, and then reports all of it in one line.
class RowLosses {
 public:
  /// Shape  `now` outlives the object; its resync index names the column that is to be rebuilt
  RowLosses(World& world, uint32_t unit, const raid::Unit& now);

  /// The block that lies at `row` of the column: as its device holds it.
  void held(uint32_t column, uint64_t row);
  /// The block that the resync will put at `row` of its column: what the others add up to.
  void rebuilt(uint64_t row);
  /// Rows of the entries in all logs of the unit, as they lie on the media.
  [[nodiscard]] RowSet logged_rows() const;

  void report(const std::string& because);

 private:
  void settle(uint32_t column, uint64_t row, const std::vector<raid::DeviceGroup>& groups);

  World& world_;
  uint32_t unit_;
  const raid::Unit& now_;
  uint32_t target_;
  std::vector<raid::DeviceGroup> sources_;
  RowSums sums_;
  std::vector<uint64_t> lost_;  // blocks, each once
};

}  // namespace raidsim::harness
