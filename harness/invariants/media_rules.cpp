#include "harness/invariants/media_rules.h"

#include <fmt/core.h>
#include <isa-l/raid.h>

#include <algorithm>
#include <cstring>

#include "engine/assert.h"
#include "harness/world/media.h"

namespace raidsim::harness {

namespace {

bool zeroes(std::span<const std::byte> bytes) {
  // Compares the range with itself, shifted by one: memcmp runs at the speed of memory.
  return bytes[0] == std::byte{0} && std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0;
}

}  // namespace

bool RowSums::readable(const std::vector<raid::DeviceGroup>& groups, uint64_t row, uint32_t count) const {
  return !groups.empty() && std::all_of(groups.begin(), groups.end(), [&](const raid::DeviceGroup& group) {
    return rows_readable(bay_, roles_, group, row, count);
  });
}

bool RowSums::sum(const std::vector<raid::DeviceGroup>& groups, uint64_t row, uint32_t count) {
  RAIDSIM_ASSERT(count <= piece_rows);
  bytes_ = size_t{count} * block_bytes;
  bool first = true;
  for (const raid::DeviceGroup& group : groups) {
    if (!read_rows(bay_, roles_, group, row, count, first ? total_ : one_)) return false;
    void* vectors[] = {total_, one_, total_};
    if (!first) (void)::xor_gen(3, static_cast<int>(bytes_), vectors);
    first = false;
  }
  return !first;
}

bool RowSums::zero(uint32_t i) const { return zeroes(row(i)); }
bool RowSums::all_zero() const { return zeroes(sum()); }

std::vector<raid::DeviceGroup> parity_groups(const raid::Unit& unit, uint32_t but) {
  std::vector<raid::DeviceGroup> groups;
  groups.reserve(unit.columns.size());
  for (uint32_t c = 0; c < unit.columns.size(); ++c) {
    if (c != but && !unit.columns[c].absent()) groups.push_back(unit.columns[c].now);
  }
  return groups;
}

Broken broken_rebuilt(const LegalValues& legal, uint64_t block, std::span<const std::byte> content) {
  if (block >= legal.blocks()) return {};
  const auto found = legal.identify(block, content);
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

Broken broken_target(const DiskRoles& roles, const Place& first, uint32_t disk, uint64_t block, uint32_t blocks) {
  const Place last = blocks == 1 ? first : roles.find(disk, block + blocks - 1);
  if (first.role == Role::replica && last.role == Role::replica) return {};
  const auto area = [](const Place& p) { return p.role == Role::log || p.role == Role::data; };
  if (!area(first) || !area(last))
    return fmt::format("blocks {}..{} of disk {} are no column's", block, block + blocks - 1, disk);
  if (first.unit == last.unit && first.column == last.column && first.group == last.group) return {};
  return fmt::format("blocks {}..{} of disk {} are two columns'", block, block + blocks - 1, disk);
}

}  // namespace raidsim::harness
