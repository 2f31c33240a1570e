// A probe finds devices that went away while nobody used them (metadevice.md 7.7, raid-admin.md 10.4).
#include <gtest/gtest.h>

#include "tests/model/manager/manager_world.h"

namespace raidsim::testing {
namespace {

using md::EventSubclass;

struct Probe : ::testing::Test {
  ManagerWorld world;
  std::vector<md::Minor> failed;

  md::Error probe(std::vector<md::Minor> minors = {10}) {
    failed.clear();
    return world.manager->probe({.minors = std::move(minors)}, failed);
  }
  raid::ColumnState state(size_t column) { return world.un().columns[column].un_devstate; }
  void expect_as_many_opens_as_before() {
    for (int c = 0; c < 4; ++c) {
      const bool open = world.un().columns[static_cast<size_t>(c)].has(raid::MD_RAID_DEV_ISOPEN);
      EXPECT_EQ(world.column_disk(c).opens, open ? 1 : 0) << c;  // INV-M16
      EXPECT_FALSE(world.un().columns[static_cast<size_t>(c)].has(raid::MD_RAID_DEV_PROBEOPEN));
    }
  }
};

TEST_F(Probe, OfAHealthyUnitChangesNothing) {
  world.run([&] {
    const uint64_t commits = world.manager->view().commits();
    EXPECT_TRUE(probe().is_ok());
    ASSERT_EQ(world.open(), 0);
    EXPECT_TRUE(probe().is_ok());
    EXPECT_EQ(world.manager->view().commits(), commits);
    EXPECT_TRUE(failed.empty());
    expect_as_many_opens_as_before();
  });
}

// A disk dies in a unit that is open and idle. No I/O tells of it; the probe does, and the record knows it, too.
TEST_F(Probe, FindsADeadDiskOfAnIdleOpenUnit) {
  world.run([&] {
    ASSERT_EQ(world.open(), 0);
    ASSERT_EQ(world.write(0, 288, 7), 0);
    world.column_disk(2).present = false;
    EXPECT_TRUE(probe().is_ok());
    EXPECT_EQ(state(2), raid::RCS_ERRED);
    EXPECT_EQ(world.un().un_state, raid::RUS_ERRED);
    EXPECT_EQ(world.machine.heard(EventSubclass::ESC_SVM_ERRED), 1u);
    EXPECT_EQ(world.read(0, 288), pattern(288, 7));
  });
  world.column_disk(2).present = true;
  world.reboot();
  EXPECT_EQ(state(2), raid::RCS_ERRED);
}

// Two are dead: the second becomes last errored, and there the probe stops.
TEST_F(Probe, OfAnOpenUnitStopsAtTheSecondDeadDisk) {
  world.run([&] {
    ASSERT_EQ(world.open(), 0);
    for (int c : {0, 1, 3}) world.column_disk(c).present = false;
    EXPECT_TRUE(probe().is_ok());
    EXPECT_EQ(state(0), raid::RCS_ERRED);
    EXPECT_EQ(state(1), raid::RCS_LAST_ERRED);
    EXPECT_EQ(state(3), raid::RCS_OKAY);
    EXPECT_EQ(world.un().un_state, raid::RUS_LAST_ERRED);
    EXPECT_TRUE(probe().is_ok());  // nothing is done any more
    EXPECT_EQ(state(3), raid::RCS_OKAY);
  });
}

// Nobody has the unit open. One dead disk is recorded; with two the unit is not accessible, and no state changes: they
// may be back for the first open.
TEST_F(Probe, OfAClosedUnitIsAFirstOpenWithoutAUser) {
  world.run([&] {
    world.column_disk(0).present = world.column_disk(1).present = false;
    EXPECT_TRUE(probe().is_ok());
    EXPECT_EQ(failed, std::vector<md::Minor>{10});
    EXPECT_EQ(world.un().un_state, raid::RUS_OKAY);
    uint32_t tstate = 0;
    EXPECT_TRUE(world.manager->get_tstate(10, tstate).is_ok());
    EXPECT_EQ(tstate, uint32_t{md::MD_INACCESSIBLE});
    EXPECT_TRUE(world.machine.said(md::MessageId::OPEN_FAILED));
    EXPECT_TRUE(world.machine.said(md::MessageId::PROBE_FAILED));
    EXPECT_EQ(world.machine.heard(EventSubclass::ESC_SVM_OPEN_FAIL), 1u);

    world.column_disk(0).present = true;
    EXPECT_TRUE(probe().is_ok());
    EXPECT_EQ(state(1), raid::RCS_ERRED);
    EXPECT_TRUE(world.manager->get_tstate(10, tstate).is_ok());
    EXPECT_EQ(tstate, 0u);
    expect_as_many_opens_as_before();
  });
}

TEST_F(Probe, AsksForATestAndForUnitsThatAreThere) {
  world.run([&] {
    EXPECT_TRUE(world.manager->probe({.driver = "md_mirror", .minors = {10}}, failed).is_errno(ENOTTY));
    EXPECT_TRUE(world.manager->probe({.test = "open", .minors = {10}}, failed).is_errno(EINVAL));
    EXPECT_TRUE(probe({}).is_errno(EINVAL));
    EXPECT_TRUE(probe({11, md::make_minor(2, 10)}).is_errno(ENODEV));
    EXPECT_TRUE(probe({11, 10}).is_ok());
    EXPECT_TRUE(world.machine.said(md::MessageId::PROBE_NO_UNIT));
  });
}

// The command waits without the ioctl lock, which its workers need; other commands may come in between.
TEST_F(Probe, OtherCommandsMayRunWhileItWaits) {
  world.run([&] {
    bool probed = false;
    world.machine.host.spawn("probe", [&] {
      EXPECT_TRUE(probe({10, 10, 10, 10}).is_ok());  // four requests for three workers
      probed = true;
    });
    sleep_for(5us);
    std::vector<uint32_t> ids;
    EXPECT_TRUE(world.manager->get_num("md_raid", ids).is_ok());
    EXPECT_FALSE(probed);
    sleep_for(10ms);
    EXPECT_TRUE(probed);
    expect_as_many_opens_as_before();
  });
}

}  // namespace
}  // namespace raidsim::testing
