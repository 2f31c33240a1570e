// tests/model/raid/admin_test.cpp: create, replace, enable, set-sync (raid-admin.md 2, 5, 8, 9).
#include <gtest/gtest.h>

#include "model/raid/admin/get_sync.h"
#include "model/raid/admin/replace_checks.h"
#include "model/raid/state.h"
#include "tests/model/raid/sample_unit.h"
#include "tests/model/raid/volume.h"

namespace raidsim::raid {
namespace {

using hotspare::SpareState;
using md::EventSubclass;
using testing::sample_unit;
using testing::Volume;

void err(Unit& unit, uint64_t column) {
  (void)raid_set_state(unit, ColumnIndex{column}, RCS_ERRED, Flavour::normal, 1);
}

TEST(Admin, ChecksBeforeLockingInOrder_5_1) {
  Unit unit = sample_unit();
  EXPECT_TRUE(refused_before_locking(unit).is_ok());
  unit.un_state = RUS_REGEN;
  EXPECT_TRUE(refused_before_locking(unit).is(md::MDE_IN_USE));  // RH-24.5
  unit.un_status = MD_UN_GROW_PENDING;
  EXPECT_TRUE(refused_before_locking(unit).is(md::MDE_IN_USE));
  unit.un_state = RUS_DOI;
  EXPECT_TRUE(refused_before_locking(unit).is(md::MDE_RAID_DOI));
  unit.columns[0].un_devstate = RCS_RESYNC;
  EXPECT_TRUE(refused_before_locking(unit).is(md::MDE_RESYNC_ACTIVE));
}

TEST(Admin, ChecksByStateInOrder_5_2) {
  Unit unit = sample_unit();
  const auto column = [](uint64_t c) { return ColumnIndex{c}; };
  EXPECT_TRUE(refused_by_state(unit, column(0), false).is_ok());  // a healthy column may be replaced
  err(unit, 1);
  EXPECT_TRUE(refused_by_state(unit, column(0), false).is(md::MDE_RAID_COMP_ERRED));
  EXPECT_TRUE(refused_by_state(unit, column(1), false).is_ok());
  err(unit, 2);
  ASSERT_EQ(unit.un_state, RUS_LAST_ERRED);
  EXPECT_TRUE(refused_by_state(unit, column(1), false).is(md::MDE_RAID_NEED_FORCE));
  EXPECT_TRUE(refused_by_state(unit, column(2), true).is(md::MDE_RAID_COMP_ERRED));  // the errored one first
  EXPECT_TRUE(refused_by_state(unit, column(0), true).is(md::MDE_RAID_COMP_ERRED));
  EXPECT_TRUE(refused_by_state(unit, column(1), true).is_ok());
  unit.un_status = MD_UN_GROW_PENDING;
  EXPECT_TRUE(refused_by_state(unit, column(1), true).is(md::MDE_IN_USE));
  unit.un_state = RUS_DOI;
  EXPECT_TRUE(refused_by_state(unit, column(1), true).is(md::MDE_REPL_INVAL_STATE));
  unit.un_status = MD_UN_RESYNC_ACTIVE;
  EXPECT_TRUE(refused_by_state(unit, column(1), true).is(md::MDE_RESYNC_ACTIVE));
}

ReplaceRequest replace_with(Volume& v, uint64_t column, uint64_t disk) {
  return {.minor = Volume::minor,
          .old_device = v.column(column).orig.dev,
          .component = {.device = v.disk(disk).number(), .key = static_cast<md::NameKey>(disk + 1)}};
}
ReplaceRequest enable_of(Volume& v, uint64_t column) {
  return {.minor = Volume::minor, .old_device = v.column(column).orig.dev, .component = {}};
}

void degrade(Volume& v, uint64_t column) {
  ASSERT_EQ(v.open(), 0);
  v.fill();
  v.kill(column);
  ASSERT_EQ(v.write(0, 24, 900), 0);
  v.heal(column);
}

TEST(Admin, ReplaceRebuildsOnTheNewDevice_RD06) {
  Volume v({.strays = 1});
  ASSERT_TRUE(v.run([&] { degrade(v, 2); }));
  ASSERT_EQ(v.state(2), RCS_ERRED);
  ASSERT_TRUE(v.run([&] { EXPECT_TRUE(raid_replace(*v.system, replace_with(v, 2, 4)).is_ok()); }));
  EXPECT_EQ(v.state(2), RCS_OKAY);
  EXPECT_EQ(v.column(2).orig.dev, v.disk(4).number());
  EXPECT_TRUE(v.column(2).now == v.column(2).orig);  // RS-04
  EXPECT_EQ(v.opens[2], 0);
  EXPECT_EQ(v.opens[4], 1);
  EXPECT_EQ(v.heard(EventSubclass::ESC_SVM_REPLACE), 1U);
  EXPECT_TRUE(v.parity_holds());
  EXPECT_FALSE(v.system->names.entries().contains(3));  // the old name is gone
  EXPECT_EQ(v.system->resync.md_raid_resync, 0U);
  ASSERT_TRUE(v.run([&] { EXPECT_TRUE(v.reads_right()); }));
}

TEST(Admin, EnableRebuildsOnTheSameDevice) {
  Volume v;
  ASSERT_TRUE(v.run([&] { degrade(v, 2); }));
  ASSERT_TRUE(v.run([&] { EXPECT_TRUE(raid_enable(*v.system, enable_of(v, 2)).is_ok()); }));
  EXPECT_EQ(v.state(2), RCS_OKAY);
  EXPECT_FALSE(v.column(2).has(MD_RAID_MISSED_WRITE));
  EXPECT_EQ(v.un().un_state, RUS_OKAY);
  EXPECT_EQ(v.heard(EventSubclass::ESC_SVM_ENABLE), 1U);
  EXPECT_TRUE(v.parity_holds());
}

// The old device comes back for a column that lives on a spare: copied, and the spare is free again (V7).
TEST(Admin, CopyBackFreesTheSpare) {
  Volume v({.spares = 1});
  ASSERT_TRUE(v.run([&] { degrade(v, 1); }));
  ASSERT_TRUE(v.column(1).hot_spared());
  ASSERT_TRUE(v.run([&] { EXPECT_TRUE(raid_enable(*v.system, enable_of(v, 1)).is_ok()); }));
  EXPECT_EQ(v.state(1), RCS_OKAY);
  EXPECT_FALSE(v.column(1).hot_spared());
  EXPECT_EQ(v.column(1).now.dev, v.disk(1).number());
  EXPECT_EQ(v.spares[0].state, SpareState::HSS_AVAILABLE);
  EXPECT_EQ(v.opens[4], 0);
  EXPECT_EQ(v.opens[1], 1);
  EXPECT_TRUE(v.parity_holds());
  ASSERT_TRUE(v.run([&] { EXPECT_TRUE(v.reads_right()); }));
}

// The spare becomes unreadable half way through the copy: the alternate takes over, the rest is rebuilt.
TEST(Admin, CopyHandsOverWhenTheSpareCannotBeRead_RH16) {
  Volume v({.spares = 1});
  ASSERT_TRUE(v.run([&] { degrade(v, 1); }));
  const uint64_t at = v.un().un_pwsize + 8 * v.options.interlace / 2;
  v.disk(4).on_request = [at](const IoRequest& r) { return r.op == IoOp::read && r.block + r.blocks > at ? EIO : 0; };
  ASSERT_TRUE(v.run([&] { EXPECT_TRUE(raid_enable(*v.system, enable_of(v, 1)).is_ok()); }));
  EXPECT_EQ(v.state(1), RCS_OKAY);
  EXPECT_FALSE(v.column(1).hot_spared());
  EXPECT_EQ(v.spares[0].state, SpareState::HSS_BROKEN);
  EXPECT_EQ(v.un().un_state, RUS_OKAY);
  EXPECT_TRUE(v.parity_holds());
}

// The alternate fails while the copy runs: the spare is as good as before and stays in use.
TEST(Admin, CopyToABadDeviceKeepsTheSpare) {
  Volume v({.spares = 1});
  ASSERT_TRUE(v.run([&] { degrade(v, 1); }));
  v.disk(1).on_request = [&v](const IoRequest& r) {
    return r.op == IoOp::write && r.block >= v.un().un_pwsize ? EIO : 0;
  };
  ASSERT_TRUE(v.run([&] { EXPECT_TRUE(raid_enable(*v.system, enable_of(v, 1)).is_ok()); }));
  EXPECT_EQ(v.state(1), RCS_OKAY);
  EXPECT_TRUE(v.column(1).hot_spared());
  EXPECT_EQ(v.spares[0].state, SpareState::HSS_RESERVED);
  EXPECT_EQ(v.said(md::MessageId::COPY_WRITE_ERROR), 1U);
  EXPECT_EQ(v.column(1).alt.dev, no_device);  // RS-05
  EXPECT_EQ(v.opens[1], 0);
}

// A refused replace leaves unit and devices as they were (ER-06).
TEST(Admin, RefusedReplaceChangesNothing_RH27) {
  Volume v({.strays = 1});
  ASSERT_TRUE(v.run([&] { degrade(v, 2); }));
  const Unit before = v.un();
  ReplaceRequest request = replace_with(v, 2, 4);
  ASSERT_TRUE(v.run([&] {
    v.disk(4).longest = 8;
    EXPECT_TRUE(raid_replace(*v.system, request).is(md::MDE_MAXIO));
    v.disk(4).longest = 2048;
    request.component.start_blk = 1000;
    EXPECT_TRUE(raid_replace(*v.system, request).is(md::MDE_COMP_TOO_SMALL));
    request.component.start_blk = 0;
    v.missing = {4};
    EXPECT_TRUE(raid_replace(*v.system, request).is(md::MDE_COMP_OPEN_ERR));
    request.old_device = 12345;
    EXPECT_TRUE(raid_replace(*v.system, request).is(md::MDE_CANT_FIND_COMP));
  }));
  EXPECT_TRUE(v.un() == before);
  EXPECT_EQ(v.opens[4], 0);
}

// The resync cannot be started because the unit does not open: the column is errored as before and the administrator
// is told (RH-28).
TEST(Admin, FailedStartIsReportedAndRestored_RH28) {
  Volume v({.strays = 1});
  ASSERT_TRUE(v.run([&] {
    degrade(v, 2);
    EXPECT_EQ(v.close(), 0);
    v.missing = {0, 1};
    EXPECT_TRUE(raid_replace(*v.system, replace_with(v, 2, 4)).is(md::MDE_RAID_OPEN_FAILURE));
  }));
  EXPECT_EQ(v.state(2), RCS_ERRED);
  EXPECT_FALSE(v.un().has(MD_UN_RESYNC_ACTIVE));
  EXPECT_EQ(v.un().un_state, RUS_ERRED);
  EXPECT_EQ(v.recorded().columns[2].un_devstate, RCS_ERRED);
  EXPECT_EQ(v.system->resync.md_raid_resync, 0U);
}

// Nobody has the unit open and it is known to be inaccessible: the device that the command opened is closed again.
TEST(Admin, FailedStartClosesWhatItOpened_RT16) {
  Volume v({.strays = 1});
  ASSERT_TRUE(v.run([&] {
    degrade(v, 2);
    EXPECT_EQ(v.close(), 0);
    v.unit().ui_tstate |= md::MD_INACCESSIBLE;
    EXPECT_TRUE(raid_replace(*v.system, replace_with(v, 2, 4)).is(md::MDE_RAID_OPEN_FAILURE));
  }));
  EXPECT_EQ(v.state(2), RCS_ERRED);
  EXPECT_FALSE(v.column(2).has(MD_RAID_DEV_ISOPEN) || v.column(2).has(MD_RAID_DEV_ERRED));
  EXPECT_EQ(v.opens[4], 0);
}

TEST(Admin, GetSyncShowsWhatRuns_9) {
  Unit unit = sample_unit();
  EXPECT_EQ(sync_status(unit), SyncStatus{});
  err(unit, 1);
  EXPECT_EQ(sync_status(unit).percent_dirty, 25U);
  unit.un_status = MD_UN_RESYNC_ACTIVE;
  unit.un_resync_line_index = 1;
  EXPECT_EQ(sync_status(unit).flags, MD_RI_INPROGRESS);
  EXPECT_EQ(sync_status(unit).per_mille_done, 333U);
}

TEST(Admin, SetSyncRefusals_8) {
  Volume v;
  ASSERT_TRUE(v.run([&] {
    EXPECT_TRUE(raid_setsync(*v.system, 11).is(md::MDE_UNIT_NOT_SETUP));
    v.store.is_stale = true;
    EXPECT_TRUE(raid_setsync(*v.system, Volume::minor).is(md::MDE_DB_STALE));
    v.store.is_stale = false;
    v.un().un_state = RUS_DOI;
    EXPECT_TRUE(raid_setsync(*v.system, Volume::minor).is(md::MDE_RAID_DOI));
    v.un().un_state = RUS_OKAY;
    v.un().un_status |= MD_UN_RESYNC_ACTIVE;
    EXPECT_TRUE(raid_setsync(*v.system, Volume::minor).is(md::MDE_RESYNC_ACTIVE));
    v.un().un_status = 0;
    EXPECT_TRUE(raid_setsync(*v.system, Volume::minor).is_ok());
  }));
  EXPECT_TRUE(v.un().has(MD_UN_REPLAYED));
  for (uint64_t c = 0; c < 4; ++c) EXPECT_EQ(v.opens[c], 0);
}

}  // namespace
}  // namespace raidsim::raid
