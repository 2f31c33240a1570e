// What an administrator gives up by force, and how little that excuses (D-17, V1).
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <set>

#include "harness/oracle/legal_values.h"
#include "harness/oracle/missed_rows.h"
#include "harness/oracle/row_set.h"
#include "harness/runner.h"
#include "scenarios/load.h"

namespace raidsim::harness {
namespace {

using scenarios::RequestKind;
using BlockData = std::array<std::byte, 512>;

BlockData garbage(int seed) {
  BlockData data;
  data.fill(std::byte(seed));
  return data;
}
BlockData written(WriteId id, uint64_t block) {
  BlockData data;
  fill_pattern(data, id, block);
  return data;
}

WriteId acknowledged(LegalValues& oracle, uint64_t block) {
  const WriteId id = oracle.begin_write(block, 1);
  oracle.end_write(id, WriteEnd::acknowledged);
  return id;
}
bool may_read(LegalValues& oracle, uint64_t block, const BlockData& data) {
  const auto found = oracle.identify(block, data);
  const auto read = oracle.begin_read();
  const bool legal = found && oracle.legal(read, block, *found);
  oracle.end_read(read);
  return legal;
}

TEST(Losses, ALostBlockIsWhatItWasOrWhatTheMediaHoldAndNothingElse_V1) {
  LegalValues oracle(8);
  const WriteId first = acknowledged(oracle, 3);
  const WriteId last = acknowledged(oracle, 3);

  EXPECT_TRUE(oracle.lose(3, garbage(7)));

  EXPECT_TRUE(may_read(oracle, 3, garbage(7)));
  EXPECT_TRUE(may_read(oracle, 3, written(last, 3)));
  EXPECT_FALSE(may_read(oracle, 3, written(first, 3)));
  EXPECT_FALSE(may_read(oracle, 3, garbage(8)));
  EXPECT_FALSE(may_read(oracle, 4, garbage(7)));
}

TEST(Losses, AnOldWriteIsLostDataToo) {
  LegalValues oracle(8);
  const WriteId old = acknowledged(oracle, 3);
  const WriteId last = acknowledged(oracle, 3);

  EXPECT_TRUE(oracle.lose(3, written(old, 3)));
  EXPECT_TRUE(may_read(oracle, 3, written(old, 3)));
  EXPECT_FALSE(oracle.lose(3, written(old, 3))) << "lost already";
  EXPECT_FALSE(oracle.lose(3, written(last, 3))) << "nothing is lost where the media hold the last write";
}

TEST(Losses, OnceReadALossStaysUntilItIsWrittenAgain) {
  LegalValues oracle(8);
  const WriteId before = acknowledged(oracle, 3);
  ASSERT_TRUE(oracle.lose(3, garbage(7)));

  oracle.loss_was_read(3);

  EXPECT_TRUE(may_read(oracle, 3, garbage(7)));
  EXPECT_FALSE(may_read(oracle, 3, written(before, 3)));
  const WriteId after = acknowledged(oracle, 3);
  EXPECT_FALSE(may_read(oracle, 3, garbage(7)));
  EXPECT_TRUE(may_read(oracle, 3, written(after, 3)));
}

// The logs were not emptied to their end when the host died: the next replay may bring back what they still hold.
TEST(Losses, WhatALogStillHoldsMayComeBackThoughTheLossWasRead) {
  LegalValues oracle(8);
  const WriteId before = acknowledged(oracle, 3);
  ASSERT_TRUE(oracle.lose(3, garbage(7)));
  ASSERT_TRUE(oracle.lose(4, garbage(9)));
  oracle.loss_was_read(3);
  oracle.loss_was_read(4);

  oracle.losses_may_come_back([](uint64_t block) { return block == 3; });

  EXPECT_TRUE(may_read(oracle, 3, written(before, 3)));
  EXPECT_TRUE(may_read(oracle, 3, garbage(7)));
  EXPECT_FALSE(may_read(oracle, 4, written(initial_zeroes, 4)));
}

RC_GTEST_PROP(RowSetAgainstASet, HoldsTheSameRows, ()) {
  RowSet rows;
  std::set<uint64_t> model;
  const auto steps = *rc::gen::container<std::vector<std::tuple<bool, uint64_t, uint64_t>>>(
      rc::gen::tuple(rc::gen::arbitrary<bool>(), rc::gen::inRange<uint64_t>(0, 30), rc::gen::inRange<uint64_t>(0, 9)));
  for (const auto& [add, first, count] : steps) {
    add ? rows.add(first, first + count) : rows.remove(first, first + count);
    for (uint64_t r = first; r < first + count; ++r) add ? (void)model.insert(r) : (void)model.erase(r);
    for (uint64_t r = 0; r < 40; ++r) RC_ASSERT(rows.contains(r) == model.contains(r));
    uint64_t behind = 0;
    for (const auto& [from, to] : rows.ranges()) {
      RC_ASSERT(from < to && (from == 0 || behind < from));
      behind = to;
    }
  }
}

// ---- which rows a column may have missed ----

class Missed : public testing::Test {
 protected:
  Missed() {
    unit_.un_segsize = 16;
    unit_.un_segsincolumn = 10;
    for (uint32_t c = 0; c < 3; ++c) {
      raid::Column column;
      column.un_devstate = raid::RCS_OKAY;
      column.now = column.orig = {.dev = disk_slice(c, 0), .pwstart = 0, .devstart = 100};
      unit_.columns.push_back(column);
    }
    missed_.look(0, unit_);
  }
  ClassifiedTransfer write(uint32_t disk, uint64_t row, uint32_t blocks, uint64_t number) {
    view_ = {.disk = disk, .op = IoOp::write, .blocks = blocks, .number = number};
    return {.view = view_,
            .place = {.role = Role::data, .current = true, .unit = 0, .column = disk == 3 ? 1 : disk, .offset = row},
            .unit = nullptr,
            .kind = RequestKind::home_write};
  }
  bool has(uint32_t column, uint64_t row) { return missed_.of(0, unit_, column).contains(row); }

