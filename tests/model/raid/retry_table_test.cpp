// tests/model/raid/retry_table_test.cpp: what a failed transfer of each path and stage leads to (raid-io.md 7.8), and
// what the caller sees of it (raid-io.md 10). Line 0 of the bench: data in columns 0 to 3, parity in column 4.
#include <gtest/gtest.h>

#include "model/raid/prewrite_header.h"
#include "tests/model/raid/bench.h"

namespace raidsim::raid {
namespace {

using testing::Bench;
using testing::Bytes;

enum class Step { read, pre_write, home };

bool is_step(const Bench& bench, const IoRequest& r, Step step) {
  if (step == Step::read) return r.op == IoOp::read;
  const bool log = r.block < bench.unit->un.un_pwsize;
  return r.op == IoOp::write && log == (step == Step::pre_write);
}

struct RetryRow {
  const char* name;
  int64_t errored;  ///< column that is errored beforehand; -1: none
  uint64_t failing;
  Step step;
  int answer;         ///< of a write of one block to column 0
  ColumnState state;  ///< of the failing column then
  bool missed;        ///< MISSED_WRITE of the failing column
  bool home = false;  ///< home writes of other columns of the write are still made
};

class RetryTable : public ::testing::TestWithParam<RetryRow> {};

TEST_P(RetryTable, StepFails_7_8) {
  const RetryRow& row = GetParam();
  Bench bench;
  bench.run([&] {
    EXPECT_EQ(bench.write(0, 160, 1), 0);
    sleep_for(10ms);
    if (row.errored >= 0) {
      const auto errored = static_cast<uint64_t>(row.errored);
      bench.disk(errored).on_request = [](const IoRequest&) { return EIO; };
      EXPECT_EQ(bench.write(0, 160, 2), 0);
      sleep_for(10ms);
      EXPECT_EQ(bench.state(errored), RCS_ERRED);
    }
    for (auto& disk : bench.disks) disk->log.clear();
    const size_t said = bench.said(md::MessageId::WRITE_ERROR);
    bench.disk(row.failing).on_request = [&](const IoRequest& r) { return is_step(bench, r, row.step) ? EIO : 0; };
    EXPECT_EQ(bench.write(0, 1, 3), row.answer);
    sleep_for(10ms);
    EXPECT_EQ(bench.state(row.failing), row.state);
    EXPECT_EQ(bench.unit->un.columns[row.failing].has(MD_RAID_MISSED_WRITE), row.missed);
    EXPECT_EQ(bench.unit->un.un_state, row.errored < 0 ? RUS_ERRED : RUS_LAST_ERRED);
    EXPECT_EQ(bench.said(md::MessageId::WRITE_ERROR), said + 1);
    bool home = false;
    for (uint64_t c = 0; c < 5; ++c) {
      if (c == row.failing) continue;
      for (const auto& served : bench.disk(c).log) {
        home = home || (served.op == IoOp::write && served.block >= bench.unit->un.un_pwsize);
      }
    }
    EXPECT_EQ(home, row.home);
    bench.disk(row.failing).on_request = nullptr;
    EXPECT_TRUE(row.errored >= 0 || bench.all_reads_right());
  });
  EXPECT_EQ(bench.leftovers(), "") << bench.why();
}
INSTANTIATE_TEST_SUITE_P(
    Write, RetryTable,
    ::testing::Values(RetryRow{"RmwReadOldData", -1, 0, Step::read, 0, RCS_ERRED, true, true},
                      RetryRow{"RmwReadOldParity", -1, 4, Step::read, 0, RCS_ERRED, true, true},
                      RetryRow{"RmwPreWriteData", -1, 0, Step::pre_write, 0, RCS_ERRED, true, true},
                      RetryRow{"RmwPreWriteParity", -1, 4, Step::pre_write, 0, RCS_ERRED, true, true},
                      RetryRow{"RmwHomeData", -1, 0, Step::home, 0, RCS_ERRED, true, true},
                      RetryRow{"RmwHomeParity", -1, 4, Step::home, 0, RCS_ERRED, true, true},
                      RetryRow{"RmwReadOldDataOfADegradedUnit", 2, 0, Step::read, EIO, RCS_LAST_ERRED, false},
                      RetryRow{"RmwPreWriteOfADegradedUnit", 2, 0, Step::pre_write, EIO, RCS_LAST_ERRED, false},
                      RetryRow{"RmwHomeOfADegradedUnit", 2, 0, Step::home, 0, RCS_LAST_ERRED, true, true},
                      RetryRow{"DataOnlyPreWrite", 4, 0, Step::pre_write, EIO, RCS_LAST_ERRED, false},
                      RetryRow{"DataOnlyHome", 4, 0, Step::home, 0, RCS_LAST_ERRED, true},
                      RetryRow{"ParityOnlyReadOthers", 0, 2, Step::read, EIO, RCS_LAST_ERRED, false},
                      RetryRow{"ParityOnlyPreWrite", 0, 4, Step::pre_write, EIO, RCS_LAST_ERRED, false},
                      RetryRow{"ParityOnlyHome", 0, 4, Step::home, 0, RCS_LAST_ERRED, true}),
    [](const auto& each) { return each.param.name; });

class HomeMissed : public ::testing::TestWithParam<uint64_t> {};

// A home write of a degraded unit fails after its caller was told. The log holds what was missed (D-17), so the column
// may come back; until then it is no source.
TEST_P(HomeMissed, LogStillHoldsTheWrite_D17_RH01) {
  const uint64_t failing = GetParam();
  Bench bench;
  bench.run([&] {
    EXPECT_EQ(bench.write(0, 160, 1), 0);
    sleep_for(10ms);
    bench.disk(4 - failing).on_request = [](const IoRequest&) { return EIO; };
    EXPECT_EQ(bench.write(0, 160, 2), 0);
    sleep_for(10ms);
    bench.disk(failing).on_request = [&](const IoRequest& r) { return is_step(bench, r, Step::home) ? EIO : 0; };
    EXPECT_EQ(bench.write(0, 1, 3), 0);
    sleep_for(10ms);
    EXPECT_TRUE(bench.unit->un.columns[failing].has(MD_RAID_MISSED_WRITE | MD_RAID_LOG_COMPLETE));
    Bytes data;
    EXPECT_EQ(bench.read(0, 1, data), EIO) << "never old data with success (RD-15)";
    EXPECT_EQ(bench.write(9, 1, 4), EIO);
  });
  EXPECT_EQ(bench.leftovers(), "") << bench.why();
}
INSTANTIATE_TEST_SUITE_P(Write, HomeMissed, ::testing::Values(uint64_t{0}, uint64_t{4}));

// Two transfers of one stage fail: both are recorded, data before parity, so the data column is errored and the parity
// column last errored (7.7).
TEST(RecordingOrder, DataThenParity_7_7) {
  Bench bench;
  bench.run([&] {
    bench.disk(0).on_request = bench.disk(4).on_request = [](const IoRequest&) { return EIO; };
    EXPECT_EQ(bench.write(0, 1, 3), EIO);
    EXPECT_EQ(bench.state(0), RCS_ERRED);
    EXPECT_EQ(bench.state(4), RCS_LAST_ERRED);
  });
  EXPECT_EQ(bench.heard(md::EventSubclass::ESC_SVM_ERRED), 1U);
  EXPECT_EQ(bench.heard(md::EventSubclass::ESC_SVM_LASTERRED), 1U);
  EXPECT_EQ(bench.said(md::MessageId::NEEDS_MAINT), 1U);
  EXPECT_EQ(bench.said(md::MessageId::LAST_ERRED_NOTE), 0U);
  EXPECT_EQ(bench.leftovers(), "");
}

// One transfer of a stage has failed, another hangs: nothing is done about the failure until both are over (7.7).
TEST(RecordingOrder, StageIsHandledWhenAllOfItIsOver_7_7) {
  Bench bench;
  int answer = -1;
  bench.run([&] {
    bench.disk(0).on_request = [](const IoRequest&) { return EIO; };
    bench.disk(4).hold = true;
    bench.simulation.spawn("writer", [&] { answer = bench.write(0, 1, 3); });
    sleep_for(20ms);
    EXPECT_EQ(bench.state(0), RCS_OKAY);
    EXPECT_EQ(bench.said(md::MessageId::WRITE_ERROR), 0U);
    bench.disk(4).release_held();
    sleep_for(20ms);
    EXPECT_EQ(bench.state(0), RCS_ERRED);
  });
  EXPECT_EQ(answer, 0);
  EXPECT_EQ(bench.leftovers(), "");
}

// A request of two pieces: the home write of one fails while the other still keeps the caller waiting. The caller is
// told when the failure is on record, not before (RL-13, V14; docs/decisions/0004).
TEST(RecordingOrder, AnswerWaitsForTheRecordOfAnotherPiece_RL13_RC01) {
  Bench bench;
  bench.run([&] {
    bench.disk(0).on_request = [&](const IoRequest& r) { return is_step(bench, r, Step::home) ? EIO : 0; };
    bench.disk(1).service = 5ms;
    bench.store.commit_time = 5ms;
    const uint64_t before = bench.store.commits;
    EXPECT_EQ(bench.write(7, 2, 3), 0);  // the last block of column 0, the first of column 1
    EXPECT_GT(bench.store.commits, before);
    EXPECT_EQ(bench.state(0), RCS_ERRED);
  });
  EXPECT_EQ(bench.leftovers(), "");
}

// A retry of the pre-write stage keeps pwid and slot: no second entry of the write appears (7.7).
TEST(RecordingOrder, RetryKeepsPwidAndSlot_7_7_RL09) {
  Bench bench;
  bench.run([&] {
    bench.disk(0).on_request = [&](const IoRequest& r) { return is_step(bench, r, Step::pre_write) ? EIO : 0; };
    EXPECT_EQ(bench.write(0, 1, 3), 0);
    sleep_for(10ms);
  });
  const Unit& un = bench.unit->un;
  uint32_t live = 0;
  for (uint64_t slot = 0; slot < un.un_pwcnt; ++slot) {
    const auto header = decode_header(ConstHeaderBlock(bench.disk(4).at(slot * un.un_iosize), block_bytes));
    if (!plausible(header, un, ColumnIndex{4})) continue;
    ++live;
    EXPECT_EQ(header.rpw_id, static_cast<int64_t>(un.un_pwid));
    EXPECT_EQ(header.rpw_colcount, 1U) << "the retry logs parity alone, over its first entry";
  }
  EXPECT_EQ(live, 1U);
}

// Neither the data nor the parity column of a write can be used, in a unit that is not LAST_ERRED by its own account.
TEST(CallerSees, NeitherColumnUsableIsEio_10) {
  Bench bench;
  bench.run([&] {
    Unit& un = bench.unit->un;
    un.columns[0].un_devstate = RCS_ERRED;
    un.columns[4].un_devstate = RCS_RESYNC;
    un.columns[4].un_devflags |= MD_RAID_REGEN_RESYNC;
    un.un_state = RUS_ERRED;
    EXPECT_EQ(bench.write(0, 1, 1), EIO);
    for (auto& disk : bench.disks) EXPECT_TRUE(disk->log.empty());
  });
  EXPECT_EQ(bench.leftovers(), "");
}

TEST(CallerSees, RowsBeyondTheColumnAreEnxio_10) {
  Bench bench;
  bench.run([&] {
    Bytes room(block_bytes);
    const uint64_t end = bench.unit->un.un_total_blocks;
    EXPECT_EQ(raid_transfer(*bench.unit, md::BufferOp::write, end, 1, room.data(), md::MD_STR_NOTTOP), ENXIO);
    for (auto& disk : bench.disks) EXPECT_TRUE(disk->log.empty());
  });
  EXPECT_EQ(bench.leftovers(), "");
}

// Reads of a LAST_ERRED unit are attempted: those of columns that work are answered, a rebuilt one is not (10).
TEST(CallerSees, LastErredUnitStillReadsWhatItCan_10) {
  Bench bench;
  bench.run([&] {
    EXPECT_EQ(bench.write(0, 160, 1), 0);
    sleep_for(10ms);
    bench.disk(0).on_request = bench.disk(1).on_request = [](const IoRequest&) { return EIO; };
    Bytes data;
    EXPECT_EQ(bench.read(0, 16, data), EIO);
    EXPECT_EQ(bench.unit->un.un_state, RUS_LAST_ERRED);
    EXPECT_TRUE(bench.reads_right(16, 16));
    EXPECT_EQ(bench.read(0, 8, data), EIO);
  });
  EXPECT_EQ(bench.leftovers(), "");
}

// A hot-spare scan is asked for once the failed request is over, not before (7.6).
TEST(CallerSees, DaemonIsPokedWhenTheRequestIsOver_7_6) {
  Bench bench;
  bench.run([&] {
    bench.disk(0).on_request = [&](const IoRequest& r) { return is_step(bench, r, Step::pre_write) ? EIO : 0; };
    bench.disk(4).service = 1ms;
    EXPECT_EQ(bench.write(0, 1, 1), 0);
    EXPECT_EQ(bench.pokes, 0U) << "the home write is still under way";
    sleep_for(10ms);
    EXPECT_EQ(bench.pokes, 1U);
  });
}

}  // namespace
}  // namespace raidsim::raid
