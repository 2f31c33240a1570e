#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "model/raid/prewrite_header.h"
#include "tests/model/raid/bench.h"

namespace raidsim::raid {
namespace {

using testing::Bench;
using testing::Bytes;

constexpr uint32_t line_blocks = 8 * 4;  // interlace 8, five columns

// A whole line is written without reading old content: one probe read, one pre-write, one home write a column.
TEST(FullLine, NeedsNoOldData) {
  Bench bench;
  EXPECT_TRUE(bench.run([&] { EXPECT_EQ(bench.write(line_blocks, line_blocks, 3), 0); }));
  for (auto& disk : bench.disks) {
    ASSERT_EQ(disk->log.size(), 3U);
    EXPECT_EQ(disk->log[0].op, IoOp::read);
    EXPECT_EQ(disk->log[0].blocks, 1U) << "the column probe";
    EXPECT_TRUE(disk->log[1].fua);
    EXPECT_EQ(disk->log[1].blocks, 9U);
    EXPECT_EQ(disk->log[2].blocks, 8U);
  }
  EXPECT_EQ(bench.unit->statistics.full_lines, 1U);
  EXPECT_TRUE(bench.parity_holds());
  EXPECT_TRUE(bench.run([&] { EXPECT_TRUE(bench.all_reads_right()); }));
  EXPECT_EQ(bench.leftovers(), "");
}

// Every entry of the line says N columns and names the parity column; that of the parity names the first
// segment's (raid-data-model.md 6.2).
TEST(FullLine, EntriesFormOneGroup) {
  Bench bench;
  EXPECT_TRUE(bench.run([&] { EXPECT_EQ(bench.write(line_blocks, line_blocks, 3), 0); }));
  for (uint64_t column = 0; column < 5; ++column) {  // line 1: parity 0, first segment 1
    const auto header = decode_header(ConstHeaderBlock(bench.disk(column).at(0), block_bytes));
    EXPECT_TRUE(plausible(header, bench.unit->un, ColumnIndex{column}));
    EXPECT_EQ(header.rpw_colcount, 5U);
    EXPECT_EQ(header.rpw_columnnum, column == 0 ? 1 : 0);
    EXPECT_EQ(header.rpw_blkno, 8U);
  }
}

TEST(FullLine, OnlyAlignedWholeLinesOfAHealthyUnit) {
  Bench bench;
  const Unit& un = bench.unit->un;
  EXPECT_TRUE(full_line_shaped(un, 0, line_blocks));
  EXPECT_FALSE(full_line_shaped(un, 0, line_blocks - 1));
  EXPECT_FALSE(full_line_shaped(un, 8, 2 * line_blocks));
  Unit sick = un;
  sick.columns[1].un_devstate = RCS_ERRED;
  EXPECT_FALSE(full_line_shaped(sick, 0, line_blocks));
  Unit regen = un;
  regen.un_state = RUS_REGEN;
  EXPECT_FALSE(full_line_shaped(regen, 0, line_blocks));
  Unit small_io = un;
  small_io.un_iosize = 4;
  EXPECT_FALSE(full_line_shaped(small_io, 0, line_blocks));
}

// The probe meets a bad column: no state changes (RH-29), and the line is written piece by piece, which then
// finds the failure and survives it.
TEST(FullLine, FailedProbeChangesNothing_RH29) {
  Bench bench;
  bench.run([&] {
    bench.disk(2).on_request = [](const IoRequest& r) { return r.op == IoOp::read && r.block == 0 ? EIO : 0; };
    EXPECT_EQ(bench.write(0, line_blocks, 3), 0);
    sleep_for(10ms);
  });
  EXPECT_EQ(bench.unit->statistics.full_lines, 0U);
  EXPECT_EQ(bench.state(2), RCS_OKAY);
  EXPECT_TRUE(bench.parity_holds());
  EXPECT_EQ(bench.leftovers(), "");
}

// One column fails in the pre-write stage: it is left out on the retry, its data live in the parity.
TEST(FullLine, ColumnThatFailsIsLeftOut) {
  for (const uint64_t failing : {uint64_t{0}, uint64_t{3}, uint64_t{4}}) {
    Bench bench;
    bench.run([&] {
      bench.disk(failing).on_request = [](const IoRequest& r) { return r.op == IoOp::write ? EIO : 0; };
      EXPECT_EQ(bench.write(0, line_blocks, 3), 0);
      EXPECT_EQ(bench.state(failing), RCS_ERRED);
      EXPECT_EQ(bench.store.commits > 0, true);
      EXPECT_TRUE(bench.all_reads_right());
    });
    EXPECT_EQ(bench.leftovers(), "");
  }
}

TEST(FullLine, TwoFailingColumnsAreEio) {
  Bench bench;
  bench.run([&] {
    for (const uint64_t column : {uint64_t{1}, uint64_t{3}}) {
      bench.disk(column).on_request = [](const IoRequest& r) { return r.op == IoOp::write ? EIO : 0; };
    }
    EXPECT_EQ(bench.write(0, line_blocks, 3), EIO);
  });
  EXPECT_EQ(bench.unit->un.un_state, RUS_LAST_ERRED);
  EXPECT_EQ(bench.leftovers(), "");
}

// A home write fails after the caller was told: the column is errored and has missed a write; data are whole.
TEST(FullLine, FailedHomeWriteMarksTheColumn) {
  Bench bench;
  bench.run([&] {
    bench.disk(1).on_request = [](const IoRequest& r) { return r.op == IoOp::write && !r.fua ? EIO : 0; };
    EXPECT_EQ(bench.write(0, line_blocks, 3), 0);
    sleep_for(10ms);
    EXPECT_EQ(bench.state(1), RCS_ERRED);
    EXPECT_TRUE(bench.unit->un.columns[1].has(MD_RAID_MISSED_WRITE));
    EXPECT_TRUE(bench.all_reads_right());
  });
  EXPECT_EQ(bench.leftovers(), "");
}

TEST(FullLine, VolatileCachesAreFlushedBeforeSlotsComeFree_RH12) {
  Bench bench({.cache = CacheKind::volatile_write_back});
  EXPECT_TRUE(bench.run([&] { EXPECT_EQ(bench.write(0, line_blocks, 3), 0); }));
  for (auto& disk : bench.disks) {
    EXPECT_EQ(disk->log.back().op, IoOp::flush);
    disk->power_cut();
  }
  EXPECT_TRUE(bench.parity_holds());
  EXPECT_TRUE(bench.run([&] { EXPECT_TRUE(bench.all_reads_right()); }));
  EXPECT_EQ(bench.leftovers(), "");
}

// Column buffers come from memory that may have to be waited for, the pair from the reserve.
TEST(FullLine, WorksOnTheReservePair_RH25) {
  Bench bench;
  bench.no_memory = true;
  EXPECT_TRUE(bench.run([&] { EXPECT_EQ(bench.write(0, 2 * line_blocks, 3), 0); }));
  EXPECT_TRUE(bench.parity_holds());
  EXPECT_EQ(bench.leftovers(), "");
}

// Splitting: pieces are in ascending order, cover the request once, and stay inside a segment and a slot.
RC_GTEST_PROP(Splitting, PiecesCoverTheRequestOnce, ()) {
  Unit un;
  un.un_state = RUS_OKAY;
  un.un_origcolumncnt = static_cast<uint32_t>(*rc::gen::inRange(3, 8));
  un.un_totalcolumncnt = un.un_origcolumncnt + static_cast<uint32_t>(*rc::gen::inRange(0, 2));
  un.un_segsize = *rc::gen::inRange<uint64_t>(2, 12);
  un.un_segsincolumn = 5;
  un.un_maxio = *rc::gen::inRange<uint64_t>(2, 20);
  un.un_iosize = std::min(un.un_maxio, un.un_segsize + 1);
  un.columns.resize(un.un_totalcolumncnt);
  for (Column& column : un.columns) column.un_devstate = RCS_OKAY;
  const Geometry g = geometry_of(un);
  uint64_t block = *rc::gen::inRange<uint64_t>(0, g.blocks());
  uint64_t left = *rc::gen::inRange<uint64_t>(1, g.blocks() - block + 1);
  while (left > 0) {
    const bool line = full_line_shaped(un, block, left);
    const Piece piece = next_piece(un, block, left, line);
    RC_ASSERT(piece.blocks > 0U && piece.blocks <= left);
    RC_ASSERT(piece.rows.rows() <= un.un_iosize - 1);
    RC_ASSERT(piece.rows.first / un.un_segsize == piece.line.value);
    RC_ASSERT(piece.rows.last / un.un_segsize == piece.line.value);
    RC_ASSERT(block_at(piece.data, RowIndex{piece.rows.first}, g) == block);
    if (line) RC_ASSERT(piece.blocks == un.un_segsize * (un.un_totalcolumncnt - 1));
    if (!line) RC_ASSERT(piece.blocks == piece.rows.rows());
    block += piece.blocks;
    left -= piece.blocks;
  }
}

}  // namespace
}  // namespace raidsim::raid
