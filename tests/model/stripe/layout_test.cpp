// Where a unit's blocks are (stripe.md 2).
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>

#include "model/stripe/layout.h"

namespace raidsim::stripe {
namespace {

/// The worked example of 2.3: rows of 96 / 96 / 96 and 150 blocks, start blocks 16, 0, 0 and 1024.
Unit example() {
  Unit unit;
  const Extent first[] = {{.start = 16, .size = 116}, {.start = 0, .size = 120}, {.start = 0, .size = 96}};
  const Extent second[] = {{.start = 1024, .size = 1174}};
  EXPECT_TRUE(add_row(unit, first, 32));
  EXPECT_TRUE(add_row(unit, second, 32));
  set_totals(unit, 20);
  unit.components.resize(4);
  unit.components[0].un_start_block = 16;
  unit.components[3].un_start_block = 1024;
  return unit;
}

/// component, device block, blocks
using Pieces = std::vector<std::tuple<uint32_t, uint64_t, uint64_t>>;

Pieces pieces(const Unit& unit, uint64_t block, uint64_t blocks, uint64_t longest = 0) {
  Pieces all;
  for (bool more = true; more;) {
    const Fragment f = cut(place_of(unit, block), blocks, longest);
    all.emplace_back(f.component, f.block, f.blocks);
    block += f.blocks;
    blocks -= f.blocks;
    more = f.more;
  }
  return all;
}

TEST(StripeLayout, RowsAreAsLongAsTheirShortestComponentAllows) {
  const Unit unit = example();
  EXPECT_EQ(unit.rows[0], (Row{0, 3, 288, 288, 32}));
  EXPECT_EQ(unit.rows[1], (Row{3, 1, 150, 438, 32}));
  EXPECT_EQ(unit.un_actual_tb, 438u);
  EXPECT_EQ(unit.un_total_blocks, 420u);
  EXPECT_EQ(broken_structure(unit), nullptr);
}

TEST(StripeLayout, RequestsAreCutAsInTheWorkedExample) {
  const Unit unit = example();
  EXPECT_EQ(pieces(unit, 100, 1), (Pieces{{0, 52, 1}}));
  EXPECT_EQ(pieces(unit, 80, 60), (Pieces{{2, 16, 16}, {0, 48, 32}, {1, 32, 12}}));
  EXPECT_EQ(pieces(unit, 280, 20), (Pieces{{2, 88, 8}, {3, 1024, 12}}));
  EXPECT_EQ(pieces(unit, 287, 1), (Pieces{{2, 95, 1}}));
  EXPECT_EQ(pieces(unit, 288, 1), (Pieces{{3, 1024, 1}}));
  EXPECT_EQ(pieces(unit, 288, 120, 56), (Pieces{{3, 1024, 56}, {3, 1080, 56}, {3, 1136, 8}}));
}

// What reaches over the end of the last concatenation ends there: there is no component to go on with.
TEST(StripeLayout, NothingIsLeftBehindTheLastConcatenation) {
  const Fragment last = cut(place_of(example(), 430), 100, 0);
  EXPECT_EQ(last.blocks, 8u);
  EXPECT_FALSE(last.more);
}

TEST(StripeLayout, AComponentsBlocksAsTheUnitNumbersThem) {
  const Unit unit = example();
  EXPECT_EQ(blocks_of(unit, 0), (Blocks{0, 3, 64, 32}));
  EXPECT_EQ(blocks_of(unit, 2), (Blocks{64, 3, 64, 32}));
  EXPECT_EQ(blocks_of(unit, 3), (Blocks{288, 1, 0, 150}));
}

TEST(StripeLayout, ARowWithoutRoomIsNotAdded) {
  Unit unit;
  const Extent none[] = {{.start = 96, .size = 96}};
  const Extent short_one[] = {{.start = 0, .size = 31}, {.start = 0, .size = 320}};
  EXPECT_FALSE(add_row(unit, none, 32));
  EXPECT_FALSE(add_row(unit, short_one, 32));
  EXPECT_TRUE(unit.rows.empty());
}

Unit arbitrary() {
  Unit unit;
  const auto rows = *rc::gen::inRange<size_t>(1, 5);
  for (size_t r = 0; r < rows; ++r) {
    const auto interlace = *rc::gen::inRange<uint64_t>(16, 40);
    std::vector<Extent> extents(*rc::gen::inRange<size_t>(1, 5));
    for (Extent& extent : extents) {
      extent.start = *rc::gen::inRange<uint64_t>(0, 50);
      extent.size = extent.start + *rc::gen::inRange<uint64_t>(40, 200);
      Component component;
      component.un_start_block = extent.start;
      unit.components.push_back(component);
    }
    RC_ASSERT(add_row(unit, extents, interlace));
  }
  set_totals(unit);
  return unit;
}

// Every block has one place, inside of its component's extent, and every block of every extent is taken.
RC_GTEST_PROP(StripeLayout, TheMapIsOneToOneAndOnto_INVS05, ()) {
  const Unit unit = arbitrary();
  std::set<std::pair<uint32_t, uint64_t>> taken;
  for (uint64_t b = 0; b < unit.un_actual_tb; ++b) {
    const Place place = place_of(unit, b);
    RC_ASSERT(place.component < unit.components.size());
    const uint64_t start = unit.components[place.component].un_start_block;
    RC_ASSERT(place.block >= start && place.block < unit.blocks_needed(place.component));
    RC_ASSERT(taken.emplace(place.component, place.block).second);
  }
  uint64_t places = 0;
  for (uint32_t c = 0; c < unit.components.size(); ++c) places += unit.row_of(c).component_blocks();
  RC_ASSERT(places == unit.un_actual_tb);
}

// The pieces of a request are the places of its blocks, in their order.
RC_GTEST_PROP(StripeLayout, PiecesAreThePlacesOfTheBlocks, ()) {
  const Unit unit = arbitrary();
  const auto first = *rc::gen::inRange<uint64_t>(0, unit.un_actual_tb);
  const auto blocks = *rc::gen::inRange<uint64_t>(1, unit.un_actual_tb - first + 1);
  const auto longest = *rc::gen::element<uint64_t>(0, 1, 7, 64);
  uint64_t at = first;
  for (const auto& [component, block, count] : pieces(unit, first, blocks, longest)) {
    RC_ASSERT(longest == 0 || count <= longest);
    for (uint64_t i = 0; i < count; ++i, ++at) {
      const Place place = place_of(unit, at);
      RC_ASSERT(place.component == component && place.block == block + i);
    }
  }
  RC_ASSERT(at == first + blocks);
}

// 2.4 names the same blocks as the map does.
RC_GTEST_PROP(StripeLayout, BlocksOfAComponentLieOnIt, ()) {
  const Unit unit = arbitrary();
  const auto c = *rc::gen::inRange<uint32_t>(0, static_cast<uint32_t>(unit.components.size()));
  const Blocks blocks = blocks_of(unit, c);
  RC_ASSERT(blocks.count * blocks.size == unit.row_of(c).component_blocks());
  for (uint64_t i = 0; i < blocks.count; ++i) {
    for (const uint64_t within : {uint64_t{0}, blocks.size - 1}) {
      RC_ASSERT(place_of(unit, blocks.first + i * (blocks.size + blocks.skip) + within).component == c);
    }
  }
}

}  // namespace
}  // namespace raidsim::stripe
