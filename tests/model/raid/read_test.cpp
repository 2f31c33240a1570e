#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/model/raid/bench.h"

namespace raidsim::raid {
namespace {

using testing::Bench;
using testing::Bytes;

int fails(const IoRequest&) { return EIO; }

/// Writes something everywhere, and waits until it is home.
void fill(Bench& bench) {
  const auto blocks = static_cast<uint32_t>(bench.unit->un.un_total_blocks);
  EXPECT_EQ(bench.write(0, blocks, 42), 0);
  sleep_for(100ms);
}

TEST(Reads, ReturnWhatWasWritten) {
  Bench bench;
  EXPECT_TRUE(bench.run([&] {
    fill(bench);
    EXPECT_TRUE(bench.all_reads_right());
    EXPECT_TRUE(bench.reads_right(13, 50));
  }));
  EXPECT_EQ(bench.unit->statistics.rebuilt_reads, 0U);
  EXPECT_EQ(bench.leftovers(), "");
}

// One column stops answering: each read of it is rebuilt from the others, the column is errored durably before
// the caller hears of it (RC-01), the hot-spare daemon is poked, and one message is written.
TEST(Reads, FailedColumnIsRebuiltAndRecorded_RC01_RL13) {
  Bench bench;
  bench.run([&] {
    fill(bench);
    bench.disk(2).on_request = fails;
    const uint64_t before = bench.store.commits;
    EXPECT_TRUE(bench.reads_right(16, 2));  // column 2 of line 0
    EXPECT_EQ(bench.store.commits, before + 1);
    EXPECT_EQ(bench.state(2), RCS_ERRED);
    EXPECT_TRUE(bench.all_reads_right());
  });
  EXPECT_EQ(bench.unit->un.un_state, RUS_ERRED);
  EXPECT_TRUE(bench.unit->un.columns[2].has(MD_RAID_MISSED_WRITE));
  EXPECT_EQ(bench.heard(md::EventSubclass::ESC_SVM_ERRED), 1U);
  EXPECT_EQ(bench.said(md::MessageId::READ_ERROR), 1U);
  EXPECT_EQ(bench.said(md::MessageId::NEEDS_MAINT), 1U);
  EXPECT_EQ(bench.pokes, 1U);
  EXPECT_EQ(bench.unit->device(ColumnIndex{2}, Target::now), nullptr) << "the first errored column is closed";
  EXPECT_EQ(bench.leftovers(), "");
}

// A second column fails while the first is being rebuilt from: its data are gone for these rows.
TEST(Reads, SecondFailureDuringARebuildIsEio_RD15) {
  Bench bench;
  bench.run([&] {
    fill(bench);
    bench.disk(2).on_request = fails;
    EXPECT_TRUE(bench.reads_right(16, 2));
    bench.disk(3).on_request = fails;
    Bytes data;
    EXPECT_EQ(bench.read(16, 2, data), EIO);
    EXPECT_EQ(bench.state(3), RCS_LAST_ERRED);
    EXPECT_EQ(bench.unit->un.un_state, RUS_LAST_ERRED);
    // The last-errored column's own device is tried first, since it may hold right data.
    bench.disk(3).on_request = nullptr;
    EXPECT_TRUE(bench.reads_right(24, 2));
  });
  EXPECT_EQ(bench.heard(md::EventSubclass::ESC_SVM_LASTERRED), 1U);
  EXPECT_EQ(bench.leftovers(), "");
}

// A column under rebuild is no source for lines that the resync has not reached (RH-01), though its device
// would answer with old bytes.
TEST(Reads, StaleSourceIsRefused_RH01_RL15) {
  Bench bench;
  bench.run([&] {
    fill(bench);
    Unit& un = bench.unit->un;
    un.columns[1].un_devstate = RCS_RESYNC;
    un.columns[1].un_devflags |= MD_RAID_REGEN_RESYNC | MD_RAID_DEV_ERRED;
    un.columns[2].un_devstate = RCS_LAST_ERRED;
    un.columns[2].un_devflags |= MD_RAID_MISSED_WRITE;
    un.un_state = RUS_LAST_ERRED;
    bench.disk(1).log.clear();
    Bytes data;
    EXPECT_EQ(bench.read(16, 1, data), EIO) << "column 2 missed a write, column 1 is not rebuilt";
    EXPECT_TRUE(bench.disk(1).log.empty());
    un.un_resync_line_index = 1;
    un.un_resync_busy_line = un.un_segsincolumn;
    EXPECT_TRUE(bench.reads_right(16, 1)) << "below the resync line it is a source";
  });
  EXPECT_EQ(bench.leftovers(), "");
}

// The second column fails while the first is rebuilt, and now column 1's rows below the resync line exist on its
// new device alone: the rebuild of a read meets the column that missed writes. Those rows are within tolerance and
// come from the device that holds them; rows above the line, and rows of the region under way, do not (V4, V6).
TEST(Reads, RebuiltRowsAreReadWhereTheyAreWhenNothingElseHasThem_V4) {
  Bench bench;
  bench.run([&] {
    fill(bench);
    Unit& un = bench.unit->un;
    un.columns[1].un_devstate = RCS_RESYNC;
    un.columns[1].un_devflags |= MD_RAID_REGEN_RESYNC | MD_RAID_DEV_ERRED;
    un.columns[2].un_devstate = RCS_LAST_ERRED;
    un.columns[2].un_devflags |= MD_RAID_MISSED_WRITE;
    un.un_state = RUS_LAST_ERRED;
    un.un_resync_line_index = 1;
    un.un_resync_busy_line = 0;
    Bytes data;
    EXPECT_EQ(bench.read(8, 1, data), EIO) << "line 0 is being rebuilt";
    un.un_resync_busy_line = un.un_segsincolumn;
    EXPECT_TRUE(bench.reads_right(8, 1));
    bench.disk(1).on_request = fails;
    EXPECT_EQ(bench.read(8, 1, data), EIO) << "and it is tried once";
    EXPECT_EQ(bench.state(1), RCS_LAST_ERRED);
    EXPECT_TRUE(un.columns[1].has(MD_RAID_MISSED_WRITE)) << "above the line it holds nothing";
  });
  EXPECT_EQ(bench.leftovers(), "");
}

// Absent columns are zero and are not touched (RH-02).
TEST(Reads, AbsentColumnsAreSkipped_RH02) {
  Bench bench;
  bench.run([&] {
    EXPECT_EQ(bench.write(0, 1, 5), 0);
    bench.unit->un.columns[3].un_devstate = RCS_INIT;
    std::memset(bench.row(3, 0), 0x5A, block_bytes);
    bench.disk(3).log.clear();
    bench.disk(0).on_request = fails;
    EXPECT_TRUE(bench.reads_right(0, 1));
    EXPECT_TRUE(bench.disk(3).log.empty());
  });
  EXPECT_EQ(bench.leftovers(), "");
}

TEST(Reads, EndOfTheUnit) {
  Bench bench;
  EXPECT_TRUE(bench.run([&] {
    const uint64_t end = bench.unit->un.un_total_blocks;
    Bytes data;
    EXPECT_EQ(bench.read(end + 1, 1, data), EINVAL);
    EXPECT_EQ(bench.read(end, 1, data), 0);
    md::Buffer cut;
    Bytes room(4 * block_bytes);
    int done = 0;
    cut.block = end - 1;
    cut.bytes = 4 * block_bytes;
    cut.data = room.data();
    cut.owner = &done;
    cut.done = [](md::Buffer& b) { ++*static_cast<int*>(b.owner); };
    md_raid_strategy(*bench.unit, cut, md::MD_STR_TOP);
    sleep_for(1s);
    EXPECT_EQ(done, 1);
    EXPECT_EQ(cut.residual, 3 * block_bytes);
    EXPECT_EQ(raid_transfer(*bench.unit, md::BufferOp::read, end, 1, room.data(), md::MD_STR_NOTTOP), ENXIO);
  })) << bench.why();
}

TEST(Reads, FlushIsAnsweredWithoutIo_D12) {
  Bench bench;
  EXPECT_TRUE(bench.run([&] {
    EXPECT_EQ(raid_transfer(*bench.unit, md::BufferOp::flush, 0, 0, nullptr), 0);
    for (auto& disk : bench.disks) EXPECT_TRUE(disk->log.empty());
  }));
}

}  // namespace
}  // namespace raidsim::raid
