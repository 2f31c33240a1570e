// tests/model/raid/hot_spare_table_test.cpp: the rest of the branch summary raid-hotspare.md 3.1, row by row, with what
// each branch commits, and where a spare is put.
#include <gtest/gtest.h>

#include "model/raid/scoped_hold.h"
#include "model/raid/unit_state.h"
#include "tests/model/raid/volume.h"

namespace raidsim::raid {
namespace {

using hotspare::SpareState;
using md::EventSubclass;
using testing::Volume;

void poke(Volume& v) {
  ASSERT_TRUE(v.run([&] { v.daemon->poke(); }));
}

/// Column 1 is errored while the pool has nothing to give; then the spares are available.
void lose_column_1_unspared(Volume& v) {
  for (auto& spare : v.spares) spare.state = SpareState::HSS_BROKEN;
  ASSERT_TRUE(v.run([&] {
    ASSERT_EQ(v.open(), 0);
    v.fill();
    v.kill(1);
    ASSERT_EQ(v.write(0, 24, 900), 0);
  }));
  ASSERT_EQ(v.state(1), RCS_ERRED);
  for (auto& spare : v.spares) spare.state = SpareState::HSS_AVAILABLE;
}

struct Condition {
  const char* name;
  void (*make)(Volume&);
};

class ScanWindow : public ::testing::TestWithParam<Condition> {};

// A spare in use has failed and the scan has seen it. Before the scan has the unit to itself something changes, so that
// no resync may start: the failed spare is not given back either, nothing is committed and nobody is told.
TEST_P(ScanWindow, FailedPreconditionsChangeNothing_RH21) {
  Volume v({.spares = 2});
  ASSERT_TRUE(v.run([&] {
    ASSERT_EQ(v.open(), 0);
    v.fill();
    v.kill(1);
    ASSERT_EQ(v.write(0, 24, 900), 0);
  }));
  ASSERT_TRUE(v.column(1).hot_spared());
  const uint64_t gets = v.gets;
  uint64_t commits = 0;
  ASSERT_TRUE(v.run([&] {
    RaidUnit& unit = v.unit();
    ReadHold io = unit.io_lock.read();
    {
      const ScopedWrite held(unit.unit_lock.write());
      set_state(unit, held, ColumnIndex{1}, RCS_ERRED);
    }
    v.daemon->poke();
    sleep_for(1ms);  // the scan waits for the io lock
    GetParam().make(v);
    commits = v.store.commits;
    io.release();
    sleep_for(10ms);
    v.store.is_stale = false;
  }));
  EXPECT_TRUE(v.column(1).hot_spared());
  EXPECT_EQ(v.spares[0].state, SpareState::HSS_RESERVED);
  EXPECT_EQ(v.gets, gets);
  EXPECT_EQ(v.store.commits, commits);
  EXPECT_EQ(v.heard(EventSubclass::ESC_SVM_HS_FREED), 0U);
  EXPECT_EQ(v.said(md::MessageId::HS_ERRED_RELEASED), 0U);
}
INSTANTIATE_TEST_SUITE_P(
    HotSpare, ScanWindow,
    ::testing::Values(Condition{"ColumnIsOkayAgain",
                                [](Volume& v) {
                                  v.column(1).un_devstate = RCS_OKAY;
                                  v.un().un_state = RUS_OKAY;
                                }},
                      Condition{"AnotherColumnIsErrored", [](Volume& v) { v.column(2).un_devstate = RCS_LAST_ERRED; }},
                      Condition{"UnitIsLastErrored", [](Volume& v) { v.un().un_state = RUS_LAST_ERRED; }},
                      Condition{"AColumnIsResynced", [](Volume& v) { v.column(3).un_devstate = RCS_RESYNC; }},
                      Condition{"ResyncIsActive", [](Volume& v) { v.un().un_status |= MD_UN_RESYNC_ACTIVE; }},
                      Condition{"GrowIsPending", [](Volume& v) { v.un().un_status |= MD_UN_GROW_PENDING; }},
                      Condition{"PoolIsGone", [](Volume& v) { v.un().un_hsp_id = md::MD_HSP_NONE; }},
                      Condition{"SetIsStale", [](Volume& v) { v.store.is_stale = true; }},
                      Condition{"UnitIsNotOpenable", [](Volume& v) { v.unit().ui_tstate |= md::MD_INACCESSIBLE; }}),
    [](const auto& each) { return each.param.name; });

// Nothing of an attempt that finds no spare is committed, and the request is given back (RT-12).
TEST(HotSpareTable, NoneAvailableCommitsNothing) {
  Volume v({.spares = 1});
  lose_column_1_unspared(v);
  v.spares[0].state = SpareState::HSS_BROKEN;
  const uint64_t commits = v.store.commits;
  const Unit before = v.un();
  poke(v);
  EXPECT_EQ(v.gets, 2U);
  EXPECT_EQ(v.store.commits, commits);
  EXPECT_EQ(v.un().un_status, before.un_status);
  EXPECT_EQ(v.column(1).un_devflags, before.columns[1].un_devflags);
  EXPECT_EQ(v.un().un_state, RUS_ERRED);
}

// Reservation and RESYNC column are one commit: a crash finds both or neither (RC-03). The own device is closed.
TEST(HotSpareTable, StartedIsOneCommit_RC03) {
  Volume v({.spares = 1});
  lose_column_1_unspared(v);
  size_t seen = 0;
  v.store.on_commit = [&] {
    const Unit recorded = v.recorded();
    const bool reserved = v.store.committed_bytes(v.spares[0].record)[0] == std::byte{2};
    EXPECT_EQ(recorded.columns[1].hot_spared(), reserved);
    if (recorded.columns[1].un_devstate == RCS_RESYNC && recorded.columns[1].weak()) ++seen;
  };
  poke(v);
  EXPECT_GE(seen, 1U);
  EXPECT_EQ(v.state(1), RCS_OKAY);
  EXPECT_EQ(v.opens[1], 0);
  EXPECT_EQ(v.opens[4], 1);
}

// One spare does not open: it is recorded broken, with the column errored on its own device, before the next is tried.
TEST(HotSpareTable, EachRoundIsCommitted_RC03) {
  Volume v({.spares = 2});
  lose_column_1_unspared(v);
  v.missing = {4};
  bool between = false;
  v.store.on_commit = [&] {
    const bool broken = v.store.committed_bytes(v.spares[0].record)[0] == std::byte{3};
    const Column recorded = v.recorded().columns[1];
    between = between || (broken && recorded.un_devstate == RCS_ERRED && !recorded.hot_spared() &&
                          recorded.now == recorded.orig && !recorded.has(MD_RAID_REGEN_RESYNC));
  };
  poke(v);
  EXPECT_TRUE(between);
  EXPECT_EQ(v.spares[1].state, SpareState::HSS_RESERVED);
  EXPECT_EQ(v.state(1), RCS_OKAY);
}

// The spare in use failed and there is no other: only the release is committed.
TEST(HotSpareTable, ReleaseAloneIsCommittedWhenNoneIsLeft) {
  Volume v({.spares = 1});
  lose_column_1_unspared(v);
  poke(v);
  ASSERT_EQ(v.state(1), RCS_OKAY);
  v.kill(4);
  uint64_t commits = 0;
  ASSERT_TRUE(v.run([&] {
    ASSERT_EQ(v.write(0, 8, 901), 0);
    ASSERT_EQ(v.write(8, 8, 902), 0);
    ASSERT_EQ(v.write(16, 8, 903), 0);
    commits = v.store.commits;
  }));
  EXPECT_EQ(v.store.commits, commits + 1);
  const Column recorded = v.recorded().columns[1];
  EXPECT_FALSE(recorded.hot_spared());
  EXPECT_TRUE(recorded.now == recorded.orig);
  EXPECT_EQ(v.spares[0].state, SpareState::HSS_BROKEN);
  EXPECT_EQ(v.heard(EventSubclass::ESC_SVM_HS_FREED), 1U);
  EXPECT_FALSE(v.un().has(MD_UN_RESYNC_ACTIVE));
  EXPECT_FALSE(v.column(1).has(MD_RAID_REGEN_RESYNC));
}

void expect_not_started(Volume& v) {
  EXPECT_EQ(v.state(1), RCS_ERRED);
  EXPECT_EQ(v.un().un_state, RUS_ERRED);
  EXPECT_FALSE(v.column(1).hot_spared());
  EXPECT_TRUE(v.column(1).now == v.column(1).orig);
  EXPECT_FALSE(v.un().has(MD_UN_RESYNC_ACTIVE));
  EXPECT_FALSE(v.column(1).has(MD_RAID_REGEN_RESYNC));
  EXPECT_FALSE(v.column(1).has(MD_RAID_DEV_ERRED));
  EXPECT_EQ(v.spares[0].state, SpareState::HSS_AVAILABLE);
  EXPECT_EQ(v.gets, 2U) << "freeing the spare pokes the daemon, which must not take it again (RP-06)";
  EXPECT_EQ(v.heard(EventSubclass::ESC_SVM_HOTSPARED), 0U);
  EXPECT_EQ(v.heard(EventSubclass::ESC_SVM_RESYNC_START), 0U);
  EXPECT_EQ(v.opens[4], 0);
  EXPECT_EQ(v.system->resync.md_raid_resync, 0U);
}

// Nobody has the unit open, and two more devices are away when the resync wants to open it. The spare goes back; the
// unit is left alone until something about it changes.
TEST(HotSpareTable, ThreadNotStartedForAnOpenFailure_RH21_RP06) {
  Volume v({.spares = 1});
  lose_column_1_unspared(v);
  ASSERT_TRUE(v.run([&] { ASSERT_EQ(v.close(), 0); }));
  v.missing = {0, 2};
  const uint64_t commits = v.store.commits;
  poke(v);
  expect_not_started(v);
  EXPECT_EQ(v.store.commits, commits + 2);
  EXPECT_EQ(v.recorded().columns[1].un_devstate, RCS_ERRED);
  EXPECT_EQ(v.store.committed_bytes(v.spares[0].record)[0], std::byte{1});
  EXPECT_GE(v.heard(EventSubclass::ESC_SVM_OPEN_FAIL), 1U);
  poke(v);
  EXPECT_EQ(v.gets, 2U);

  v.missing.clear();
  ASSERT_TRUE(v.run([&] { ASSERT_EQ(v.open(), 0); }));
  EXPECT_EQ(v.state(1), RCS_OKAY);
  EXPECT_EQ(v.gets, 3U);
}

// The set loses its quorum between the reservation's commit and the start: nothing can be committed, the spare is free
// in core alone. When commits are possible again the next scan takes it.
TEST(HotSpareTable, ThreadNotStartedOnAStaleSet_RC06) {
  Volume v({.spares = 1});
  lose_column_1_unspared(v);
  v.store.on_commit = [&] { v.store.is_stale = true; };
  const uint64_t commits = v.store.commits;
  poke(v);
  expect_not_started(v);
  EXPECT_EQ(v.store.commits, commits + 1);
  EXPECT_EQ(v.recorded().columns[1].un_devstate, RCS_RESYNC);
  EXPECT_EQ(v.heard(EventSubclass::ESC_SVM_OPEN_FAIL), 0U);

  v.store.on_commit = nullptr;
  v.store.is_stale = false;
  poke(v);
  EXPECT_EQ(v.state(1), RCS_OKAY);
  EXPECT_EQ(v.recorded().columns[1].un_devstate, RCS_OKAY);
}

// The unit is found inaccessible between commit and start.
TEST(HotSpareTable, ThreadNotStartedForAnErroredTstate_RH21) {
  Volume v({.spares = 1});
  lose_column_1_unspared(v);
  v.store.on_commit = [&] { v.unit().ui_tstate |= md::MD_INACCESSIBLE; };
  const uint64_t commits = v.store.commits;
  poke(v);
  expect_not_started(v);
  EXPECT_EQ(v.store.commits, commits + 2);
  EXPECT_EQ(v.heard(EventSubclass::ESC_SVM_OPEN_FAIL), 0U);
  EXPECT_EQ(v.recorded().columns[1].un_devstate, RCS_ERRED);

  v.store.on_commit = nullptr;
  v.unit().ui_tstate = 0;
  poke(v);
  EXPECT_EQ(v.state(1), RCS_OKAY);
}

// What made the start fail is gone before the failure is handled. The poke that freeing the spare causes still finds a
// unit that nothing has happened to, and leaves it alone; a change of its open state is something (RH-21).
TEST(HotSpareTable, FailedStartIsNotTriedAgainForItsOwnPoke_RH21_RP06) {
  Volume v({.spares = 1});
  lose_column_1_unspared(v);
  bool first = true;
  v.store.on_commit = [&] {
    if (std::exchange(first, false)) v.unit().ui_tstate |= md::MD_INACCESSIBLE;
  };
  v.on_close = [&] { v.unit().ui_tstate = 0; };  // when the spare is closed, before the failure is noted
  poke(v);
  EXPECT_EQ(v.unit().ui_tstate, 0U);
  expect_not_started(v);
  poke(v);
  EXPECT_EQ(v.gets, 2U);
  ASSERT_TRUE(v.run([&] {
    ASSERT_EQ(v.close(), 0);
    v.daemon->poke();
  }));
  EXPECT_EQ(v.gets, 3U);
  EXPECT_EQ(v.state(1), RCS_OKAY);
}

// The spare is errored by normal I/O between the commit and the thread's set-up: the resync ends before it begins, and
// the daemon puts the next spare in place.
TEST(HotSpareTable, SpareThatFailsBeforeTheSetUpIsReplaced_RP07) {
  Volume v({.spares = 2});
  lose_column_1_unspared(v);
  bool failed = false;
  v.store.on_commit = [&] {
    if (std::exchange(failed, true)) return;
    v.host.spawn("normal I/O", [&] {
      const ScopedWrite held(v.unit().unit_lock.write());
      if (v.state(1) == RCS_RESYNC) set_state(v.unit(), held, ColumnIndex{1}, RCS_ERRED);
    });
  };
  poke(v);
  EXPECT_EQ(v.spares[0].state, SpareState::HSS_BROKEN);
  EXPECT_EQ(v.spares[1].state, SpareState::HSS_RESERVED);
  EXPECT_EQ(v.state(1), RCS_OKAY);
  EXPECT_EQ(v.un().un_state, RUS_OKAY);
  EXPECT_TRUE(v.parity_holds());
}

// The column keeps clear of a label, so the pool is asked for one, for the whole length; the areas on the spare begin
// behind what either of the two reserves (3 steps 4, 6 and 9; RP-04).
TEST(HotSpareTable, LabelAndStartAreKept_RP04_RS02) {
  for (const uint64_t spare_start : {uint64_t{0}, uint64_t{3}}) {
    Volume v({.spares = 1, .start = 2});
    v.spares[0].start_block = spare_start;
    lose_column_1_unspared(v);
    poke(v);
    EXPECT_TRUE(v.asked_label);
    EXPECT_EQ(v.asked_size, 2 + v.un().un_pwsize + v.un().rows());
    const Column& column = v.column(1);
    ASSERT_EQ(column.un_devstate, RCS_OKAY);
    EXPECT_EQ(column.un_hs_pwstart, spare_start + 2);
    EXPECT_EQ(column.now.pwstart, column.un_hs_pwstart);
    EXPECT_EQ(column.now.devstart, column.un_hs_pwstart + v.un().un_pwsize);
    EXPECT_EQ(column.un_hs_devstart, column.now.devstart);
    EXPECT_TRUE(v.parity_holds());
  }
  Volume plain({.spares = 1});
  lose_column_1_unspared(plain);
  poke(plain);
  EXPECT_FALSE(plain.asked_label);
}

// Requests coalesce: while one scan is asked for, more pokes add none; one that runs can ask for the next.
TEST(HotSpareTable, PokesCoalesce) {
  Volume v({.spares = 1});
  lose_column_1_unspared(v);
  v.spares[0].state = SpareState::HSS_BROKEN;
  const uint64_t gets = v.gets;
  ASSERT_TRUE(v.run([&] {
    for (int i = 0; i < 5; ++i) v.daemon->poke();
  }));
  EXPECT_EQ(v.gets, gets + 1);
  poke(v);
  EXPECT_EQ(v.gets, gets + 2);
}

// A scan waits for nothing but the unit; creation and deletion wait for the scan (md_link_rw).
TEST(HotSpareTable, UnitListIsHeldToTheEndOfTheScan) {
  Volume v({.spares = 1});
  lose_column_1_unspared(v);
  ASSERT_TRUE(v.run([&] {
    ReadHold io = v.unit().io_lock.read();
    v.daemon->poke();
    sleep_for(1ms);
    EXPECT_EQ(v.system->md_link_rw.readers(), 1U);
    io.release();
    sleep_for(100ms);
    EXPECT_EQ(v.system->md_link_rw.readers(), 0U);
  }));
  EXPECT_EQ(v.state(1), RCS_OKAY);
}

}  // namespace
}  // namespace raidsim::raid
