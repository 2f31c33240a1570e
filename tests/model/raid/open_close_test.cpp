// tests/model/raid/open_close_test.cpp: first opens, last closes, and the log between them (raid-admin.md 10).
#include <gtest/gtest.h>

#include "tests/model/raid/volume.h"

namespace raidsim::raid {
namespace {

using md::EventSubclass;
using testing::Bench;
using testing::Volume;

TEST(OpenClose, DevicesAreOpenOnlyWhileTheUnitIs_RT16) {
  Volume v;
  ASSERT_TRUE(v.run([&] {
    ASSERT_EQ(v.open(), 0);
    EXPECT_TRUE(v.un().has(MD_UN_REPLAYED));
    for (uint64_t c = 0; c < 4; ++c) EXPECT_EQ(v.opens[c], 1);
    v.fill();
    EXPECT_TRUE(v.reads_right());
    ASSERT_EQ(v.close(), 0);
  }));
  for (uint64_t c = 0; c < 4; ++c) EXPECT_EQ(v.opens[c], 0);
  EXPECT_TRUE(v.parity_holds());
}

TEST(OpenClose, OneMissingDeviceDegradesTwoRefuse) {
  Volume v;
  v.missing = {1};
  ASSERT_TRUE(v.run([&] {
    EXPECT_EQ(v.open(), 0);
    EXPECT_EQ(v.state(1), RCS_ERRED);
    EXPECT_EQ(v.recorded().un_state, RUS_ERRED);
    EXPECT_EQ(v.heard(EventSubclass::ESC_SVM_ERRED), 1U);
    v.fill();
    EXPECT_TRUE(v.reads_right());
    EXPECT_EQ(v.close(), 0);
  }));
  v.missing = {1, 2};
  ASSERT_TRUE(v.run([&] { EXPECT_EQ(v.open(), ENXIO); }));
  EXPECT_EQ(v.heard(EventSubclass::ESC_SVM_OPEN_FAIL), 2U);
  EXPECT_EQ(v.said(md::MessageId::OPEN_FAILED), 1U);
  EXPECT_TRUE((v.unit().ui_tstate & md::MD_INACCESSIBLE) != 0);
  for (uint64_t c = 0; c < 4; ++c) EXPECT_EQ(v.opens[c], 0);
}

// Two columns fail reads while the path to them is gone; it comes back. The first stays errored, the last errored
// one missed nothing and serves again after the next first open.
TEST(OpenClose, LastErredColumnComesBack_F43) {
  Volume v;
  ASSERT_TRUE(v.run([&] {
    ASSERT_EQ(v.open(), 0);
    v.fill();
    v.kill(0);
    (void)v.write(0, 8, 99);
    v.kill(1);
    testing::Bytes data(v.expected.size());
    (void)raid_transfer(v.unit(), md::BufferOp::read, 8, 8, data.data());
  }));
  ASSERT_EQ(v.state(0), RCS_ERRED);
  ASSERT_EQ(v.state(1), RCS_LAST_ERRED);
  ASSERT_EQ(v.un().un_state, RUS_LAST_ERRED);
  v.heal(0);
  v.heal(1);
  ASSERT_TRUE(v.run([&] {
    ASSERT_EQ(v.close(), 0);
    ASSERT_EQ(v.open(), 0);
    EXPECT_EQ(v.state(1), RCS_OKAY);
    EXPECT_EQ(v.un().un_state, RUS_ERRED);
    EXPECT_TRUE(v.reads_right());
  }));
}

TEST(OpenClose, DriverOpensIgnoreExclusiveUse_RH23) {
  Volume v;
  ASSERT_TRUE(v.run([&] {
    ASSERT_EQ(raid_internal_open(v.unit(), md::FREAD | md::FEXCL, md::OTYP_CHR, 0, md::Opener::caller), 0);
    EXPECT_EQ(v.open(), EBUSY);
    EXPECT_EQ(open_for_driver(v.unit()), 0);
    close_for_driver(v.unit());
    EXPECT_EQ(v.close(), 0);
  }));
}

// Power fails when the pair is logged and no home write has begun: the next open finishes the write. A second
// replay of the same log changes nothing (RD-11).
TEST(OpenClose, LoggedPairIsFinishedByTheNextOpen_RL11_RH07) {
  Volume v;
  ASSERT_TRUE(v.run([&] {
    ASSERT_EQ(v.open(), 0);
    v.fill();
  }));
  // Home writes of the next write vanish: the power fails first.
  const uint64_t home = v.un().un_pwsize;
  for (uint64_t c = 0; c < 4; ++c) {
    v.disk(c).on_request = [&v, home](const IoRequest& r) {
      if (r.op != IoOp::write || r.block < home) return 0;
      v.host.crash();
      return EIO;
    };
  }
  (void)v.run([&] { (void)v.write(8, 8, 1234); });
  for (uint64_t c = 0; c < 4; ++c) v.heal(c);
  v.reboot();
  const auto data = Bench::pattern(8, 1234);
  std::memcpy(v.expected.data() + 8 * block_bytes, data.data(), data.size());

  std::vector<testing::Bytes> before;
  for (auto& disk : v.disks) before.push_back(disk->content());
  ASSERT_TRUE(v.run([&] { ASSERT_EQ(v.open(), 0); }));
  EXPECT_TRUE(v.parity_holds());
  std::vector<testing::Bytes> homes;
  for (uint64_t c = 0; c < 4; ++c) {
    homes.emplace_back(v.disk(c).content());
    // The old log again under the new homes: as a crash before the logs were cleared would leave it.
    std::copy_n(before[c].begin(), home * block_bytes, v.disk(c).content().begin());
  }
  ASSERT_TRUE(v.run([&] {
    v.un().un_status &= ~uint32_t{MD_UN_REPLAYED};
    ASSERT_EQ(raid_internal_close(v.unit(), md::OTYP_CHR, 0, md::Opener::caller), 0);
    ASSERT_EQ(v.open(), 0);
    EXPECT_TRUE(v.reads_right());
  }));
  for (uint64_t c = 0; c < 4; ++c) EXPECT_EQ(v.disk(c).content(), homes[c]) << c;
}

// One column is dead; a shelf of the path drops just as another column's home write is under way. The write was
// acknowledged when its log entry was durable, and that log still holds it: with the shelf back, the next first open
// gives the column what it missed (D-17).
TEST(OpenClose, ColumnThatMissedALoggedWriteComesBack_D17) {
  for (const bool crash : {false, true}) {
    Volume v;
    ASSERT_TRUE(v.run([&] {
      ASSERT_EQ(v.open(), 0);
      v.fill();
      v.kill(0);
      ASSERT_EQ(v.write(0, 8, 50), 0);  // block 0 lies in column 0: degraded from here on
      v.disk(1).on_request = [&v](const IoRequest& r) {
        return r.op == IoOp::write && r.block >= v.un().un_pwsize ? EIO : 0;
      };
      ASSERT_EQ(v.write(8, 8, 51), 0);  // column 1's segment of line 0
    }));
    ASSERT_EQ(v.state(1), RCS_LAST_ERRED);
    ASSERT_TRUE(v.column(1).has(MD_RAID_MISSED_WRITE | MD_RAID_LOG_COMPLETE));
    v.heal(1);
    if (crash) {
      v.reboot();
    } else {
      ASSERT_TRUE(v.run([&] { ASSERT_EQ(v.close(), 0); }));
    }
    ASSERT_TRUE(v.run([&] {
      ASSERT_EQ(v.open(), 0);
      EXPECT_EQ(v.state(1), RCS_OKAY);
      EXPECT_EQ(v.un().un_state, RUS_ERRED);
      EXPECT_TRUE(v.reads_right());
      EXPECT_EQ(v.write(16, 8, 52), 0);
      EXPECT_TRUE(v.reads_right());
    }));
  }
}

// RH-13: a clean close leaves no live entry behind.
TEST(OpenClose, LogsAreEmptyAfterACleanClose_RH13) {
  Volume v;
  ASSERT_TRUE(v.run([&] {
    ASSERT_EQ(v.open(), 0);
    v.fill();
    ASSERT_EQ(v.close(), 0);
  }));
  for (uint64_t c = 0; c < 4; ++c) {
    for (uint64_t slot = 0; slot < v.un().un_pwcnt; ++slot) {
      const auto header = decode_header(ConstHeaderBlock(v.disk(c).at(slot * v.un().un_iosize), block_bytes));
      EXPECT_EQ(header, empty_header(v.un(), ColumnIndex{c}));
    }
  }
}

}  // namespace
}  // namespace raidsim::raid
