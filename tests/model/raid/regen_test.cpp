// tests/model/raid/regen_test.cpp: parity made anew (raid-resync.md 8), and verify, which only looks (D-13).
#include <gtest/gtest.h>

#include "model/raid/regen.h"
#include "model/raid/verify.h"
#include "tests/model/raid/volume.h"

namespace raidsim::raid {
namespace {

using md::EventSubclass;
using testing::Volume;

/// One byte of the line's parity is wrong.
void spoil(Volume& v, uint64_t line) {
  const ColumnIndex parity = parity_column(LineIndex{line}, v.unit().geometry());
  *v.disk(parity.value).at(v.un().un_pwsize + line * v.un().un_segsize + 3) ^= std::byte{1};
}

TEST(Regen, WrongParityIsFoundByVerifyAndMadeRight_RD01) {
  Volume v;
  ASSERT_TRUE(v.run([&] {
    ASSERT_EQ(v.open(), 0);
    v.fill();
    spoil(v, 2);
    VerifyReport report;
    ASSERT_TRUE(raid_verify(*v.system, Volume::minor, report).is_ok());
    EXPECT_EQ(report.lines_checked, v.options.lines);
    ASSERT_EQ(report.mismatches.size(), 1U);
    EXPECT_EQ(report.mismatches[0], (Mismatch{LineIndex{2}, RowIndex{2 * v.options.interlace + 3}}));
    EXPECT_TRUE(raid_regen(*v.system, Volume::minor).is_ok());
  }));
  EXPECT_TRUE(v.parity_holds());
  EXPECT_EQ(v.un().un_state, RUS_OKAY);
  EXPECT_EQ(v.heard(EventSubclass::ESC_SVM_REGEN_DONE), 1U);
  ASSERT_TRUE(v.run([&] { EXPECT_TRUE(v.reads_right()); }));
}

TEST(Verify, RewritesParityOnlyWhenAsked_D13) {
  Volume v;
  ASSERT_TRUE(v.run([&] {
    ASSERT_EQ(v.open(), 0);
    v.fill();
    spoil(v, 1);
    VerifyReport report;
    ASSERT_TRUE(raid_verify(*v.system, Volume::minor, report).is_ok());
  }));
  EXPECT_FALSE(v.parity_holds());
  ASSERT_TRUE(v.run([&] {
    VerifyReport report;
    ASSERT_TRUE(raid_verify(*v.system, Volume::minor, report, OnMismatch::rewrite_parity).is_ok());
    EXPECT_EQ(report.lines_repaired, 1U);
  }));
  EXPECT_TRUE(v.parity_holds());
}

// Lines are skipped while a column is missing: nothing can be said of them.
TEST(Verify, ReadErrorIsRecordedAndLaterLinesAreSkipped_D13) {
  Volume v;
  VerifyReport report;
  ASSERT_TRUE(v.run([&] {
    ASSERT_EQ(v.open(), 0);
    v.kill(3);
    ASSERT_TRUE(raid_verify(*v.system, Volume::minor, report).is_ok());
  }));
  EXPECT_EQ(report.lines_unread, 1U);
  EXPECT_EQ(report.lines_skipped, v.options.lines - 1);
  EXPECT_EQ(v.state(3), RCS_ERRED);
  EXPECT_TRUE(report.mismatches.empty());
}

// A column fails under the regeneration: that column alone is errored, and the thread stops (RH-24.1, RH-24.4).
TEST(Regen, StopsWhenAColumnFails_RH24) {
  Volume v;
  ASSERT_TRUE(v.run([&] {
    ASSERT_EQ(v.open(), 0);
    v.fill();
  }));
  v.disk(1).log.clear();
  ASSERT_TRUE(v.run([&] {
    v.kill(0);
    EXPECT_TRUE(raid_regen(*v.system, Volume::minor).is_ok());
  }));
  EXPECT_EQ(
      std::count_if(v.disk(1).log.begin(), v.disk(1).log.end(), [](const auto& each) { return each.op == IoOp::read; }),
      1)
      << "the first line's read is rebuilt, and no other line is read";
  EXPECT_EQ(v.state(0), RCS_ERRED);
  for (uint64_t c = 1; c < 4; ++c) EXPECT_EQ(v.state(c), RCS_OKAY);
  EXPECT_EQ(v.un().un_state, RUS_ERRED);
  EXPECT_EQ(v.heard(EventSubclass::ESC_SVM_REGEN_FAILED), 1U);
}

// What the regeneration wrote outlives the power, on a cache that forgets (RH-12.4).
TEST(Regen, ParityIsDurable_RH12_RC02) {
  Volume v({.cache = CacheKind::volatile_write_back});
  ASSERT_TRUE(v.run([&] {
    ASSERT_EQ(v.open(), 0);
    v.fill();
    sleep_for(10ms);
  }));
  spoil(v, 2);  // the unit stays open: no close flushes for the regeneration
  for (auto& disk : v.disks) disk->settle();
  ASSERT_TRUE(v.run([&] { EXPECT_TRUE(raid_regen(*v.system, Volume::minor).is_ok()); }));
  ASSERT_EQ(v.un().un_state, RUS_OKAY);
  for (auto& disk : v.disks) disk->power_cut();
  EXPECT_TRUE(v.parity_holds());
}

// RH-24.2: devices away when it should start: no column changes, the unit stays REGEN, a later request goes on.
TEST(Regen, UnitThatCannotOpenStaysRegen_RH24) {
  Volume v;
  v.missing = {0, 1};
  ASSERT_TRUE(v.run([&] { EXPECT_TRUE(raid_regen(*v.system, Volume::minor).is(md::MDE_RAID_OPEN_FAILURE)); }));
  EXPECT_EQ(v.un().un_state, RUS_REGEN);
  EXPECT_EQ(v.un().count(RCS_OKAY), 4U);
  v.missing.clear();
  ASSERT_TRUE(v.run([&] {
    v.unit().ui_tstate = 0;
    EXPECT_TRUE(raid_regen(*v.system, Volume::minor).is_ok());
  }));
  EXPECT_EQ(v.un().un_state, RUS_OKAY);
}

}  // namespace
}  // namespace raidsim::raid
