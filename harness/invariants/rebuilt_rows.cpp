#include "harness/invariants/rebuilt_rows.h"

#include <fmt/core.h>

namespace raidsim::harness {

Broken RebuiltRows::broken_read(uint32_t unit, uint32_t column, uint64_t first, uint64_t blocks) {
  const uint64_t rows = end(unit);
  if (first + blocks <= rows) return {};
  return fmt::format("column {}: rows {}..{} are read, and its rebuild has written the rows below {}", column, first,
                     first + blocks - 1, rows);
}

}  // namespace raidsim::harness
