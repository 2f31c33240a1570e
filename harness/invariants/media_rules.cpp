#include "harness/invariants/media_rules.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>

#include "harness/media.h"

namespace raidsim::harness {

bool RowSums::sum(const std::vector<raid::DeviceGroup>& groups, uint64_t row, uint32_t count) {
  const size_t bytes = size_t{count} * block_bytes;
  data_.resize(bytes);
  sum_.assign(bytes / sizeof(uint64_t), 0);
  for (const raid::DeviceGroup& group : groups) {
    if (!read_rows(bay_, roles_, group, row, count, data_.data())) return false;
    for (size_t i = 0; i < sum_.size(); ++i) {
      uint64_t word = 0;
      std::memcpy(&word, data_.data() + i * sizeof word, sizeof word);
      sum_[i] ^= word;
    }
  }
  return true;
}

bool RowSums::zero(uint32_t i) const {
  const auto bytes = row(i);
  return std::all_of(bytes.begin(), bytes.end(), [](std::byte b) { return b == std::byte{0}; });
}

std::vector<raid::DeviceGroup> parity_groups(const raid::Unit& unit, uint32_t but) {
  std::vector<raid::DeviceGroup> groups;
  for (uint32_t c = 0; c < unit.columns.size(); ++c) {
    if (c != but && !unit.columns[c].absent()) groups.push_back(unit.columns[c].now);
  }
  return groups;
}

Broken broken_rebuilt(const LegalValues& legal, uint64_t block, std::span<const std::byte> content) {
  if (block >= legal.blocks()) return {};
  const auto found = identify_pattern(content, block);
  const auto allowed = legal.legal_now(block);
  if (found && std::find(allowed.begin(), allowed.end(), *found) != allowed.end()) return {};
  const std::string what = found ? fmt::format("write {}", *found) : "foreign bytes";
  return fmt::format("block {}: the other columns give {}, the last write is {}", block, what,
                     allowed.empty() ? 0 : allowed.front());
}

Broken broken_source(const raid::Unit& unit, const Place& place, uint32_t blocks) {
  const raid::Column& column = unit.columns[place.column];
  if (!place.current) return fmt::format("column {}: a device is read that is not in use", place.column);
  const uint64_t last = (place.offset + blocks - 1) / unit.un_segsize;
  for (uint64_t line = place.offset / unit.un_segsize; line <= last; ++line) {
    if (column_valid(unit, column, line)) continue;
    return fmt::format("column {}: read at line {} while {}, resync line {}", place.column, line,
                       word_of(column.un_devstate), unit.un_resync_line_index);
  }
  return {};
}

Broken broken_target(const DiskRoles& roles, uint32_t disk, uint64_t block, uint32_t blocks) {
  const Place first = roles.find(disk, block);
  const Place last = roles.find(disk, block + blocks - 1);
  if (first.role == Role::replica && last.role == Role::replica) return {};
  const auto area = [](const Place& p) { return p.role == Role::log || p.role == Role::data; };
  if (!area(first) || !area(last))
    return fmt::format("blocks {}..{} of disk {} are no column's", block, block + blocks - 1, disk);
  if (first.unit == last.unit && first.column == last.column && first.group == last.group) return {};
  return fmt::format("blocks {}..{} of disk {} are two columns'", block, block + blocks - 1, disk);
}

}  // namespace raidsim::harness
