// model/raid/layout.h: which column holds a segment, and which holds its line's parity.
//
// Columns across, lines down, one segment per cell; parity moves one column per line so that parity writes
// spread over all devices. With four original columns, ten lines and one concatenated column:
//
//             col 0    col 1    col 2    col 3  |  col 4 (added by grow: data only)
//   line 0    seg 0    seg 1    seg 2    parity |  seg 30
//   line 1    parity   seg 3    seg 4    seg 5  |  seg 31
//   line 2    seg 8    parity   seg 6    seg 7  |  seg 32
//
//   RS-09  the map block -> (column, row) is one to one; a segment never shares a column with its parity;
//          a concatenated column never holds parity.
//
// Parity at a row is the XOR of all other columns at that row, concatenated ones included.
#pragma once

#include <cstdint>

#include "model/raid/types.h"

namespace raidsim::raid {

struct Unit;

/// The four numbers that fix the map. Shape  3 <= original_columns <= columns; all at least 1
struct Geometry {
  uint64_t original_columns = 0;  ///< O
  uint64_t columns = 0;           ///< N
  uint64_t segment_blocks = 0;    ///< S
  uint64_t lines = 0;             ///< L
  bool operator==(const Geometry&) const = default;
  [[nodiscard]] constexpr uint64_t rows() const { return segment_blocks * lines; }
  [[nodiscard]] constexpr uint64_t segments() const { return lines * (columns - 1); }
  [[nodiscard]] constexpr uint64_t blocks() const { return segments() * segment_blocks; }  ///< un_actual_tb
};
[[nodiscard]] Geometry geometry_of(const Unit& unit) noexcept;

/// Rows of a column's data area, both ends included. Empty when first > last.
struct RowRange {
  uint64_t first = 1;
  uint64_t last = 0;
  bool operator==(const RowRange&) const = default;
  [[nodiscard]] constexpr bool empty() const noexcept { return first > last; }
  [[nodiscard]] constexpr uint64_t rows() const noexcept { return empty() ? 0 : last - first + 1; }
  [[nodiscard]] constexpr bool overlaps(const RowRange& other) const noexcept {
    return first <= other.last && other.first <= last && !empty() && !other.empty();
  }
};
/// The smallest range that covers both.
[[nodiscard]] RowRange hull(const RowRange& a, const RowRange& b) noexcept;

/// A segment's cell and its line's parity cell.
struct SegmentPlace {
  LineIndex line;
  ColumnIndex data;
  ColumnIndex parity;
};

/// Finds the cell of `segment`.
///
/// Shape   `segment` in [0, geometry.segments()); outside the unit is the caller's bug and stops the run
/// Source  spec/raid-data-model.md 5.2
[[nodiscard]] SegmentPlace place_of(SegmentIndex segment, const Geometry& geometry);

/// Column of the line's parity.
[[nodiscard]] ColumnIndex parity_column(LineIndex line, const Geometry& geometry) noexcept;

/// Where a caller's block lies.
struct BlockPlace {
  SegmentPlace segment;
  uint64_t offset = 0;  ///< blocks into the segment
  RowIndex row;
};
[[nodiscard]] BlockPlace place_of_block(uint64_t block, const Geometry& geometry);

/// The way back: the caller's block at a row of a column. Shape  `column` is not the row's parity column
[[nodiscard]] uint64_t block_at(ColumnIndex column, RowIndex row, const Geometry& geometry);

[[nodiscard]] constexpr LineIndex line_of(RowIndex row, const Geometry& geometry) {
  return LineIndex{row.value / geometry.segment_blocks};
}

}  // namespace raidsim::raid
