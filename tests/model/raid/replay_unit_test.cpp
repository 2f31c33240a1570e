// tests/model/raid/replay_unit_test.cpp: replay of a whole unit: interrupted writes, failures of the replay itself,
// and what an abandoned replay keeps others from doing (raid-replay.md 2, 6, 7; RH-11).
#include <gtest/gtest.h>

#include "model/raid/replay.h"
#include "tests/model/raid/crash_rig.h"

namespace raidsim::raid {
namespace {

using hotspare::SpareState;
using md::EventSubclass;
using testing::Bench;
using testing::crash_at_home_writes;
using testing::expect_data;
using testing::heal_all;
using testing::Volume;

ReplaceRequest force_enable(Volume& v, uint64_t column) {
  return {.minor = Volume::minor, .force = true, .old_device = v.column(column).orig.dev, .component = {}};
}

/// Reads of the disk's log area fail until the block is written again (F04).
void log_unreadable(Volume& v, uint64_t disk) {
  auto bad = std::make_shared<bool>(true);
  v.disk(disk).on_request = [&v, bad](const IoRequest& r) {
    if (r.block >= v.un().un_pwsize) return 0;
    if (r.op == IoOp::write) *bad = false;
    return r.op == IoOp::read && *bad ? EIO : 0;
  };
}

/// Column 1 is rebuilt on the spare when the power fails; the log of column 2 cannot be read afterwards.
void lose_power_in_the_rebuild(Volume& v) {
  (void)v.run([&] {
    v.disk(4).on_request = [&v](const IoRequest& r) {
      if (r.op == IoOp::write && r.block + r.blocks > v.un().un_pwsize + 16) v.host.crash();
      return 0;
    };
    ASSERT_EQ(v.open(), 0);
    v.fill();
    v.kill(1);
    ASSERT_EQ(v.write(0, 24, 900), 0);
  });
  heal_all(v);
  v.kill(1);
  v.reboot();
  ASSERT_TRUE(v.column(1).weak());
}

// A rebuild is restarted after a boot while a log cannot be read: the replay is abandoned. Going on with the rebuild
// would end in a unit that takes writes while old entries wait in its logs; so it stops, and the spare goes back.
TEST(AbandonedReplay, NoResyncGoesOnOverIt_RH11) {
  Volume v({.spares = 1});
  lose_power_in_the_rebuild(v);
  log_unreadable(v, 2);
  ASSERT_TRUE(v.run([&] { (void)raid_setsync(*v.system, Volume::minor); }));
  EXPECT_EQ(v.state(1), RCS_ERRED);
  EXPECT_EQ(v.state(2), RCS_LAST_ERRED);
  EXPECT_EQ(v.un().un_state, RUS_LAST_ERRED);
  EXPECT_FALSE(v.un().has(MD_UN_REPLAYED));
  EXPECT_FALSE(v.column(1).hot_spared());
  EXPECT_EQ(v.spares[0].state, SpareState::HSS_AVAILABLE);
  EXPECT_EQ(v.heard(EventSubclass::ESC_SVM_RESYNC_FAILED), v.heard(EventSubclass::ESC_SVM_RESYNC_START));  // RE-01

  v.heal(2);
  ASSERT_TRUE(v.run([&] { ASSERT_EQ(v.open(), 0); }));
  EXPECT_TRUE(v.un().has(MD_UN_REPLAYED));
  EXPECT_EQ(v.un().un_state, RUS_OKAY) << "column 2 came back, the spare took the place of column 1";
  ASSERT_TRUE(v.run([&] { EXPECT_TRUE(v.reads_right()); }));
}

// A write was acknowledged and stands in the log of column 3 alone. The replay is abandoned because of column 2: what
// is at its home is old, and must not be returned as good. When the log can be read again the write is there.
TEST(AbandonedReplay, OldDataAreNotReadOverIt_RD15) {
  Volume v;
  ASSERT_TRUE(v.run([&] {
    ASSERT_EQ(v.open(), 0);
    v.fill();
    v.kill(1);
    ASSERT_EQ(v.write(0, 24, 900), 0);
  }));
  crash_at_home_writes(v, {{56, 8, 70}});  // column 3 of line 2, whose parity column 1 is
  v.reboot();
  log_unreadable(v, 2);
  ASSERT_TRUE(v.run([&] {
    ASSERT_EQ(v.open(), 0);
    testing::Bytes data(8 * block_bytes);
    EXPECT_EQ(raid_transfer(v.unit(), md::BufferOp::read, 56, 8, data.data()), EIO);
    EXPECT_EQ(v.close(), 0);
    v.heal(2);
    ASSERT_EQ(v.open(), 0);
    EXPECT_TRUE(v.reads_right());
  }));
  EXPECT_EQ(v.un().un_state, RUS_ERRED);
}

// The administrator enables column 1 by force, though the log of column 2 still cannot be read. What the logs held is
// given up at once, so that no entry of that time is replayed over what is written later.
TEST(AbandonedReplay, ForcedEnableGivesTheLogsUp_RH11) {
  Volume v({.spares = 0});
  ASSERT_TRUE(v.run([&] {
    ASSERT_EQ(v.open(), 0);
    v.fill();
    v.kill(1);
    ASSERT_EQ(v.write(0, 24, 900), 0);
  }));
  crash_at_home_writes(v, {{56, 8, 70}});  // column 3 of line 2, whose parity column 1 is
  v.reboot();
  log_unreadable(v, 2);
  ASSERT_TRUE(v.run([&] { ASSERT_EQ(v.open(), 0); }));
  ASSERT_EQ(v.un().un_state, RUS_LAST_ERRED);
  ASSERT_FALSE(v.un().has(MD_UN_REPLAYED));

  ASSERT_TRUE(v.run([&] { EXPECT_TRUE(raid_enable(*v.system, force_enable(v, 1)).is_ok()); }));
  EXPECT_EQ(v.state(1), RCS_OKAY);
  EXPECT_EQ(v.state(2), RCS_ERRED);
  EXPECT_TRUE(v.un().has(MD_UN_REPLAYED));
  EXPECT_GE(v.said(md::MessageId::LAST_ERRED_NOTE), 1U);
  for (uint64_t c = 0; c < 4; ++c) {
    for (uint64_t slot = 0; slot < v.un().un_pwcnt; ++slot) {
      EXPECT_TRUE(c == 2 || testing::slot_is_empty(v, c, slot)) << c << " " << slot;
    }
  }
}

/// The power fails when the first log that a forced enable gives up is to be emptied.
void crash_as_a_log_is_given_up(Volume& v) {
  (void)v.run([&] {
    v.disk(0).on_request = [&v](const IoRequest& r) {
      if (r.op == IoOp::write && r.block < v.un().un_pwsize) v.host.crash();
      return 0;
    };
    (void)raid_enable(*v.system, force_enable(v, 1));
  });
  heal_all(v);
}

// Column 2 is last errored and missed a logged write. Its log cannot be read, so a forced enable gives all logs up, and
// the power fails as the first of them is emptied. By then the administrator has been told what is lost and the record
// says it: left in it, the mark of a complete log would be believed by the next replay, whatever the logs still hold.
TEST(AbandonedReplay, LogsAreGivenUpOnRecordBeforeTheyAreEmptied_D17_RC05) {
  Volume v;
  ASSERT_TRUE(v.run([&] {
    ASSERT_EQ(v.open(), 0);
    v.fill();
    v.kill(1);
    ASSERT_EQ(v.write(0, 24, 900), 0);
    v.disk(2).on_request = [&v](const IoRequest& r) {
      return r.op == IoOp::write && r.block >= v.un().un_pwsize ? EIO : 0;
    };
    ASSERT_EQ(v.write(32, 8, 51), 0);  // column 2 of line 1
  }));
  ASSERT_TRUE(v.recorded().columns[2].has(MD_RAID_LOG_COMPLETE));
  v.heal(1);
  log_unreadable(v, 2);

  crash_as_a_log_is_given_up(v);

  EXPECT_EQ(v.said(md::MessageId::LAST_ERRED_NOTE), 1U);
  EXPECT_EQ(v.recorded().columns[2].un_devstate, RCS_LAST_ERRED);
  EXPECT_FALSE(v.recorded().columns[2].has(MD_RAID_LOG_COMPLETE));
  EXPECT_FALSE(v.recorded().columns[2].has(MD_RAID_MISSED_WRITE));
  v.reboot();
  ASSERT_TRUE(v.run([&] { ASSERT_EQ(v.open(), 0); }));
  EXPECT_EQ(v.state(2), RCS_OKAY);
  EXPECT_EQ(v.un().un_state, RUS_ERRED);
}

// Column 0 is dead, a write to column 1 is logged only there when the power fails. The boot replays it, but cannot
// clear the log of column 1: last errored. When it is back, its log must be cleared before new writes go to its rows.
TEST(AbandonedReplay, LogThatCouldNotBeClearedIsReplayedAgain_RH11_RL08) {
  Volume v;
  ASSERT_TRUE(v.run([&] {
    ASSERT_EQ(v.open(), 0);
    v.fill();
    v.kill(0);
    ASSERT_EQ(v.write(0, 24, 900), 0);
  }));
  ASSERT_EQ(v.state(0), RCS_ERRED);
  crash_at_home_writes(v, {{128, 8, 70}, {32, 8, 71}});  // column 2 of lines 5 and 1, whose parity column 0 is
  v.kill(0);
  v.reboot();
  const uint64_t x = 2;
  v.disk(x).on_request = [&v](const IoRequest& r) {
    return r.op == IoOp::write && r.block < v.un().un_pwsize ? EIO : 0;
  };
  ASSERT_TRUE(v.run([&] { ASSERT_EQ(v.open(), 0); }));
  ASSERT_EQ(v.state(x), RCS_LAST_ERRED);
  EXPECT_GT(v.un().un_pwid, 1U) << "above every id seen in a header (RL-09)";
  EXPECT_FALSE(v.un().has(MD_UN_REPLAYED));
  ASSERT_TRUE(v.run([&] {
    ASSERT_EQ(v.close(), 0);
    v.heal(x);
    ASSERT_EQ(v.open(), 0);
    ASSERT_EQ(v.state(x), RCS_OKAY);
  }));
  EXPECT_TRUE(v.un().has(MD_UN_REPLAYED));
  for (uint64_t slot = 0; slot < v.un().un_pwcnt; ++slot) EXPECT_TRUE(testing::slot_is_empty(v, x, slot)) << slot;
  ASSERT_TRUE(v.run([&] {
    EXPECT_EQ(v.write(32, 8, 72), 0);
    EXPECT_EQ(v.write(16, 8, 73), 0);  // takes the slot of the write before
  }));
  v.reboot();
  ASSERT_TRUE(v.run([&] {
    ASSERT_EQ(v.open(), 0);
    expect_data(v, 32, 8, 72);
  }));
}

}  // namespace
}  // namespace raidsim::raid
