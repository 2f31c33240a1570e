// model/raid/layout.cpp
#include "model/raid/layout.h"

#include <algorithm>

#include "engine/assert.h"
#include "model/raid/create_geometry.h"
#include "model/raid/unit.h"

namespace raidsim::raid {
namespace {

constexpr uint64_t round_down(uint64_t value, uint64_t unit) { return value - value % unit; }
constexpr uint64_t round_up(uint64_t value, uint64_t unit) { return round_down(value + unit - 1, unit); }

/// Least of what is left behind each start block; 0 when a start lies beyond its device's end.
uint64_t smallest_space(std::span<const DeviceExtent> devices) {
  uint64_t least = UINT64_MAX;
  for (const DeviceExtent& device : devices) {
    least = std::min(least, device.size > device.start ? device.size - device.start : 0);
  }
  return least;
}

}  // namespace

Geometry geometry_of(const Unit& unit) noexcept {
  return {.original_columns = unit.un_origcolumncnt,
          .columns = unit.un_totalcolumncnt,
          .segment_blocks = unit.un_segsize,
          .lines = unit.un_segsincolumn};
}

RowRange hull(const RowRange& a, const RowRange& b) noexcept {
  if (a.empty()) return b;
  if (b.empty()) return a;
  return {std::min(a.first, b.first), std::max(a.last, b.last)};
}

ColumnIndex parity_column(LineIndex line, const Geometry& geometry) noexcept {
  return ColumnIndex{(line.value + geometry.original_columns - 1) % geometry.original_columns};
}

SegmentPlace place_of(SegmentIndex segment, const Geometry& geometry) {
  RAIDSIM_ASSERT(segment.value < geometry.segments());
  const uint64_t originals = geometry.original_columns;
  const uint64_t rotated = (originals - 1) * geometry.lines;
  SegmentPlace place;
  if (segment.value < rotated) {
    place.line = LineIndex{segment.value / (originals - 1)};
    place.data = ColumnIndex{(segment.value % (originals - 1) + place.line.value) % originals};
  } else {
    const uint64_t added = segment.value - rotated;
    place.line = LineIndex{added % geometry.lines};
    place.data = ColumnIndex{originals + added / geometry.lines};
  }
  place.parity = parity_column(place.line, geometry);
  RAIDSIM_ASSERT(place.data != place.parity);  // RS-09
  return place;
}

BlockPlace place_of_block(uint64_t block, const Geometry& geometry) {
  BlockPlace place;
  const uint64_t segment = block / geometry.segment_blocks;
  place.segment = place_of(SegmentIndex{segment}, geometry);
  place.offset = block - segment * geometry.segment_blocks;
  place.row = RowIndex{place.segment.line.value * geometry.segment_blocks + place.offset};
  return place;
}

uint64_t block_at(ColumnIndex column, RowIndex row, const Geometry& geometry) {
  RAIDSIM_ASSERT(column.value < geometry.columns);
  RAIDSIM_ASSERT(row.value < geometry.rows());
  const uint64_t line = row.value / geometry.segment_blocks;
  const uint64_t originals = geometry.original_columns;
  uint64_t segment = 0;
  if (column.value >= originals) {
    segment = (originals - 1 + column.value - originals) * geometry.lines + line;
  } else {
    const uint64_t place_in_line = (column.value + originals - line % originals) % originals;
    RAIDSIM_ASSERT(place_in_line != originals - 1);  // the line's parity has no caller block
    segment = line * (originals - 1) + place_in_line;
  }
  return segment * geometry.segment_blocks + row.value % geometry.segment_blocks;
}

std::optional<CreatedGeometry> create_geometry(std::span<const DeviceExtent> original, uint64_t interlace,
                                               uint32_t slots, uint64_t cylinder_blocks) {
  RAIDSIM_ASSERT(original.size() >= MD_RAID_MIN);
  RAIDSIM_ASSERT(interlace >= RAID_MIN_INTERLACE && interlace <= MAXINTERLACE);
  RAIDSIM_ASSERT(slots > 0 && cylinder_blocks > 0);
  CreatedGeometry made;
  made.maxio = UINT64_MAX;
  for (const DeviceExtent& device : original) made.maxio = std::min(made.maxio, device.longest_transfer);
  made.iosize = std::min(made.maxio, interlace + 1);
  if (made.iosize < 2) return std::nullopt;  // RS-01: a slot holds a header and a payload block

  const uint64_t disk = smallest_space(original);
  const uint64_t log = round_up(slots * made.iosize, 2);
  if (log > disk || disk - log < interlace) return std::nullopt;
  made.lines = (disk - log) / interlace;
  const uint64_t column_size = interlace * made.lines;
  made.pwcnt = static_cast<uint32_t>(round_down(disk - column_size, 2) / made.iosize);
  made.pwsize = round_up(made.pwcnt * made.iosize, 2);
  made.actual_tb = column_size * (original.size() - 1);
  made.total_blocks = round_down(made.actual_tb, cylinder_blocks);
  RAIDSIM_ASSERT(made.pwcnt >= slots);
  RAIDSIM_ASSERT(made.pwsize + column_size <= disk);
  return made;
}

bool fits_concatenated(const DeviceExtent& device, const Unit& unit) noexcept {
  const uint64_t log_end = device.start + unit.un_pwsize;
  return device.size >= log_end && device.size - log_end >= unit.rows() && device.longest_transfer >= unit.un_maxio;
}

}  // namespace raidsim::raid
