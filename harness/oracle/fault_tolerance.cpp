#include "harness/oracle/fault_tolerance.h"

#include <fmt/core.h>

#include <algorithm>

#include "model/raid/layout.h"

namespace raidsim::harness {
namespace {

std::string names(const std::vector<uint32_t>& columns) {
  std::string out;
  for (const uint32_t c : columns) out += fmt::format("{}{}", out.empty() ? "" : ", ", c);
  return out;
}

}  // namespace

FaultTolerance::FaultTolerance(disk::DiskBay& bay, const DiskRoles& roles, const StateWatch& watch,
                               const ProtocolPoints& points, std::vector<md::Minor> minors)
    : bay_(bay), roles_(roles), watch_(watch), points_(points), minors_(std::move(minors)), tainted_(minors_.size()) {}

uint32_t FaultTolerance::index_of(md::Minor minor) const {
  const auto it = std::find(minors_.begin(), minors_.end(), minor);
  return static_cast<uint32_t>(it - minors_.begin());
}

bool FaultTolerance::device_unusable(DeviceNumber device, uint64_t first_block, uint64_t blocks, SimTime began) const {
  const uint32_t disk = DiskRoles::disk_of(device);
  if (disk >= bay_.size()) return true;
  const disk::VirtualDisk& d = bay_[disk];
  if (d.dead() || !d.powered() || !bay_.paths(disk).any_up()) return true;
  if (points_.last_trouble(disk) >= began) return true;
  const uint64_t at = roles_.disk_block(device, first_block);
  return d.damage().first_unreadable(at, blocks) < at + blocks;
}

bool FaultTolerance::column_unusable(uint32_t unit, uint32_t column, uint64_t line, SimTime began) const {
  const raid::Unit& u = watch_.last_seen(unit);
  const raid::Column& c = u.columns[column];
  if (watch_.last_unusable(unit, column) >= began) {
    // A column under rebuild serves the lines below the resync line, if it did so all the time.
    const bool rebuilt = c.weak() && line < u.un_resync_line_index;
    if (!rebuilt) return true;
  }
  return device_unusable(c.now.dev, c.now.devstart + line * u.un_segsize, u.un_segsize, began);
}

std::vector<uint32_t> FaultTolerance::unusable_columns(uint32_t unit, uint64_t line, SimTime began) const {
  std::vector<uint32_t> out;
  for (uint32_t c = 0; c < watch_.last_seen(unit).columns.size(); ++c) {
    if (column_unusable(unit, c, line, began)) out.push_back(c);
  }
  return out;
}

std::string FaultTolerance::excuse_for_error(md::Minor minor, SimTime began, md::BufferOp op, uint64_t block,
                                             uint32_t blocks, int error) const {
  const uint32_t unit = index_of(minor);
  const raid::Unit& u = watch_.last_seen(unit);
  if (u.columns.empty()) return "the unit never came up";
  if (op == md::BufferOp::write && error == EIO && watch_.last_last_errored(unit) >= began) {
    return "the unit is last errored: writes are refused";
  }
  if (error != EIO && error != ENXIO) return {};
  const raid::Geometry geometry = raid::geometry_of(u);
  for (uint64_t b = block; b < block + blocks; b += geometry.segment_blocks - b % geometry.segment_blocks) {
    const uint64_t line = raid::place_of_block(b, geometry).segment.line.value;
    const auto bad = unusable_columns(unit, line, began);
    if (bad.size() > 1) return fmt::format("line {} is beyond tolerance: columns {} are unusable", line, names(bad));
  }
  return {};
}

std::string FaultTolerance::excuse_for_content(md::Minor minor, uint64_t block) const {
  const uint32_t unit = index_of(minor);
  const raid::Unit& u = watch_.last_seen(unit);
  if (u.columns.empty()) return {};
  return excuse_for_row(unit, raid::place_of_block(block, raid::geometry_of(u)).row.value);
}

std::string FaultTolerance::excuse_for_row(uint32_t unit, uint64_t row) const {
  for (const Tainted& tainted : tainted_[unit]) {
    if (row >= tainted.first_row && row < tainted.end_row) return fmt::format("{} (row {})", tainted.by, row);
  }
  return {};
}

void FaultTolerance::liar_touched(uint32_t disk, uint64_t block, uint64_t blocks, const std::string& by) {
  for (uint64_t b = block; b < block + blocks; ++b) {
    const Place place = roles_.find(disk, b);
    if (place.role != Role::data) continue;
    auto& list = tainted_[place.unit];
    const bool grows = !list.empty() && list.back().by == by && list.back().end_row == place.offset;
    if (grows) {
      ++list.back().end_row;
    } else {
      list.push_back({place.offset, place.offset + 1, by});
    }
  }
}

}  // namespace raidsim::harness
