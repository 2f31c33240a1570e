// harness/oracle/row_set.h: a set of rows, kept as ranges that neither overlap nor touch.
#pragma once

#include <cstdint>
#include <map>

namespace raidsim::harness {

class RowSet {
 public:
  void add(uint64_t first, uint64_t end);
  void remove(uint64_t first, uint64_t end);
  void clear() noexcept { ranges_.clear(); }
  [[nodiscard]] bool empty() const noexcept { return ranges_.empty(); }
  [[nodiscard]] bool contains(uint64_t row) const;
  /// First row to last row + 1 of each range, ascending.
  [[nodiscard]] const std::map<uint64_t, uint64_t>& ranges() const noexcept { return ranges_; }

 private:
  std::map<uint64_t, uint64_t> ranges_;
};

}  // namespace raidsim::harness
