#include "harness/oracle/row_set.h"

#include <algorithm>
#include <iterator>

namespace raidsim::harness {

void RowSet::add(uint64_t first, uint64_t end) {
  if (first >= end) return;
  auto it = ranges_.upper_bound(first);
  if (it != ranges_.begin() && std::prev(it)->second >= first) --it;
  while (it != ranges_.end() && it->first <= end) {
    first = std::min(first, it->first);
    end = std::max(end, it->second);
    it = ranges_.erase(it);
  }
  ranges_.emplace_hint(it, first, end);
}

void RowSet::remove(uint64_t first, uint64_t end) {
  if (first >= end) return;
  auto it = ranges_.upper_bound(first);
  if (it != ranges_.begin() && std::prev(it)->second > first) --it;
  while (it != ranges_.end() && it->first < end) {
    const auto [from, to] = *it;
    it = ranges_.erase(it);
    if (from < first) ranges_.emplace_hint(it, from, first);
    if (to > end) ranges_.emplace_hint(it, end, to);
  }
}

bool RowSet::contains(uint64_t row) const {
  const auto it = ranges_.upper_bound(row);
  return it != ranges_.begin() && std::prev(it)->second > row;
}

}  // namespace raidsim::harness