  Simulation simulation_{SimulationOptions{}};
  disk::PagePool pool_;
  std::vector<disk::DiskOptions> options_ = std::vector<disk::DiskOptions>(4);
  disk::DiskBay bay_{simulation_, pool_, options_};
  raid::Unit unit_;
  MissedRows missed_{bay_};
  disk::TransferView view_;
};

TEST_F(Missed, AWriteIsMissedUntilItIsOnTheMedium) {
  missed_.issued(write(1, 20, 3, 1), unit_);
  EXPECT_TRUE(has(1, 22));
  EXPECT_FALSE(has(1, 23));
  missed_.durable(write(1, 21, 2, 1), unit_);
  EXPECT_TRUE(has(1, 20));
  EXPECT_FALSE(has(1, 22));
  EXPECT_FALSE(has(0, 20)) << "the others are no part of it";
}

// The cache brings the older of two writes to the medium, then loses the newer one.
TEST_F(Missed, AnOlderWriteThatGetsThereDoesNotStandForANewerOne) {
  missed_.issued(write(1, 20, 2, 1), unit_);
  missed_.issued(write(1, 21, 1, 2), unit_);
  missed_.durable(write(1, 20, 2, 1), unit_);
  EXPECT_FALSE(has(1, 20));
  EXPECT_TRUE(has(1, 21));
  missed_.issued(write(1, 21, 1, 3), unit_);
  missed_.durable(write(1, 21, 1, 3), unit_);
  EXPECT_FALSE(has(1, 21));
}

TEST_F(Missed, AColumnThatIsOutMissesWhatGoesToTheOthers) {
  unit_.columns[2].un_devstate = raid::RCS_ERRED;
  missed_.look(0, unit_);
  missed_.issued(write(0, 5, 1, 1), unit_);
  EXPECT_TRUE(has(2, 5));
  EXPECT_FALSE(has(1, 5));
  EXPECT_FALSE(has(2, 6));
}

TEST_F(Missed, ADeviceThatComesIntoServiceHoldsNothing) {
  unit_.columns[1].now.dev = disk_slice(3, 0);
  missed_.look(0, unit_);
  EXPECT_TRUE(has(1, 0) && has(1, 159));
  missed_.issued(write(3, 0, 16, 1), unit_);
  missed_.durable(write(3, 0, 16, 1), unit_);
  EXPECT_FALSE(has(1, 15));
  EXPECT_TRUE(has(1, 16));
}

// ---- whole runs ----

RunResult run_file(const std::string& file) {
  const scenarios::Scenario scenario = scenarios::load_file(RAIDSIM_LIBRARY "/" + file);
  return run_scenario(scenario, {.seed = 1}).result;
}
size_t said(const RunResult& result, const char* what) {
  return static_cast<size_t>(std::count_if(result.findings.begin(), result.findings.end(), [&](const std::string& f) {
    return f.find(std::string("lost by force, as ") + what) != std::string::npos;
  }));
}

TEST(ForcedRun, WhatAColumnMissedIsNamedOnce_D17) {
  const RunResult result = run_file("admin/forced-enable-accepts-a-loss.json");
  EXPECT_TRUE(result.passed());
  EXPECT_EQ(said(result, "column 3 missed writes: blocks "), 1U);
  EXPECT_EQ(result.outcome, Outcome::detected_loss);
}

// By then two hundred requests have failed, and findings are no longer kept.
TEST(ForcedRun, WhatTheLogsHeldIsNamedOnce_RH11) {
  const RunResult result = run_file("crash/abandoned-replay-is-given-up.json");
  EXPECT_TRUE(result.passed());
  EXPECT_EQ(said(result, "the logs are given up: blocks "), 1U);
}

// The last-errored column missed no write: force takes nothing from anybody.
TEST(ForcedRun, NothingIsLostWhereNothingWasMissed) {
  const RunResult result = run_file("admin/forced-out-of-last-errored.json");
  EXPECT_TRUE(result.passed());
  EXPECT_EQ(said(result, ""), 0U);
}

}  // namespace
}  // namespace raidsim::harness
