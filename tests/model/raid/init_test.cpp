// tests/model/raid/init_test.cpp: zeroing of new columns (raid-resync.md 7).
#include <gtest/gtest.h>

#include "model/raid/init.h"
#include "tests/model/raid/sample_unit.h"
#include "tests/model/raid/volume.h"

namespace raidsim::raid {
namespace {

using md::EventSubclass;
using testing::sample_unit;
using testing::Volume;

void scribble(Volume& v) {
  for (auto& disk : v.disks) std::fill(disk->content().begin(), disk->content().end(), std::byte{0xA5});
}

TEST(Init, NewUnitIsZeroedAndOkay_RE02) {
  Volume v({.state = RUS_INIT});
  scribble(v);
  ASSERT_TRUE(v.run([&] {
    EXPECT_TRUE(raid_create(*v.system, v.image()).is_ok());
    EXPECT_EQ(v.open(), EAGAIN);
  }));
  EXPECT_EQ(v.un().un_state, RUS_OKAY);
  EXPECT_EQ(v.heard(EventSubclass::ESC_SVM_CREATE), 1U);
  EXPECT_EQ(v.heard(EventSubclass::ESC_SVM_INIT_START), 1U);
  EXPECT_EQ(v.heard(EventSubclass::ESC_SVM_INIT_SUCCESS), 1U);
  EXPECT_FALSE(v.un().has(MD_UN_GROW_PENDING));  // RT-17
  EXPECT_EQ(v.recorded().un_state, RUS_OKAY);
  for (uint64_t c = 0; c < 4; ++c) EXPECT_EQ(v.opens[c], 0);
  ASSERT_TRUE(v.run([&] {
    ASSERT_EQ(v.open(), 0);
    EXPECT_TRUE(v.reads_right());  // zeroes
    v.fill();
    EXPECT_TRUE(v.reads_right());
  }));
  EXPECT_TRUE(v.parity_holds());
  EXPECT_EQ(*v.disk(0).at(v.un().un_pwsize + v.un().rows()), std::byte{0xA5});  // RD-12
}

TEST(Init, OneBadDiskMakesTheUnitDoi) {
  Volume v({.state = RUS_INIT});
  v.kill(2);
  ASSERT_TRUE(v.run([&] { EXPECT_TRUE(raid_create(*v.system, v.image()).is_ok()); }));
  EXPECT_EQ(v.un().un_state, RUS_DOI);
  EXPECT_EQ(v.state(2), RCS_INIT_ERRED);
  EXPECT_EQ(v.heard(EventSubclass::ESC_SVM_INIT_FATAL), 1U);
  ASSERT_TRUE(v.run([&] { EXPECT_EQ(v.open(), EAGAIN); }));
}

// K05: the zeroes reached the disk but the log area could not be written: that is a failure like any other.
TEST(Init, LogAreaThatCannotBeWrittenIsAFailure_K05) {
  Volume v({.state = RUS_INIT});
  int writes_at_0 = 0;
  v.disk(1).on_request = [&](const IoRequest& r) {
    return r.op == IoOp::write && r.block == 0 && ++writes_at_0 == 2 ? EIO : 0;
  };
  ASSERT_TRUE(v.run([&] { EXPECT_TRUE(raid_create(*v.system, v.image()).is_ok()); }));
  EXPECT_EQ(v.state(1), RCS_INIT_ERRED);
}

// Power fails while zeroing; set-sync after the boot begins again from the start.
TEST(Init, StartsOverAfterACrash) {
  Volume v({.state = RUS_INIT});
  scribble(v);
  (void)v.run([&] {
    v.disk(3).on_request = [&v](const IoRequest& r) {
      if (r.block >= 64) v.host.crash();
      return 0;
    };
    (void)raid_create(*v.system, v.image());
  });
  v.heal(3);
  v.reboot();
  ASSERT_EQ(v.un().un_state, RUS_INIT);
  ASSERT_TRUE(v.run([&] { EXPECT_TRUE(raid_setsync(*v.system, Volume::minor).is_ok()); }));
  EXPECT_EQ(v.un().un_state, RUS_OKAY);
  EXPECT_TRUE(v.parity_holds());
}

// RH-26b: the new size is taken over only in the commit after which no column is absent.
TEST(Init, GrowTotalWaitsForEveryColumn_RH26) {
  Unit unit = sample_unit(5);
  unit.un_total_blocks = 72;
  unit.un_grow_tb = 96;
  unit.columns[4].un_devstate = RCS_INIT_ERRED;
  settle_initialised(unit, RUS_ERRED, true, 9);
  EXPECT_EQ(unit.un_total_blocks, 72U);
  EXPECT_EQ(unit.un_state, RUS_ERRED);
  unit.columns[4].un_devstate = RCS_OKAY;
  settle_initialised(unit, RUS_ERRED, false, 9);
  EXPECT_EQ(unit.un_total_blocks, 96U);
  EXPECT_EQ(unit.un_grow_tb, 0U);
  EXPECT_EQ(unit.un_state, RUS_OKAY);
}

}  // namespace
}  // namespace raidsim::raid
