// tests/model/raid/admin_table_test.cpp: replace, enable and set-sync beyond the plain cases (raid-admin.md 5.2, 5.3,
// 8): windows, labels, a hot-spared column's new device, failed initialisations, force, and restarts after a boot.
#include <gtest/gtest.h>

#include "model/raid/init.h"
#include "model/raid/resync_request.h"
#include "model/raid/scoped_hold.h"
#include "model/raid/unit_state.h"
#include "tests/model/raid/volume.h"

namespace raidsim::raid {
namespace {

using hotspare::SpareState;
using md::EventSubclass;
using testing::Volume;

constexpr uint64_t stray = 5;  // with one spare behind four columns

ReplaceRequest replace_with(Volume& v, uint64_t column, uint64_t disk) {
  return {.minor = Volume::minor,
          .old_device = v.column(column).orig.dev,
          .component = {.device = v.disk(disk).number(), .key = static_cast<md::NameKey>(disk + 1)}};
}
ReplaceRequest enable_of(Volume& v, uint64_t column, bool force = false) {
  return {.minor = Volume::minor, .force = force, .old_device = v.column(column).orig.dev, .component = {}};
}

/// Column 1 is errored; it moves to the spare if the pool has one.
void lose_column_1(Volume& v) {
  ASSERT_TRUE(v.run([&] {
    ASSERT_EQ(v.open(), 0);
    v.fill();
    v.kill(1);
    ASSERT_EQ(v.write(0, 24, 900), 0);
  }));
  v.heal(1);
}

// A column that lives on a spare gets a new device: copied from the spare, which is free afterwards; the old name goes.
TEST(AdminTable, ReplaceOfAHotSparedColumnCopies_5_3) {
  Volume v({.spares = 1, .strays = 1});
  lose_column_1(v);
  ASSERT_TRUE(v.column(1).hot_spared());
  ReplaceRequest request = replace_with(v, 1, stray);
  request.component.has_label = true;
  bool copied = false;
  v.disk(stray).on_request = [&](const IoRequest&) {
    copied = copied || (v.column(1).copying() && v.column(1).alt == v.column(1).orig);
    return 0;
  };
  ASSERT_TRUE(v.run([&] { EXPECT_TRUE(raid_replace(*v.system, request).is_ok()); }));
  EXPECT_TRUE(copied);
  EXPECT_EQ(v.state(1), RCS_OKAY);
  EXPECT_FALSE(v.column(1).hot_spared());
  EXPECT_EQ(v.column(1).now.dev, v.disk(stray).number());
  EXPECT_EQ(v.column(1).un_orig_key, stray + 1);
  EXPECT_TRUE(v.column(1).has(MD_RAID_HAS_LABEL));
  EXPECT_EQ(v.spares[0].state, SpareState::HSS_AVAILABLE);
  EXPECT_EQ(v.opens[stray], 1);
  EXPECT_FALSE(v.system->names.entries().contains(2));
  EXPECT_TRUE(v.parity_holds());
  ASSERT_TRUE(v.run([&] { EXPECT_TRUE(v.reads_right()); }));
}

// A healthy column may be replaced; the unit stays OKAY while its successor is rebuilt (RT-03).
TEST(AdminTable, ReplaceOfAHealthyColumn_RT03) {
  Volume v({.spares = 1, .strays = 1});
  ASSERT_TRUE(v.run([&] {
    ASSERT_EQ(v.open(), 0);
    v.fill();
  }));
  bool okay_meanwhile = false;
  v.disk(stray).on_request = [&](const IoRequest&) {
    okay_meanwhile = okay_meanwhile || (v.column(2).weak() && v.un().un_state == RUS_OKAY);
    return 0;
  };
  ASSERT_TRUE(v.run([&] { EXPECT_TRUE(raid_replace(*v.system, replace_with(v, 2, stray)).is_ok()); }));
  EXPECT_TRUE(okay_meanwhile);
  EXPECT_EQ(v.state(2), RCS_OKAY);
  EXPECT_EQ(v.un().un_state, RUS_OKAY);
  EXPECT_EQ(v.gets, 0U);
  EXPECT_TRUE(v.parity_holds());
}

// The device alone is recorded: no resync, no change of state.
TEST(AdminTable, NoResyncRecordsTheDeviceAlone_5) {
  Volume v({.strays = 2});
  lose_column_1(v);
  ReplaceRequest request = replace_with(v, 1, stray);
  request.no_resync = true;
  ASSERT_TRUE(v.run([&] { EXPECT_TRUE(raid_replace(*v.system, request).is_ok()); }));
  EXPECT_EQ(v.state(1), RCS_ERRED);
  EXPECT_EQ(v.column(1).orig.dev, v.disk(stray).number());
  EXPECT_EQ(v.recorded().columns[1].orig.dev, v.disk(stray).number());
  EXPECT_FALSE(v.un().has(MD_UN_RESYNC_ACTIVE));
  EXPECT_FALSE(v.column(1).has(MD_RAID_REGEN_RESYNC));
  EXPECT_EQ(v.heard(EventSubclass::ESC_SVM_RESYNC_START), 0U);
}

// The checks are made again under all locks: what slipped in between the two is seen (5.1 window).
TEST(AdminTable, ChecksAreRepeatedAfterTheWindow_5_2) {
  struct Window {
    void (*make)(Unit&);
    bool (*refused)(const md::Error&);
  };
  const Window windows[] = {
      {[](Unit& un) { un.un_status |= MD_UN_RESYNC_ACTIVE; },
       [](const md::Error& error) { return error.is(md::MDE_RESYNC_ACTIVE); }},
      {[](Unit& un) { un.un_status |= MD_UN_GROW_PENDING; },
       [](const md::Error& error) { return error.is(md::MDE_IN_USE); }},
      {[](Unit& un) { un.un_state = RUS_REGEN; }, [](const md::Error& error) { return error.is(md::MDE_IN_USE); }},
      {[](Unit& un) { un.columns[3].un_devstate = RCS_RESYNC; },
       [](const md::Error& error) { return error.is(md::MDE_RESYNC_ACTIVE); }},
      {[](Unit& un) { un.un_state = RUS_DOI; },
       [](const md::Error& error) { return error.is(md::MDE_REPL_INVAL_STATE); }},
      {[](Unit& un) { un.un_state = RUS_LAST_ERRED; },
       [](const md::Error& error) { return error.is(md::MDE_RAID_NEED_FORCE); }},
      {[](Unit& un) { un.columns[1].un_devstate = RCS_OKAY; },
       [](const md::Error& error) { return error.is(md::MDE_RAID_COMP_ERRED); }},
  };
  for (const Window& window : windows) {
    Volume v({.strays = 2});
    lose_column_1(v);
    ASSERT_TRUE(v.run([&] {
      ReadHold io = v.unit().io_lock.read();
      v.host.spawn("command", [&] { EXPECT_TRUE(window.refused(raid_replace(*v.system, replace_with(v, 1, stray)))); });
      sleep_for(1ms);  // past the first checks, waiting for the io lock
      window.make(v.un());
      io.release();
    }));
    EXPECT_EQ(v.opens[stray], 0);
    EXPECT_EQ(v.column(1).orig.dev, v.disk(1).number());
    EXPECT_EQ(v.heard(EventSubclass::ESC_SVM_REPLACE), 0U);
  }
}

// Force in the order that loses least: the errored column first. It is rebuilt from the last-errored one, which then is
// errored, and enabled like any other.
TEST(AdminTable, ForcedEnableThenTheOther_5_2) {
  Volume v;
  lose_column_1(v);
  ASSERT_TRUE(v.run([&] {
    v.kill(2);
    testing::Bytes data(block_bytes);
    (void)raid_transfer(v.unit(), md::BufferOp::read, 16, 1, data.data());
    v.heal(2);
    ASSERT_EQ(v.state(2), RCS_LAST_ERRED);
    EXPECT_TRUE(raid_enable(*v.system, enable_of(v, 2, true)).is(md::MDE_RAID_COMP_ERRED));
    EXPECT_TRUE(raid_enable(*v.system, enable_of(v, 1)).is(md::MDE_RAID_NEED_FORCE));
    EXPECT_TRUE(raid_enable(*v.system, enable_of(v, 1, true)).is_ok());
  }));
  ASSERT_EQ(v.state(1), RCS_OKAY);
  ASSERT_EQ(v.state(2), RCS_ERRED);
  ASSERT_TRUE(v.run([&] { EXPECT_TRUE(raid_enable(*v.system, enable_of(v, 2)).is_ok()); }));
  EXPECT_EQ(v.un().un_state, RUS_OKAY);
  EXPECT_TRUE(v.parity_holds());
  ASSERT_TRUE(v.run([&] { EXPECT_TRUE(v.reads_right()); }));
}

// A last-errored column missed a logged write and still cannot be written: by force it is a source for what it is,
// and the administrator is told which one lost something (D-17).
TEST(AdminTable, ForcedEnableSaysWhatItLoses_D17) {
  Volume v;
  lose_column_1(v);
  ASSERT_TRUE(v.run([&] {
    v.disk(2).on_request = [&v](const IoRequest& r) {
      return r.op == IoOp::write && r.block >= v.un().un_pwsize ? EIO : 0;
    };
    ASSERT_EQ(v.write(16, 8, 51), 0);
  }));
  ASSERT_TRUE(v.column(2).has(MD_RAID_MISSED_WRITE | MD_RAID_LOG_COMPLETE));
  ASSERT_TRUE(v.run([&] { EXPECT_TRUE(raid_enable(*v.system, enable_of(v, 1, true)).is_ok()); }));
  EXPECT_GE(v.said(md::MessageId::LAST_ERRED_NOTE), 1U);
  EXPECT_EQ(v.state(1), RCS_OKAY);
  EXPECT_EQ(v.state(2), RCS_ERRED);
  EXPECT_EQ(v.un().un_state, RUS_ERRED);
}

// The same when it can be written again, whether somebody has the unit open or not: the resync replays first, and
// nothing is lost.
TEST(AdminTable, ForcedEnableAsksTheLogFirst_D17) {
  for (const bool open : {true, false}) {
    Volume v;
    lose_column_1(v);
    ASSERT_TRUE(v.run([&] {
      v.disk(2).on_request = [&v](const IoRequest& r) {
        return r.op == IoOp::write && r.block >= v.un().un_pwsize ? EIO : 0;
      };
      ASSERT_EQ(v.write(16, 8, 51), 0);
      sleep_for(10ms);
      ASSERT_TRUE(v.column(2).has(MD_RAID_LOG_COMPLETE));
      ASSERT_EQ(open ? 0 : v.close(), 0);
      v.heal(2);
      EXPECT_TRUE(raid_enable(*v.system, enable_of(v, 1, true)).is_ok());
    }));
    EXPECT_EQ(v.state(1), RCS_OKAY);
    EXPECT_EQ(v.state(2), RCS_OKAY);
    EXPECT_EQ(v.un().un_state, RUS_OKAY);
    EXPECT_TRUE(v.parity_holds());
    ASSERT_TRUE(v.run([&] {
      ASSERT_EQ(open ? 0 : v.open(), 0);
      EXPECT_TRUE(v.reads_right());
    }));
  }
}

/// Column 3 as a failed initialisation of it leaves a grown unit.
void init_error(Volume& v) {
  ASSERT_TRUE(v.run([&] {
    ASSERT_EQ(v.open(), 0);
    const ScopedWrite held(v.unit().unit_lock.write());
    set_state(v.unit(), held, ColumnIndex{3}, RCS_INIT_ERRED);
    v.unit().commit(held);
  }));
  ASSERT_EQ(v.un().un_state, RUS_ERRED);
}

// A column that could not be initialised is enabled: zeroed again, and then it counts (5.3 steps 7 and 13).
TEST(AdminTable, EnableOfInitErredInitialisesAgain_RH22) {
  Volume v;
  init_error(v);
  static uint64_t pokes;
  pokes = 0;
  v.system->add_poke_service({.poke = [](void*) { ++pokes; }, .context = nullptr});
  std::fill(v.disk(3).content().begin(), v.disk(3).content().end(), std::byte{0x5A});
  ASSERT_TRUE(v.run([&] { EXPECT_TRUE(raid_enable(*v.system, enable_of(v, 3)).is_ok()); }));
  EXPECT_EQ(v.state(3), RCS_OKAY);
  EXPECT_EQ(v.un().un_state, RUS_OKAY);
  EXPECT_FALSE(v.un().has(MD_UN_GROW_PENDING));
  EXPECT_EQ(v.heard(EventSubclass::ESC_SVM_INIT_SUCCESS), 1U);
  EXPECT_GE(pokes, 1U);
  EXPECT_EQ(*v.disk(3).at(v.un().un_pwsize), std::byte{0});
}

// It cannot be started: the column is what it was, and nothing is pending (RH-28, RT-17).
TEST(AdminTable, InitialisationThatDoesNotStartIsRestored_RH28) {
  Volume v;
  init_error(v);
  ASSERT_TRUE(v.run([&] {
    v.unit().ui_tstate |= md::MD_INACCESSIBLE;
    EXPECT_TRUE(raid_enable(*v.system, enable_of(v, 3)).is(md::MDE_RAID_OPEN_FAILURE));
  }));
  EXPECT_EQ(v.state(3), RCS_INIT_ERRED);
  EXPECT_EQ(v.un().un_state, RUS_ERRED);
  EXPECT_FALSE(v.un().has(MD_UN_GROW_PENDING));
  EXPECT_EQ(v.recorded().columns[3].un_devstate, RCS_INIT_ERRED);
}

// What a failed start leaves of each state (5.3 step 14).
TEST(AdminTable, StateAfterAFailedStart_RH28) {
  for (const ColumnState saved : {RCS_OKAY, RCS_ERRED, RCS_LAST_ERRED}) {
    Volume v({.strays = 2});
    ASSERT_TRUE(v.run([&] {
      ASSERT_EQ(v.open(), 0);
      v.fill();
      const ScopedWrite held(v.unit().unit_lock.write());
      if (saved == RCS_ERRED) set_state(v.unit(), held, ColumnIndex{1}, RCS_ERRED);
      if (saved == RCS_LAST_ERRED) {  // two of them, none errored
        v.column(0).un_devstate = v.column(1).un_devstate = RCS_LAST_ERRED;
        v.un().un_state = RUS_LAST_ERRED;
      }
      v.unit().commit(held);
    }));
    ASSERT_TRUE(v.run([&] {
      v.unit().ui_tstate |= md::MD_INACCESSIBLE;
      ReplaceRequest request = replace_with(v, 1, stray);
      request.force = true;
      EXPECT_TRUE(raid_replace(*v.system, request).is(md::MDE_RAID_OPEN_FAILURE));
    }));
    // A healthy column's new device holds nothing; a last-errored one's holds less than its predecessor did.
    EXPECT_EQ(v.state(1), saved == RCS_LAST_ERRED ? RCS_LAST_ERRED : RCS_ERRED);
    EXPECT_TRUE(v.column(1).has(MD_RAID_MISSED_WRITE));
    EXPECT_EQ(v.un().un_state, saved == RCS_LAST_ERRED ? RUS_LAST_ERRED : RUS_ERRED);
    EXPECT_FALSE(v.un().has(MD_UN_RESYNC_ACTIVE));
    EXPECT_FALSE(v.un().has(MD_UN_RESYNC_FORCED));
    EXPECT_EQ(v.recorded().columns[1].un_devstate, v.state(1));
  }
}

// ---- set-sync (8) ----

// Power fails in a copy back. Until set-sync the column is written on its spare alone; set-sync makes the alternate
// anew and copies from line 0 (resync 6, RC-05).
TEST(SetSync, CopyIsStartedOver_RC05) {
  Volume v({.maxio = 16, .spares = 1});
  lose_column_1(v);
  ASSERT_TRUE(v.column(1).hot_spared());
  v.disk(1).on_request = [&v, writes = 0](const IoRequest& r) mutable {
    if (r.op == IoOp::write && r.block >= v.un().un_pwsize && ++writes == 2) v.host.crash();
    return 0;
  };
  (void)v.run([&] { (void)raid_enable(*v.system, enable_of(v, 1)); });
  v.heal(1);
  v.reboot();
  ASSERT_TRUE(v.column(1).copying());
  ASSERT_EQ(v.column(1).alt.dev, no_device);
  ASSERT_TRUE(v.run([&] {
    ASSERT_EQ(v.open(), 0);
    const size_t before = v.disk(1).log.size();
    EXPECT_EQ(v.write(8, 8, 77), 0);  // column 1 of line 0
    sleep_for(10ms);
    EXPECT_EQ(v.disk(1).log.size(), before);
    EXPECT_TRUE(raid_setsync(*v.system, Volume::minor).is_ok());
  }));
  EXPECT_EQ(v.state(1), RCS_OKAY);
  EXPECT_FALSE(v.column(1).hot_spared());
  EXPECT_EQ(v.spares[0].state, SpareState::HSS_AVAILABLE);
  EXPECT_TRUE(v.parity_holds());
  ASSERT_TRUE(v.run([&] { EXPECT_TRUE(v.reads_right()); }));
}

// The restart cannot open the unit: the column stays RESYNC as recorded, and the next set-sync finishes it.
TEST(SetSync, FailedRestartKeepsWhatWasRecorded_RC05) {
  for (const uint32_t kind : {uint32_t{MD_RAID_COPY_RESYNC}, uint32_t{MD_RAID_REGEN_RESYNC}}) {
    Volume v({.spares = 1});
    lose_column_1(v);
    ASSERT_TRUE(v.run([&] {
      ASSERT_EQ(v.close(), 0);
      const ScopedWrite held(v.unit().unit_lock.write());
      v.column(1).un_devstate = RCS_RESYNC;
      v.column(1).un_devflags |= kind;
      v.unit().commit(held);
    }));
    v.reboot();
    v.missing = {0, 2};
    ASSERT_TRUE(v.run([&] { EXPECT_TRUE(raid_setsync(*v.system, Volume::minor).is(md::MDE_RAID_OPEN_FAILURE)); }));
    EXPECT_EQ(v.state(1), RCS_RESYNC);
    EXPECT_TRUE(v.column(1).has(kind));
    EXPECT_FALSE(v.un().has(MD_UN_RESYNC_ACTIVE));
    EXPECT_EQ(v.column(1).alt.dev, no_device);
    v.missing.clear();
    ASSERT_TRUE(v.run([&] {
      ASSERT_EQ(v.open(), 0);
      EXPECT_TRUE(raid_setsync(*v.system, Volume::minor).is_ok());
    }));
    EXPECT_EQ(v.state(1), RCS_OKAY);
    EXPECT_EQ(v.un().un_state, RUS_OKAY);
    EXPECT_TRUE(v.parity_holds());
  }
}

}  // namespace
}  // namespace raidsim::raid
