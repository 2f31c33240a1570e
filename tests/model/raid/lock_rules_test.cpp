// tests/model/raid/lock_rules_test.cpp: what is held while a unit's devices are written, while its states change, and
// while its io lock keeps everybody out (raid-invariants.md 4).
#include <gtest/gtest.h>

#include "engine/sync/observer.h"
#include "tests/model/raid/volume.h"

namespace raidsim::raid {
namespace {

using md::EventSubclass;
using testing::Volume;

/// States and flags of the columns, but for those that a probe changes under the reader's lock.
std::vector<uint32_t> states_of(const Unit& unit) {
  std::vector<uint32_t> out{static_cast<uint32_t>(unit.un_state), unit.un_status};
  for (const Column& column : unit.columns) {
    out.push_back(column.un_devstate);
    out.push_back(column.un_devflags & ~uint32_t{MD_RAID_DEV_ISOPEN | MD_RAID_DEV_PROBEOPEN});
    out.push_back(static_cast<uint32_t>(minor_of(column.now.dev)));
  }
  return out;
}

/// Remembers the states at each release of the unit's writer lock.
struct LastRelease final : SyncObserver {
  explicit LastRelease(Volume& its) : v(its) { v.simulation.set_sync_observer(this); }
  ~LastRelease() { v.simulation.set_sync_observer(nullptr); }
  void on_write_release(const RwLock& lock) override {
    if (&lock != &v.unit().unit_lock) return;
    states = states_of(v.un());
    ++releases;
  }
  Volume& v;
  std::vector<uint32_t> states;
  size_t releases = 0;
};

// A column dies under load, its spare is rebuilt, and dies too. Whenever somebody looks and no writer has the unit
// lock, states and flags are as the last writer left them.
TEST(LockRules, StatesChangeUnderTheWritersLockAlone_RL04) {
  Volume v({.spares = 2});
  LastRelease last(v);
  size_t looks = 0;
  ASSERT_TRUE(v.run([&] {
    ASSERT_EQ(v.open(), 0);
    v.fill();
    v.host.spawn("looker", [&] {
      for (int i = 0; i < 6000; ++i) {
        sleep_for(7us);
        if (v.unit().unit_lock.write_held() || last.releases == 0) continue;
        ++looks;
        ASSERT_EQ(states_of(v.un()), last.states) << "look " << i;
      }
    });
    v.kill(1);
    EXPECT_EQ(v.write(0, 24, 900), 0);
    sleep_for(10ms);
    v.kill(4);
    EXPECT_EQ(v.write(0, 24, 901), 0);
    sleep_for(10ms);
  }));
  EXPECT_EQ(v.column(1).now.dev, v.disk(5).number());
  EXPECT_GT(looks, 3000U);
  EXPECT_GT(last.releases, 10U);
}

// Whatever a disk is asked to write for a caller, it is in rows that a child holds, under the unit lock and the io
// lock.
TEST(LockRules, WritesAreServedUnderAllTheirLocks_RL03) {
  Volume v;
  size_t logged = 0, home = 0;
  ASSERT_TRUE(v.run([&] { ASSERT_EQ(v.open(), 0); }));
  for (uint64_t d = 0; d < 4; ++d) {
    v.disk(d).on_request = [&v, &logged, &home](const IoRequest& r) {
      if (r.op != IoOp::write) return 0;
      const bool to_log = r.block < v.un().un_pwsize;
      (to_log ? logged : home) += 1;
      EXPECT_NE(v.unit().lines.chain(), nullptr);
      EXPECT_GT(v.unit().unit_lock.readers(), 0U);
      EXPECT_GT(v.unit().io_lock.readers(), 0U);
      if (to_log) return 0;
      const RowRange rows{r.block - v.un().un_pwsize, r.block - v.un().un_pwsize + r.blocks - 1};
      bool held = false;
      for (const Child* cs = v.unit().lines.chain(); cs != nullptr; cs = cs->chain_next) {
        held = held || (cs->is(MD_RCS_WRITER) && cs->rows.first <= rows.first && rows.last <= cs->rows.last);
      }
      EXPECT_TRUE(held) << "rows " << rows.first << ".." << rows.last;
      return 0;
    };
  }
  ASSERT_TRUE(v.run([&] {
    v.fill();
    EXPECT_EQ(v.write(3, 2, 77), 0);
    EXPECT_EQ(v.write(0, 48, 78), 0);
  }));
  EXPECT_GT(logged, 20U);
  EXPECT_GT(home, 20U);
}

// Somebody wants the io lock for himself in the middle of many writes: when he has it nothing of them is left.
TEST(LockRules, WhoHasTheIoLockIsAlone_RL05) {
  Volume v;
  size_t times = 0;
  ASSERT_TRUE(v.run([&] {
    ASSERT_EQ(v.open(), 0);
    for (uint64_t writer = 0; writer < 4; ++writer) {
      v.host.spawn("writer", [&v, writer] {
        for (uint64_t i = 0; i < 12; ++i) EXPECT_EQ(v.write(writer * 8 + i % 3, 5, writer * 100 + i), 0);
      });
    }
    for (int i = 0; i < 12; ++i) {
      sleep_for(170us);
      const bool busy = v.unit().parents() != 0;
      const WriteHold alone = v.unit().io_lock.write();
      times += busy ? 1U : 0U;
      EXPECT_EQ(v.unit().parents(), 0U);
      EXPECT_EQ(v.unit().lines.chain(), nullptr);
      EXPECT_EQ(v.unit().lines.queue(), nullptr);
      for (uint64_t d = 0; d < 4; ++d) EXPECT_EQ(v.disk(d).outstanding(), 0U);
    }
  }));
  EXPECT_GT(times, 5U);
}

// At every release of the writer lock the request is there and the column is RESYNC, or neither is, and so it is on
// record: nobody sees a column that is okay with a resync still asked for.
TEST(LockRules, TheRequestEndsInTheHoldThatCommitsTheEnd_RH20) {
  struct Judge final : SyncObserver {
    explicit Judge(Volume& its) : v(its) { v.simulation.set_sync_observer(this); }
    ~Judge() { v.simulation.set_sync_observer(nullptr); }
    void on_write_release(const RwLock& lock) override {
      if (&lock != &v.unit().unit_lock) return;
      const bool asked = v.un().has(MD_UN_RESYNC_ACTIVE);
      if (running && !asked) {
        ++ends;
        EXPECT_EQ(v.un().un_resync_index, no_column);
        EXPECT_FALSE(v.recorded().has(MD_UN_RESYNC_ACTIVE));
        EXPECT_EQ(v.recorded().columns[1].un_devstate, v.state(1));
        EXPECT_NE(v.state(1), RCS_RESYNC);
      }
      running = asked;
    }
    Volume& v;
    bool running = false;
    size_t ends = 0;
  };
  for (const bool bad_spare : {false, true}) {
    Volume v({.spares = 1});
    Judge judge(v);
    if (bad_spare) {
      v.disk(4).on_request = [&v](const IoRequest& r) {
        return r.op == IoOp::write && r.block >= v.un().un_pwsize ? EIO : 0;
      };
    }
    ASSERT_TRUE(v.run([&] {
      ASSERT_EQ(v.open(), 0);
      v.fill();
      v.kill(1);
      EXPECT_EQ(v.write(0, 24, 900), 0);
    }));
    EXPECT_EQ(v.state(1), bad_spare ? RCS_ERRED : RCS_OKAY);
    EXPECT_GE(judge.ends, 1U);
  }
}

// The spare fails after so many of its writes, or a source after so many of its reads: every resync comes to an end,
// is counted out, and is announced as over (RE-01). Whoever hears HOTSPARED finds the spare reserved (RE-04).
TEST(LockRules, EveryResyncEndsHoweverItsDisksFail_RG02_RE04) {
  size_t failed = 0, done = 0;
  for (const bool source : {false, true}) {
    for (int after = 0; after < 60; ++after) {
      Volume v({.spares = 1});
      bool reserved_when_told = true;
      ASSERT_TRUE(v.run([&] {
        ASSERT_EQ(v.open(), 0);
        v.fill();
        auto left = std::make_shared<int>(after);
        v.disk(source ? 2 : 4).on_request = [left, source](const IoRequest& r) {
          return r.op == (source ? IoOp::read : IoOp::write) && --*left < 0 ? EIO : 0;
        };
        v.host.spawn("monitor", [&] {
          size_t heard = 0;
          for (int i = 0; i < 4000; ++i) {
            sleep_for(5us);
            if (v.heard(EventSubclass::ESC_SVM_HOTSPARED) == heard) continue;
            ++heard;
            reserved_when_told = v.spares[0].state == hotspare::SpareState::HSS_RESERVED &&
                                 v.heard(EventSubclass::ESC_SVM_RESYNC_START) >= heard;
          }
        });
        v.kill(1);
        static_cast<void>(v.write(0, 24, 900));
      }));
      EXPECT_EQ(v.system->resync.md_raid_resync, 0U) << after;
      EXPECT_FALSE(v.un().has(MD_UN_RESYNC_ACTIVE)) << after;
      EXPECT_TRUE(reserved_when_told) << after;
      const size_t ends = v.heard(EventSubclass::ESC_SVM_RESYNC_DONE) + v.heard(EventSubclass::ESC_SVM_RESYNC_FAILED);
      EXPECT_EQ(v.heard(EventSubclass::ESC_SVM_RESYNC_START), ends) << after;
      done += v.heard(EventSubclass::ESC_SVM_RESYNC_DONE);
      failed += v.heard(EventSubclass::ESC_SVM_RESYNC_FAILED);
    }
  }
  EXPECT_GT(failed, 10U);
  EXPECT_GT(done, 0U);
}

}  // namespace
}  // namespace raidsim::raid
