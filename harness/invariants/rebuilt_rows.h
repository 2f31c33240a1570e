// harness/invariants/rebuilt_rows.h: how far a resync has really written its column, seen from the writes themselves.
//
// The unit's own resync line is what the code under test goes by: where it is wrong, a look at it finds nothing.
#pragma once

#include <cstdint>
#include <vector>

#include "harness/invariants/unit_rules.h"

namespace raidsim::harness {

class RebuiltRows {
 public:
  void began(uint32_t unit) { end(unit) = 0; }
  /// A region write of rows [first, first + blocks) is done; regions come in order.
  void written(uint32_t unit, uint64_t first, uint64_t blocks) {
    uint64_t& rows = end(unit);
    if (first <= rows && rows < first + blocks) rows = first + blocks;
  }
  /// RL-15: rows of the column under rebuild are read.
  [[nodiscard]] Broken broken_read(uint32_t unit, uint32_t column, uint64_t first, uint64_t blocks);
  void host_died() { end_.clear(); }

 private:
  uint64_t& end(uint32_t unit) {
    if (unit >= end_.size()) end_.resize(unit + 1);
    return end_[unit];
  }
  std::vector<uint64_t> end_;  // first row that is not written, by unit
};

}  // namespace raidsim::harness
