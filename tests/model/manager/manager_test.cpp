// The volume manager as its host sees it: units that live, fail, get a spare, crash and come back.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/model/manager/manager_world.h"

namespace raidsim::testing {
namespace {

TEST(Manager, ACreatedUnitTakesWritesAndGivesThemBack) {
  ManagerWorld world;
  EXPECT_EQ(world.un().un_state, raid::RUS_OKAY);
  world.run([&] {
    ASSERT_EQ(world.open(), 0);
    for (uint64_t b = 0; b < 288; b += 24) ASSERT_EQ(world.write(b, 24, b), 0);
    ASSERT_EQ(world.write(5, 3, 99), 0);
    EXPECT_EQ(world.read(24, 24), pattern(24, 24));
    EXPECT_EQ(world.read(5, 3), pattern(3, 99));
    EXPECT_EQ(world.mismatches(), 0u);
    EXPECT_EQ(world.manager->close(ManagerWorld::unit, md::OTYP_BLK), 0);
  });
  EXPECT_EQ(world.manager->size(ManagerWorld::unit), 288u);
  EXPECT_TRUE(world.manager->view().quiescent());
}

// One column's disk dies: data stays readable, the daemon puts the spare in its place, parity holds again.
TEST(Manager, AFailedColumnIsRebuiltOnASpare) {
  ManagerWorld world(1);
  world.run([&] {
    ASSERT_EQ(world.open(), 0);
    for (uint64_t b = 0; b < 288; b += 24) ASSERT_EQ(world.write(b, 24, b + 1), 0);
  });

  world.column_disk(1).fail_reads = world.column_disk(1).fail_writes = EIO;
  world.run([&] {
    for (uint64_t b = 0; b < 288; b += 24) EXPECT_EQ(world.read(b, 24), pattern(24, b + 1));
  });

  EXPECT_EQ(world.un().un_state, raid::RUS_OKAY);
  EXPECT_TRUE(world.un().columns[1].hot_spared());
  EXPECT_EQ(world.un().columns[1].now.dev, world.disk(5).number());
  EXPECT_TRUE(world.manager->view().spares()[0]->hs_state == hotspare::SpareState::HSS_RESERVED);
  EXPECT_EQ(world.machine.heard(md::EventSubclass::ESC_SVM_HOTSPARED), 1u);
  world.run([&] {
    EXPECT_EQ(world.mismatches(), 0u);
    for (uint64_t b = 0; b < 288; b += 24) EXPECT_EQ(world.read(b, 24), pattern(24, b + 1));
  });
}

// The same, and then the power fails: spare, states and data are what they were.
TEST(Manager, AHotSparedUnitComesBackAfterAPowerCut) {
  ManagerWorld world(1, CacheKind::volatile_write_back);
  world.run([&] {
    ASSERT_EQ(world.open(), 0);
    for (uint64_t b = 0; b < 288; b += 24) ASSERT_EQ(world.write(b, 24, b + 1), 0);
    world.column_disk(2).fail_reads = world.column_disk(2).fail_writes = EIO;
    for (uint64_t b = 0; b < 288; b += 24) EXPECT_EQ(world.read(b, 24), pattern(24, b + 1));
  });
  ASSERT_TRUE(world.un().columns[2].hot_spared());

  world.reboot(true);

  ASSERT_TRUE(world.booted);
  EXPECT_EQ(world.un().un_state, raid::RUS_OKAY);
  EXPECT_FALSE(world.machine.said(md::MessageId::SNARF_REPAIRED));
  EXPECT_EQ(world.manager->view().pool(ManagerWorld::pool)->hsp_refcount, 1u);
  world.run([&] {
    ASSERT_EQ(world.open(), 0);
    for (uint64_t b = 0; b < 288; b += 24) EXPECT_EQ(world.read(b, 24), pattern(24, b + 1));
    EXPECT_EQ(world.mismatches(), 0u);
  });
}

// Disks get other numbers while the host is down; units find theirs by device id (MD-17).
TEST(Manager, RenumberedDisksAreFoundAgain) {
  ManagerWorld world;
  world.run([&] {
    ASSERT_EQ(world.open(), 0);
    ASSERT_EQ(world.write(0, 24, 7), 0);
    ASSERT_EQ(world.manager->close(ManagerWorld::unit, md::OTYP_BLK), 0);
  });
  world.machine.crash();
  world.machine.simulation.run();
  for (int d = 0; d < 5; ++d) world.disk(d).renumber(disk_slice(static_cast<uint32_t>(40 - d), 0));
  world.reboot();

  ASSERT_TRUE(world.booted);
  EXPECT_EQ(world.un().columns[0].now.dev, disk_slice(39, 0));
  world.run([&] {
    ASSERT_EQ(world.open(), 0);
    EXPECT_EQ(world.read(0, 24), pattern(24, 7));
  });
}

// ---- refusals ----

TEST(Manager, OpensAndRequestsThatCannotBeAreRefused) {
  ManagerWorld world;
  world.run([&] {
    EXPECT_EQ(world.manager->open(11, md::FREAD), ENXIO);
    EXPECT_EQ(world.manager->open(md::make_minor(1, 10), md::FREAD), ENXIO);
    EXPECT_EQ(world.manager->open(10u << 20, md::FREAD), ENXIO);
    EXPECT_EQ(world.manager->close(11), ENXIO);
    EXPECT_EQ(world.manager->close(10, md::OTYP_BLK), ENXIO);
    EXPECT_EQ(world.open(), 0);
    EXPECT_EQ(world.manager->open(10, md::FREAD | md::FEXCL, md::OTYP_CHR), EBUSY);
    md::Buffer buffer;
    buffer.bytes = 512;
    buffer.done = [](md::Buffer&) {};
    world.manager->strategy(11, buffer);
    EXPECT_EQ(buffer.error, ENXIO);
    EXPECT_EQ(buffer.residual, 512u);
    EXPECT_TRUE(world.manager->create(world.un()).is(md::MDE_UNIT_ALREADY_SETUP));
    EXPECT_TRUE(world.manager->set_sync(11).is(md::MDE_UNIT_NOT_SETUP));
  });
}

// An operator names a disk that already serves (fault-model.md 4.9): nothing but the refusal keeps its rows.
class DiskInUse : public ::testing::Test {
 protected:
  DiskInUse() {
    world.run([&] {
      ASSERT_EQ(world.open(), 0);
      ASSERT_EQ(world.write(0, 288, 7), 0);
    });
  }
  raid::ReplaceRequest replace_column_1_with(TestDisk& with) {
    const raid::Column& column = world.un().columns[1];
    return {.minor = 10, .old_device = column.orig.dev, .component = {.device = with.number(), .key = 99}};
  }
  void expect_all_as_it_was() {
    world.run([&] {
      EXPECT_EQ(world.un().un_state, raid::RUS_OKAY);
      EXPECT_EQ(world.un().columns[1].now.dev, world.column_disk(1).number());
      EXPECT_EQ(world.read(0, 288), pattern(288, 7));
      EXPECT_EQ(world.mismatches(), 0u);
    });
  }
  ManagerWorld world{1};
};

TEST_F(DiskInUse, AColumnIsNotReplacedByAnotherColumn_RS07) {
  world.run([&] {
    const md::Error error = world.manager->replace(replace_column_1_with(world.column_disk(2)));
    EXPECT_TRUE(error.is(md::MDE_ALREADY)) << name_of(error);
    EXPECT_EQ(error.device, world.column_disk(2).number());
    EXPECT_EQ(error.minor, 10u);
  });
  expect_all_as_it_was();
}

TEST_F(DiskInUse, AColumnIsNotReplacedByASpareOfAPool_RP01) {
  world.run([&] {
    const md::Error error = world.manager->replace(replace_column_1_with(world.disk(5)));
    EXPECT_TRUE(error.is(md::MDE_ALREADY)) << name_of(error);
    EXPECT_EQ(error.pool, ManagerWorld::pool);
  });
  expect_all_as_it_was();
}

TEST_F(DiskInUse, TheOriginalOfAHotSparedColumnIsStillIts_RS04) {
  world.column_disk(2).fail_reads = world.column_disk(2).fail_writes = EIO;
  world.run([&] { EXPECT_EQ(world.read(0, 288), pattern(288, 7)); });
  ASSERT_TRUE(world.un().columns[2].hot_spared());
  world.run(
      [&] { EXPECT_TRUE(world.manager->replace(replace_column_1_with(world.column_disk(2))).is(md::MDE_ALREADY)); });
  expect_all_as_it_was();
}

TEST_F(DiskInUse, AColumnIsNoSpare_INVH08) {
  world.run([&] {
    hotspare::SetHs add{.shs_cmd = hotspare::SetHsCommand::ADD_HOT_SPARE,
                        .shs_hot_spare_pool = ManagerWorld::pool,
                        .shs_component_old = world.column_disk(0).number()};
    EXPECT_TRUE(world.manager->set_hs(add).is(md::MDE_ALREADY));
    add.shs_cmd = hotspare::SetHsCommand::REPLACE_HOT_SPARE;
    add.shs_component_old = world.disk(5).number();
    add.shs_component_new = world.column_disk(0).number();
    EXPECT_TRUE(world.manager->set_hs(add).is(md::MDE_ALREADY));
  });
  EXPECT_EQ(world.manager->view().spares().size(), 1u);
  expect_all_as_it_was();
}

TEST_F(DiskInUse, ASecondUnitTakesNoColumnOfTheFirstAndNoneTwice_RS07) {
  world.run([&] {
    raid::Unit image = world.un();
    image.un_self_id = 11;
    EXPECT_TRUE(world.manager->create(image).is(md::MDE_ALREADY));
    for (raid::Column& column : image.columns) column.orig.dev = column.now.dev = world.disk(6).number();
    EXPECT_TRUE(world.manager->create(image).is(md::MDE_OVERLAP));
  });
  EXPECT_EQ(world.manager->view().units().size(), 1u);
  expect_all_as_it_was();
}

// The database's disk is away: the host is up without units (D-02).
TEST(Manager, WithoutItsDatabaseTheHostIsUpWithoutUnits) {
  ManagerWorld world;
  world.machine.crash();
  world.machine.simulation.run();
  world.disk(0).present = false;
  world.reboot();

  EXPECT_FALSE(world.booted);
  world.run([&] {
    EXPECT_EQ(world.open(), ENODEV);
    EXPECT_TRUE(world.manager->set_sync(10).is_errno(ENODEV));
  });

  world.machine.crash();
  world.machine.simulation.run();
  world.disk(0).present = true;
  world.reboot();
  EXPECT_TRUE(world.booted);
}

// Of two replicas one goes; the other alone has it that a column failed. Only the first comes back: by its records the
// column is okay, and what it held before it failed must not be read as good (docs/decisions/0034).
TEST(Manager, NothingIsServedFromAMinority_RC06_V8) {
  ManagerWorld world;
  TestDisk& second = world.disk(5);
  world.run([&] {
    EXPECT_TRUE(world.manager->replica_add(replica_on(second)).is_ok());
    world.boot_list.push_back(boot_list_of(second).front());
    ASSERT_EQ(world.open(), 0);
    ASSERT_EQ(world.write(0, 24, 1), 0);
    second.fail_writes = EIO;
    world.column_disk(0).fail_writes = EIO;
    ASSERT_EQ(world.write(0, 24, 2), 0);
  });
  ASSERT_EQ(world.un().columns[0].un_devstate, raid::RCS_ERRED);
  world.machine.crash();
  world.machine.simulation.run();
  second.fail_writes = world.column_disk(0).fail_writes = 0;
  world.disk(0).present = false;
  world.reboot();

  EXPECT_TRUE(world.manager->view().system().stale());
  EXPECT_EQ(world.raid_unit(), nullptr);
  world.run([&] {
    EXPECT_EQ(world.open(), ENXIO);
    EXPECT_TRUE(world.manager->set_sync(ManagerWorld::unit).is(md::MDE_DB_STALE));
  });

  world.machine.crash();
  world.machine.simulation.run();
  world.disk(0).present = true;
  world.reboot();
  ASSERT_NE(world.raid_unit(), nullptr);
  EXPECT_EQ(world.un().columns[0].un_devstate, raid::RCS_ERRED);
  world.run([&] {
    ASSERT_EQ(world.open(), 0);
    EXPECT_EQ(world.read(0, 24), pattern(24, 2));
  });
}

// The database's disk fails for good while a column error wants to be recorded: the system stops, and does not
// acknowledge what it could not record.
TEST(Manager, AStateThatCannotBeRecordedStopsTheSystem) {
  ManagerWorld world;
  world.run([&] { ASSERT_EQ(world.open(), 0); });
  world.disk(0).fail_writes = EIO;
  world.column_disk(0).fail_writes = EIO;
  bool acknowledged = false;
  world.machine.run(
      [&] { acknowledged = world.write(0, 8, 1) == 0 && world.write(8, 8, 2) == 0 && world.write(16, 8, 3) == 0; });
  EXPECT_FALSE(acknowledged);
  EXPECT_FALSE(world.machine.panicked.empty());
  EXPECT_TRUE(world.machine.said(md::MessageId::COMMIT_FAILED));
}

// ---- halt ----

TEST(Manager, HaltWaitsForNobodyButRefusesWhileAUnitIsOpen_INVM19) {
  ManagerWorld world;
  world.run([&] {
    ASSERT_EQ(world.open(), 0);
    ASSERT_EQ(world.write(0, 24, 3), 0);
    EXPECT_EQ(world.manager->halt(), EBUSY);
    EXPECT_EQ(world.read(0, 24), pattern(24, 3));
    ASSERT_EQ(world.manager->close(10, md::OTYP_BLK), 0);
    EXPECT_EQ(world.manager->halt(), 0);
    EXPECT_EQ(world.open(), ENODEV);
    EXPECT_TRUE(world.manager->set_sync(10).is_errno(ENXIO));
  });
  EXPECT_TRUE(world.manager->view().units().empty());
  EXPECT_EQ(world.manager->view().system().live_daemons(), 0u);
  for (const auto& disk : world.machine.disks) EXPECT_EQ(disk->opens, 0);

  world.reboot();
  world.run([&] {
    ASSERT_EQ(world.open(), 0);
    EXPECT_EQ(world.read(0, 24), pattern(24, 3));
  });
}

// The thread of a resync is the last that has the unit open; its close empties the logs, and a halt in the middle of
// that must not take the unit away under it.
TEST(Manager, HaltIsRefusedWhileAThreadClosesItsUnit_INVM19) {
  ManagerWorld world;
  world.run([&] {
    ASSERT_EQ(world.open(), 0);
    ASSERT_EQ(world.write(0, 24, 3), 0);
    const DeviceNumber column = world.un().columns[1].orig.dev;
    ASSERT_TRUE(world.manager->enable({.minor = 10, .old_device = column, .component = {.device = column}}).is_ok());
    ASSERT_EQ(world.manager->close(10, md::OTYP_BLK), 0);
    while (world.raid_unit()->is_open()) sleep_for(10us);
    EXPECT_TRUE(world.raid_unit()->open_close.write_held());
    EXPECT_EQ(world.manager->halt(), EBUSY);
    while (world.manager->halt() == EBUSY) sleep_for(1s);
  });
  EXPECT_TRUE(world.manager->view().units().empty());
  world.reboot();
  world.run([&] {
    ASSERT_EQ(world.open(), 0);
    EXPECT_EQ(world.read(0, 24), pattern(24, 3));
  });
}

// ---- crashes ----

struct CrashLater : Event {
  explicit CrashLater(Machine& m) : Event([](Event& e) { static_cast<CrashLater&>(e).fire(); }), machine(m) {}
  void fire() { machine.crash(power); }
  Machine& machine;
  bool power = false;
};

// A crash or power cut at a random moment of a run with a dying column and a rebuild: every block holds the last
// acknowledged write or the one in flight, and after the rebuild all rows add up (RD-01).
RC_GTEST_PROP(Manager, NoAcknowledgedWriteIsLostInACrash, ()) {
  const bool power = *rc::gen::arbitrary<bool>();
  const bool fail_one = *rc::gen::arbitrary<bool>();
  const int failing = *rc::gen::inRange(0, 4);
  const auto at = std::chrono::microseconds(*rc::gen::inRange(0, 40'000));
  const auto sizes = *rc::gen::container<std::vector<uint32_t>>(20, rc::gen::inRange(1u, 40u));
  const auto places = *rc::gen::container<std::vector<uint64_t>>(20, rc::gen::inRange<uint64_t>(0, 288));

  ManagerWorld world(1, CacheKind::volatile_write_back);
  std::vector<uint64_t> acknowledged(288, 0), in_flight(288, 0);
  CrashLater crash(world.machine);
  crash.power = power;
  world.machine.simulation.schedule_after(crash, at);
  const auto block_of = [](uint64_t tag) { return tag == 0 ? Bytes(block_bytes) : pattern(1, tag); };
  const bool finished = world.machine.run([&] {
    RC_ASSERT(world.open() == 0);
    for (size_t i = 0; i < sizes.size(); ++i) {
      if (fail_one && i == 5) world.column_disk(failing).fail_reads = world.column_disk(failing).fail_writes = EIO;
      const uint32_t blocks = std::min(sizes[i], static_cast<uint32_t>(288 - places[i]));
      Bytes data;
      for (uint32_t b = 0; b < blocks; ++b) {
        in_flight[places[i] + b] = (i + 1) * 1000 + b;
        const Bytes one = block_of((i + 1) * 1000 + b);
        data.insert(data.end(), one.begin(), one.end());
      }
      RC_ASSERT(world.transfer(md::BufferOp::write, places[i], data) == 0);
      for (uint32_t b = 0; b < blocks; ++b) acknowledged[places[i] + b] = in_flight[places[i] + b];
    }
  });
  if (world.machine.host.up()) world.machine.simulation.run();
  RC_ASSERT(world.machine.panicked.empty());
  RC_CLASSIFY(!finished, "cut in the middle of the writes");
  RC_CLASSIFY(!finished && world.machine.heard(md::EventSubclass::ESC_SVM_HOTSPARED) != 0,
              "cut during or after a rebuild");

  world.reboot(power);

  RC_ASSERT(world.booted);
  RC_ASSERT(world.machine.run([&] {
    RC_ASSERT(world.open() == 0);
    Bytes data(288 * block_bytes);
    RC_ASSERT(world.transfer(md::BufferOp::read, 0, data) == 0);
    for (uint64_t b = 0; b < 288; ++b) {
      const Bytes found(data.begin() + static_cast<std::ptrdiff_t>(b * block_bytes),
                        data.begin() + static_cast<std::ptrdiff_t>((b + 1) * block_bytes));
      RC_ASSERT(found == block_of(acknowledged[b]) || found == block_of(in_flight[b]));
    }
  }));
  RC_ASSERT(world.un().un_state == raid::RUS_OKAY);
  RC_ASSERT(world.machine.run([&] { RC_ASSERT(world.mismatches() == 0u); }));
}

}  // namespace
}  // namespace raidsim::testing
