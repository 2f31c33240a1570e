// tests/model/raid/hot_spare_test.cpp: branches of the hot-spare scan (raid-hotspare.md 3.1) and what a spare gives.
#include <gtest/gtest.h>

#include "model/raid/state.h"
#include "tests/model/raid/sample_unit.h"
#include "tests/model/raid/volume.h"

namespace raidsim::raid {
namespace {

using hotspare::SpareState;
using md::EventSubclass;
using testing::sample_unit;
using testing::Volume;

/// Column 1's disk dies under a write. The scan runs at the end of the request.
void lose_column_1(Volume& v) {
  ASSERT_EQ(v.open(), 0);
  v.fill();
  v.kill(1);
  ASSERT_EQ(v.write(0, 24, 900), 0);
}

TEST(HotSpare, ConditionsOfTheScan_RH21) {
  Unit unit = sample_unit();
  unit.un_hsp_id = 1;
  EXPECT_FALSE(wants_spare(unit));
  (void)raid_set_state(unit, ColumnIndex{1}, RCS_ERRED, Flavour::normal, 1);
  EXPECT_TRUE(wants_spare(unit));
  EXPECT_TRUE(column_wants_spare(unit, ColumnIndex{1}));
  EXPECT_FALSE(column_wants_spare(unit, ColumnIndex{2}));
  Unit none = unit;
  none.un_hsp_id = md::MD_HSP_NONE;
  EXPECT_FALSE(wants_spare(none));
  Unit growing = unit;
  growing.un_status = MD_UN_GROW_PENDING;
  EXPECT_FALSE(column_wants_spare(growing, ColumnIndex{1}));
  Unit active = unit;
  active.un_status = MD_UN_RESYNC_ACTIVE;
  EXPECT_FALSE(wants_spare(active));
  (void)raid_set_state(unit, ColumnIndex{2}, RCS_ERRED, Flavour::normal, 1);
  EXPECT_FALSE(wants_spare(unit));
}

// A column dies, the spare takes its place, is rebuilt and serves: another column may die then.
TEST(HotSpare, StartedRow_SpareIsRebuiltAndServes_RD06) {
  Volume v({.spares = 1});
  ASSERT_TRUE(v.run([&] { lose_column_1(v); }));
  EXPECT_EQ(v.state(1), RCS_OKAY);
  EXPECT_EQ(v.un().un_state, RUS_OKAY);
  EXPECT_EQ(v.column(1).un_hs_id, v.spares[0].record);
  EXPECT_EQ(v.spares[0].state, SpareState::HSS_RESERVED);
  EXPECT_EQ(v.column(1).now.dev, v.disk(4).number());  // RS-04
  EXPECT_FALSE(v.un().has(MD_UN_RESYNC_ACTIVE));
  EXPECT_EQ(v.heard(EventSubclass::ESC_SVM_HOTSPARED), 1U);
  EXPECT_EQ(v.heard(EventSubclass::ESC_SVM_RESYNC_START), 1U);  // RE-01
  EXPECT_EQ(v.heard(EventSubclass::ESC_SVM_RESYNC_DONE), 1U);
  EXPECT_TRUE(v.parity_holds());
  EXPECT_EQ(v.recorded().columns[1].un_devstate, RCS_OKAY);  // RE-05
  ASSERT_TRUE(v.run([&] {
    v.kill(3);
    EXPECT_TRUE(v.reads_right());
  }));
}

TEST(HotSpare, NoneAvailableRow) {
  Volume v({.spares = 1});
  v.spares[0].state = SpareState::HSS_BROKEN;
  ASSERT_TRUE(v.run([&] { lose_column_1(v); }));
  EXPECT_EQ(v.state(1), RCS_ERRED);
  EXPECT_EQ(v.un().un_state, RUS_ERRED);
  EXPECT_FALSE(v.un().has(MD_UN_RESYNC_ACTIVE));
  EXPECT_FALSE(v.column(1).has(MD_RAID_REGEN_RESYNC));  // RT-12
  EXPECT_FALSE(v.column(1).hot_spared());
  EXPECT_EQ(v.heard(EventSubclass::ESC_SVM_HS_FREED), 0U);
}

TEST(HotSpare, SpareDoesNotOpenAnotherDoesRow_RP07) {
  Volume v({.spares = 2});
  v.missing = {4};
  ASSERT_TRUE(v.run([&] { lose_column_1(v); }));
  EXPECT_EQ(v.state(1), RCS_OKAY);
  EXPECT_EQ(v.spares[0].state, SpareState::HSS_BROKEN);
  EXPECT_EQ(v.spares[1].state, SpareState::HSS_RESERVED);
  EXPECT_EQ(v.said(md::MessageId::HS_OPEN_ERROR), 1U);
  EXPECT_EQ(v.heard(EventSubclass::ESC_SVM_HS_FREED), 1U);
  EXPECT_EQ(v.heard(EventSubclass::ESC_SVM_HOTSPARED), 1U);
  EXPECT_TRUE(v.parity_holds());
}

TEST(HotSpare, SparesDoNotOpenNoneLeftRow) {
  Volume v({.spares = 2});
  v.missing = {4, 5};
  ASSERT_TRUE(v.run([&] { lose_column_1(v); }));
  EXPECT_EQ(v.state(1), RCS_ERRED);
  EXPECT_EQ(v.column(1).now.dev, v.column(1).orig.dev);
  EXPECT_FALSE(v.column(1).has(MD_RAID_DEV_ISOPEN));
  EXPECT_EQ(v.spares[0].state, SpareState::HSS_BROKEN);
  EXPECT_EQ(v.spares[1].state, SpareState::HSS_BROKEN);
  EXPECT_EQ(v.said(md::MessageId::HS_OPEN_ERROR), 2U);
}

// The spare in use dies too: it is given back as broken, and the next one serves.
TEST(HotSpare, FailedSpareIsReleasedBroken_RP07) {
  Volume v({.spares = 2});
  ASSERT_TRUE(v.run([&] { lose_column_1(v); }));
  ASSERT_TRUE(v.run([&] {
    v.kill(4);
    ASSERT_EQ(v.write(0, 24, 901), 0);
  }));
  EXPECT_EQ(v.spares[0].state, SpareState::HSS_BROKEN);
  EXPECT_EQ(v.spares[1].state, SpareState::HSS_RESERVED);
  EXPECT_EQ(v.said(md::MessageId::HS_ERRED_RELEASED), 1U);
  EXPECT_EQ(v.state(1), RCS_OKAY);
  EXPECT_TRUE(v.parity_holds());
  ASSERT_TRUE(v.run([&] { EXPECT_TRUE(v.reads_right()); }));
}

TEST(HotSpare, FailedSpareReleasedNoneLeftRow) {
  Volume v({.spares = 1});
  ASSERT_TRUE(v.run([&] { lose_column_1(v); }));
  ASSERT_TRUE(v.run([&] {
    v.kill(4);
    ASSERT_EQ(v.write(0, 24, 901), 0);
  }));
  EXPECT_EQ(v.state(1), RCS_ERRED);
  EXPECT_FALSE(v.column(1).hot_spared());
  EXPECT_EQ(v.spares[0].state, SpareState::HSS_BROKEN);
  EXPECT_EQ(v.recorded().columns[1].un_hs_id, 0);  // RC-03
}

// The spare fails a write of the resync: broken, and the column is errored on its own device again.
TEST(HotSpare, SpareThatCannotBeWrittenIsBroken_RH19) {
  Volume v({.spares = 1});
  v.disk(4).on_request = [&v](const IoRequest& r) {
    return r.op == IoOp::write && r.block >= v.un().un_pwsize ? EIO : 0;
  };
  ASSERT_TRUE(v.run([&] { lose_column_1(v); }));
  EXPECT_EQ(v.state(1), RCS_ERRED);
  EXPECT_EQ(v.spares[0].state, SpareState::HSS_BROKEN);
  EXPECT_EQ(v.column(1).now.dev, v.column(1).orig.dev);
  EXPECT_EQ(v.said(md::MessageId::RESYNC_WRITE_ERROR), 1U);
  EXPECT_EQ(v.heard(EventSubclass::ESC_SVM_RESYNC_FAILED), 1U);
}

// Another column fails during the rebuild: its data are the only ones, so it is last errored and kept; the spare,
// which did nothing wrong, goes back free (RH-18).
TEST(HotSpare, SourceFailsDuringRebuild_RH18) {
  Volume v({.spares = 1});
  ASSERT_TRUE(v.run([&] {
    ASSERT_EQ(v.open(), 0);
    v.fill();
    const uint64_t at = v.un().un_pwsize + 16;
    v.disk(2).on_request = [&v, at](const IoRequest& r) {
      return v.un().has(MD_UN_RESYNC_ACTIVE) && r.op == IoOp::read && r.block + r.blocks > at ? EIO : 0;
    };
    v.kill(1);
    (void)v.write(0, 8, 900);
    (void)v.write(8, 8, 901);
    (void)v.write(16, 8, 902);
  }));
  EXPECT_EQ(v.state(1), RCS_ERRED);
  EXPECT_EQ(v.state(2), RCS_LAST_ERRED);
  EXPECT_EQ(v.un().un_state, RUS_LAST_ERRED);
  EXPECT_EQ(v.spares[0].state, SpareState::HSS_AVAILABLE);
  EXPECT_FALSE(v.column(1).hot_spared());
}

// Power fails in the middle of the rebuild; set-sync after the boot starts over at line 0 and finishes (RC-05).
TEST(HotSpare, RebuildStartsOverAfterACrash_RC05) {
  Volume v({.spares = 1});
  (void)v.run([&] {
    v.disk(4).on_request = [&v](const IoRequest& r) {
      if (r.op == IoOp::write && r.block + r.blocks > v.un().un_pwsize + 16) v.host.crash();
      return 0;
    };
    lose_column_1(v);
  });
  v.heal(4);
  v.reboot();
  ASSERT_EQ(v.state(1), RCS_RESYNC);
  ASSERT_TRUE(v.column(1).weak());
  ASSERT_TRUE(v.run([&] { EXPECT_TRUE(raid_setsync(*v.system, Volume::minor).is_ok()); }));
  EXPECT_EQ(v.state(1), RCS_OKAY);
  EXPECT_EQ(v.un().un_state, RUS_OKAY);
  EXPECT_TRUE(v.parity_holds());
}

}  // namespace
}  // namespace raidsim::raid
