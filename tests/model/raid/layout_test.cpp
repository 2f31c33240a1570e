#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>

#include "engine/assert.h"
#include "model/raid/create_geometry.h"
#include "model/raid/layout.h"

namespace raidsim::raid {
namespace {

Geometry any_geometry() {
  const auto originals = *rc::gen::inRange<uint64_t>(3, 9);
  const auto added = *rc::gen::inRange<uint64_t>(0, 4);
  const auto segment = *rc::gen::inRange<uint64_t>(2, 7);
  const auto lines = *rc::gen::inRange<uint64_t>(1, 12);
  return {.original_columns = originals, .columns = originals + added, .segment_blocks = segment, .lines = lines};
}

// The worked example of raid-data-model.md 5.3: O = 4, N = 6, L = 10. -1 is parity.
TEST(Layout, WorkedExample_5_3) {
  const int64_t table[10][6] = {
      {0, 1, 2, -1, 30, 40},    {-1, 3, 4, 5, 31, 41},    {8, -1, 6, 7, 32, 42},    {10, 11, -1, 9, 33, 43},
      {12, 13, 14, -1, 34, 44}, {-1, 15, 16, 17, 35, 45}, {20, -1, 18, 19, 36, 46}, {22, 23, -1, 21, 37, 47},
      {24, 25, 26, -1, 38, 48}, {-1, 27, 28, 29, 39, 49},
  };
  const Geometry g{.original_columns = 4, .columns = 6, .segment_blocks = 2, .lines = 10};
  EXPECT_EQ(g.segments(), 50U);
  for (uint64_t line = 0; line < 10; ++line) {
    for (uint64_t column = 0; column < 6; ++column) {
      if (table[line][column] < 0) {
        EXPECT_EQ(parity_column(LineIndex{line}, g), ColumnIndex{column}) << "line " << line;
        continue;
      }
      const SegmentPlace place = place_of(SegmentIndex{static_cast<uint64_t>(table[line][column])}, g);
      EXPECT_EQ(place.line, LineIndex{line});
      EXPECT_EQ(place.data, ColumnIndex{column});
    }
  }
}

TEST(Layout, SegmentOutsideTheUnitStopsTheRun) {
  const Geometry g{.original_columns = 4, .columns = 4, .segment_blocks = 2, .lines = 10};
  EXPECT_THROW((void)place_of(SegmentIndex{30}, g), AssertionFailure);
}

RC_GTEST_PROP(Layout, DataAndParityNeverShareAColumn_RS09, ()) {
  const Geometry g = any_geometry();
  const auto place = place_of(SegmentIndex{*rc::gen::inRange<uint64_t>(0, g.segments())}, g);
  RC_ASSERT(place.data != place.parity);
  RC_ASSERT(place.parity.value < g.original_columns);
  RC_ASSERT(place.data.value < g.columns);
  RC_ASSERT(place.line.value < g.lines);
}

RC_GTEST_PROP(Layout, MapIsOneToOneAndOnto_RS09, ()) {
  const Geometry g = any_geometry();
  std::set<std::pair<uint64_t, uint64_t>> cells;
  for (uint64_t block = 0; block < g.blocks(); ++block) {
    const BlockPlace place = place_of_block(block, g);
    RC_ASSERT(place.row.value < g.rows());
    RC_ASSERT(cells.emplace(place.segment.data.value, place.row.value).second);
    RC_ASSERT(block_at(place.segment.data, place.row, g) == block);
  }
  // With the parity cells every row of every column is spoken for once.
  for (uint64_t row = 0; row < g.rows(); ++row) {
    RC_ASSERT(cells.emplace(parity_column(line_of(RowIndex{row}, g), g).value, row).second);
  }
  RC_ASSERT(cells.size() == g.rows() * g.columns);
}

RC_GTEST_PROP(Layout, EachOriginalColumnCarriesItsShareOfParity, ()) {
  Geometry g = any_geometry();
  g.lines = g.original_columns * 3;
  std::vector<uint64_t> lines(g.original_columns);
  for (uint64_t line = 0; line < g.lines; ++line) ++lines[parity_column(LineIndex{line}, g).value];
  for (const uint64_t count : lines) RC_ASSERT(count == 3U);
}

RC_GTEST_PROP(RowRanges, OverlapIsSharedRows, ()) {
  const auto a = *rc::gen::inRange<uint64_t>(0, 12), b = *rc::gen::inRange<uint64_t>(0, 12);
  const auto c = *rc::gen::inRange<uint64_t>(0, 12), d = *rc::gen::inRange<uint64_t>(0, 12);
  const RowRange x{a, b}, y{c, d};
  bool shared = false;
  for (uint64_t row = 0; row < 12; ++row) shared = shared || (a <= row && row <= b && c <= row && row <= d);
  RC_ASSERT(x.overlaps(y) == shared);
  RC_ASSERT(y.overlaps(x) == shared);
}

TEST(CreateGeometry, LeftOverGoesToTheLog_5_1) {
  const std::vector<DeviceExtent> devices(4, {.start = 16, .size = 16 + 90 + 5 * 8 + 7, .longest_transfer = 2048});
  const auto made = create_geometry(devices, 8, 10);
  ASSERT_TRUE(made);
  EXPECT_EQ(made->iosize, 9U);
  EXPECT_EQ(made->lines, 5U);
  EXPECT_EQ(made->pwcnt, 10U);  // 97 left, rounded down to 96: ten slots of nine
  EXPECT_EQ(made->pwsize, 90U);
  EXPECT_EQ(made->actual_tb, 8U * 5 * 3);
  EXPECT_FALSE(
      create_geometry(std::vector<DeviceExtent>(3, {.start = 0, .size = 97, .longest_transfer = 2048}), 8, 10));
}

RC_GTEST_PROP(CreateGeometry, AreasFitTheSmallestDevice_RS01_RS03, ()) {
  std::vector<DeviceExtent> devices(*rc::gen::inRange<size_t>(3, 7));
  for (DeviceExtent& device : devices) {
    device.start = *rc::gen::inRange<uint64_t>(0, 40);
    device.size = *rc::gen::inRange<uint64_t>(0, 5000);
    device.longest_transfer = *rc::gen::inRange<uint64_t>(2, 64);
  }
  const auto interlace = *rc::gen::inRange<uint64_t>(2, 200);
  const auto made = create_geometry(devices, interlace, 10, *rc::gen::inRange<uint64_t>(1, 50));
  RC_PRE(made.has_value());
  RC_ASSERT(made->lines >= 1U);
  RC_ASSERT(made->pwcnt >= 10U);
  RC_ASSERT(made->pwcnt * made->iosize <= made->pwsize);
  RC_ASSERT(made->pwsize % 2 == 0U);
  RC_ASSERT(made->total_blocks <= made->actual_tb);
  for (const DeviceExtent& device : devices) {
    RC_ASSERT(device.start + made->pwsize + made->lines * interlace <= device.size);
    RC_ASSERT(made->iosize <= device.longest_transfer);
  }
}

}  // namespace
}  // namespace raidsim::raid
