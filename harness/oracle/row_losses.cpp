#include "harness/oracle/row_losses.h"

#include <fmt/core.h>

#include <algorithm>

#include "harness/invariants/log_entry.h"
#include "harness/world/world.h"
#include "model/raid/layout.h"

namespace raidsim::harness {
namespace {

/// "98..131, 176 and 3 more"
std::string listed(const std::vector<uint64_t>& blocks) {
  constexpr int most_ranges = 6;
  std::string out;
  size_t i = 0;
  for (int range = 0; range < most_ranges && i < blocks.size(); ++range) {
    const uint64_t first = blocks[i];
    while (i + 1 < blocks.size() && blocks[i + 1] == blocks[i] + 1) ++i;
    out += range == 0 ? "" : ", ";
    out += first == blocks[i] ? fmt::format("{}", first) : fmt::format("{}..{}", first, blocks[i]);
    ++i;
  }
  if (i < blocks.size()) out += fmt::format(" and {} more", blocks.size() - i);
  return out;
}

}  // namespace

RowLosses::RowLosses(World& world, uint32_t unit, const raid::Unit& now)
    : world_(world),
      unit_(unit),
      now_(now),
      target_(static_cast<uint32_t>(now.un_resync_index)),
      sources_(parity_groups(now, target_)),
      sums_(world.bay(), world.roles()) {}

void RowLosses::held(uint32_t column, uint64_t row) {
  if (column != target_ && !now_.columns[column].absent()) settle(column, row, {now_.columns[column].now});
}

void RowLosses::rebuilt(uint64_t row) {
  if (target_ < now_.columns.size()) settle(target_, row, sources_);
}

// A sector that cannot be read stands for itself: a read of it fails, and says so.
void RowLosses::settle(uint32_t column, uint64_t row, const std::vector<raid::DeviceGroup>& groups) {
  const raid::Geometry geometry = raid::geometry_of(now_);
  const raid::RowIndex at{row};
  if (raid::parity_column(raid::line_of(at, geometry), geometry).value == column) return;
  const uint64_t block = raid::block_at(raid::ColumnIndex{column}, at, geometry);
  UnitPort& port = *world_.ports()[unit_];
  if (block >= port.blocks() || !sums_.readable(groups, row, 1) || !sums_.sum(groups, row, 1)) return;
  if (port.lose(block, sums_.row(0))) lost_.push_back(block);
}

RowSet RowLosses::logged_rows() const {
  RowSet rows;
  alignas(64) std::byte header[block_bytes];
  for (const raid::Column& column : now_.columns) {
    const uint32_t disk = world_.roles().disk_of(column.now.dev);
    if (disk >= world_.bay().size()) continue;
    for (uint64_t slot = 0; slot < now_.un_pwcnt; ++slot) {
      const uint64_t at = world_.roles().disk_block(column.now.dev, column.now.pwstart + slot * now_.un_iosize);
      if (at >= world_.bay()[disk].blocks()) break;
      world_.bay()[disk].peek(at, 1, header);
      const LogEntryHeader entry = read_log_header(header);
      const bool possible = entry.magic == raid::RAID_PWMAGIC && entry.blocks < now_.un_iosize;
      if (possible && entry.row < now_.rows()) rows.add(entry.row, std::min(entry.row + entry.blocks, now_.rows()));
    }
  }
  return rows;
}

void RowLosses::report(const std::string& because) {
  if (lost_.empty()) return;
  std::sort(lost_.begin(), lost_.end());
  const std::string& name = world_.scenario().units[unit_].name;
  const std::string text =
      fmt::format("{}: lost by force, as {}: blocks {} ({} in all)", name, because, listed(lost_), lost_.size());
  world_.verdicts().finding(Outcome::detected_loss, text, Verdicts::Keep::always);
}

}  // namespace raidsim::harness
