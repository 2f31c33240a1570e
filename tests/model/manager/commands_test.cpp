// Commands, opens and the halt as the core of the volume manager frames them (metadevice.md 6 to 8, 12).
#include <gtest/gtest.h>

#include "model/raid/record.h"
#include "tests/model/manager/manager_world.h"

namespace raidsim::testing {
namespace {

constexpr md::ProcessId monitor = 7;

/// What no command can make of the unit: the test bends it.
raid::RaidUnit& bend(ManagerWorld& world) { return const_cast<raid::RaidUnit&>(*world.raid_unit()); }

// ---- opens (7.1) ----

TEST(Opens, WhatBelongsToAnotherUnitIsNotWrittenDirectly) {
  ManagerWorld world;
  bend(world).un.un_parent = 11;
  world.run([&] {
    EXPECT_EQ(world.manager->open(10, md::FREAD | md::FWRITE), EROFS);
    EXPECT_EQ(world.manager->open(10, md::FREAD), 0);
    EXPECT_EQ(world.manager->close(10), 0);
  });
}

TEST(Opens, AUnitThatCannotBeOpenedSaysSoBeforeItIsAskedForWriting) {
  ManagerWorld world;
  bend(world).un.un_parent = 11;
  bend(world).ui_tstate = md::MD_EOF_METADEVICE;
  world.run([&] { EXPECT_EQ(world.manager->open(10, md::FREAD | md::FWRITE), ENXIO); });
}

// The whole of each encoding is checked: a minor of another set, the administrative device, more bits than a minor has.
TEST(Opens, NoMinorOutOfRangeIsLookedUp_MD02) {
  ManagerWorld world;
  world.run([&] {
    for (const md::Minor minor : {md::make_minor(1, 10), md::Minor{0x3ffff}, 10u + (32u << 13), ~md::Minor{0}}) {
      EXPECT_EQ(world.manager->open(minor, md::FREAD), ENXIO);
      EXPECT_EQ(world.manager->close(minor), ENXIO);
      EXPECT_TRUE(world.manager->set_sync(minor).is(md::MDE_INVAL_UNIT));
      uint32_t state = 0;
      EXPECT_TRUE(world.manager->get_tstate(minor, state).is(md::MDE_INVAL_UNIT));
      EXPECT_EQ(world.manager->size(minor), 0u);
    }
  });
}

// ---- looking ----

TEST(Queries, FindUnitsAndPoolsById) {
  ManagerWorld world(1);
  world.run([&] {
    std::vector<uint32_t> ids;
    EXPECT_TRUE(world.manager->get_num("md_raid", ids).is_ok());
    EXPECT_EQ(ids, std::vector<uint32_t>{10});
    uint32_t id = 0;
    EXPECT_TRUE(world.manager->get_next("md_raid", 10, id).is_ok());
    EXPECT_EQ(id, 10u);
    EXPECT_TRUE(world.manager->get_next("md_raid", 11, id).is(md::MDE_UNIT_NOT_FOUND));
    EXPECT_TRUE(world.manager->get_next("md_hotspares", 0, id).is_ok());
    EXPECT_EQ(id, static_cast<uint32_t>(ManagerWorld::pool));
    EXPECT_TRUE(world.manager->get_num("md_mirror", ids).is(md::MDE_UNIT_NOT_FOUND));
  });
}

TEST(Queries, WhetherAUnitIsOpenIsAnsweredBesideARunningCommand_LK13) {
  ManagerWorld world;
  world.run([&] {
    ASSERT_EQ(world.open(), 0);
    bool running = true, open = false;
    world.machine.host.spawn("administrator", [&] {
      md::NameKey key = 0;
      EXPECT_TRUE(world.manager->set_name(world.disk(6).number(), "d", key).is_ok());  // a commit: milliseconds
      running = false;
    });
    sleep_for(10us);
    EXPECT_TRUE(world.manager->is_open(make_device(md_major, 10), open).is_ok());
    EXPECT_TRUE(open);
    EXPECT_TRUE(running) << "it waited for the command";
    EXPECT_TRUE(world.manager->is_open(world.disk(1).number(), open).is_errno(EINVAL));
    EXPECT_TRUE(world.manager->is_open(make_device(md_major, 11), open).is(md::MDE_UNIT_NOT_SETUP));
  });
}

// Free numbers go round: the search begins after the one that it found last, whoever took it.
TEST(FreeSlots, AreFoundInACircle_INVM05) {
  ManagerWorld world;
  world.run([&] {
    const md::System& system = world.manager->view().system();
    EXPECT_EQ(system.s_un_avail(), md::md_maxunits - 1);
    uint32_t unit = 0;
    for (uint32_t i = 0; i < 12; ++i) {
      EXPECT_TRUE(world.manager->make_dev(unit).is_ok());
      EXPECT_EQ(unit, i < 10 ? i : i + 1);  // 10 is set up
    }
    EXPECT_TRUE(world.manager->rem_dev().is_ok());
    EXPECT_TRUE(world.manager->make_dev(unit).is_ok());
    EXPECT_EQ(unit, 12u);
    while (unit != md::md_maxunits - 1) EXPECT_TRUE(world.manager->make_dev(unit).is_ok());
    EXPECT_TRUE(world.manager->rem_dev().is_errno(EFAULT));
    EXPECT_TRUE(world.manager->make_dev(unit).is_ok());
    EXPECT_EQ(unit, 0u);
  });
}

// A refused creation takes no number (MD-08).
TEST(FreeSlots, AFailedCreationLeavesThemAsTheyWere_MD08_MD09) {
  ManagerWorld world;
  world.run([&] {
    raid::Unit image = world.un();
    image.un_self_id = 11;
    image.un_hsp_id = md::make_pool_id(0, 99);  // no such pool
    for (uint32_t c = 0; c < 4; ++c) image.columns[c].orig.dev = image.columns[c].now.dev = disk_slice(20 + c, 0);
    EXPECT_FALSE(world.manager->create(image).is_ok());
    EXPECT_EQ(world.manager->view().system().s_un_avail(), md::md_maxunits - 1);
    EXPECT_EQ(world.manager->size(11), 0u);
  });
}

// ---- events for processes ----

// A monitor on the host waits for what happens to the unit's columns, while commands and I/O go on.
TEST(Monitor, HearsOfAFailedColumnAndItsSpare) {
  ManagerWorld world(1);
  std::vector<uint32_t> heard;
  world.run([&] {
    md::NotifyRequest on{.name = "monitor", .command = md::EQ_ON};
    ASSERT_EQ(world.manager->notify(on, monitor), 0);
    world.machine.host.spawn("monitor", [&] {
      md::NotifyRequest get{.name = "monitor", .command = md::EQ_GET_WAIT};
      while (world.manager->notify(get, monitor) == 0) heard.push_back(get.event.type);
    });
    ASSERT_EQ(world.open(), 0);
    world.column_disk(1).fail_reads = world.column_disk(1).fail_writes = EIO;
    EXPECT_EQ(world.read(0, 24).size(), 24u * block_bytes);
    sleep_for(1s);
    md::NotifyRequest off{.name = "monitor", .command = md::EQ_OFF};
    EXPECT_EQ(world.manager->notify(off, monitor), 0);
  });
  EXPECT_EQ(heard, (std::vector<uint32_t>{md::EQ_ERRED, md::EQ_HOTSPARED, md::EQ_RESYNC_START, md::EQ_RESYNC_DONE}));
}

// The database is below the queues; what happens to its replicas is told by the same call (B.1).
TEST(Monitor, HearsOfReplicasToo) {
  ManagerWorld world;
  world.run([&] {
    md::NotifyRequest on{.name = "monitor", .command = md::EQ_ON};
    ASSERT_EQ(world.manager->notify(on, monitor), 0);
    EXPECT_TRUE(world.manager->replica_add(replica_on(world.disk(5))).is_ok());
    md::NotifyRequest get{.name = "monitor", .command = md::EQ_GET_NOWAIT};
    EXPECT_EQ(world.manager->notify(get, monitor), 0);
    EXPECT_EQ(get.event.type, md::EQ_CREATE);
    EXPECT_EQ(get.event.tag, md::TAG_REPLICA);
    EXPECT_EQ(get.event.device, world.disk(5).number());
  });
}

// ---- halt and attach ----

// A process waits for events, so the halt gives up, and does not wait for the command that would end that; the volume
// manager goes on as if nobody had asked.
TEST(Halt, IsRefusedWhileAProcessWaitsForEvents_LK01) {
  ManagerWorld world(1);
  world.run([&] {
    md::NotifyRequest on{.name = "monitor", .command = md::EQ_ON};
    ASSERT_EQ(world.manager->notify(on, monitor), 0);
    world.machine.host.spawn("monitor", [&] {
      md::NotifyRequest get{.name = "monitor", .command = md::EQ_GET_WAIT};
      while (world.manager->notify(get, monitor) == 0) continue;
    });
    sleep_for(1ms);
    EXPECT_EQ(world.manager->halt(), EBUSY);
    ASSERT_EQ(world.open(), 0);
    world.column_disk(1).fail_reads = world.column_disk(1).fail_writes = EIO;
    EXPECT_EQ(world.read(0, 24).size(), 24u * block_bytes);
    md::NotifyRequest off{.name = "monitor", .command = md::EQ_OFF};
    EXPECT_EQ(world.manager->notify(off, monitor), 0);
  });
  EXPECT_TRUE(world.un().columns[1].hot_spared());
}

// The volume manager is halted and attached again without a reboot of its host. Pools and spares come back once, from
// their records, and one poke is one scan.
TEST(Halt, AHaltedVolumeManagerCanBeAttachedAgain_INVM05_INVM19_MD09_INVH01) {
  ManagerWorld world(1);
  world.run([&] {
    ASSERT_EQ(world.open(), 0);
    ASSERT_EQ(world.write(0, 24, 3), 0);
    ASSERT_EQ(world.manager->close(10, md::OTYP_BLK), 0);
    ASSERT_EQ(world.manager->halt(), 0);
    const View view = world.manager->view();
    EXPECT_TRUE(view.units().empty() && view.pools().empty() && view.spares().empty());
    EXPECT_FALSE(view.loaded_database());
    EXPECT_EQ(view.system().live_daemons(), 0u);
    EXPECT_TRUE(view.system().size_map().empty());
    EXPECT_EQ(view.system().s_un_avail(), md::md_maxunits);

    ASSERT_TRUE(world.manager->boot());
    EXPECT_EQ(view.pools().size(), 1u);
    EXPECT_EQ(view.spares().size(), 1u);
    EXPECT_EQ(view.pools()[0]->hsp_refcount, 1u);
    EXPECT_EQ(view.system().s_un_avail(), md::md_maxunits - 1);
    EXPECT_EQ(world.manager->size(10), 288u);
    ASSERT_EQ(world.open(), 0);
    EXPECT_EQ(world.read(0, 24), pattern(24, 3));
    world.column_disk(1).fail_reads = world.column_disk(1).fail_writes = EIO;
    EXPECT_EQ(world.read(0, 24), pattern(24, 3));
  });
  EXPECT_FALSE(world.machine.said(md::MessageId::SNARF_REPAIRED));
  EXPECT_EQ(world.machine.heard(md::EventSubclass::ESC_SVM_HOTSPARED), 1u);
  world.reboot();
  EXPECT_EQ(world.manager->view().pools().size(), 1u);
}

// A verification is opening the unit's devices when the host is to be halted. The halt waits until the open counts, and
// then is refused: it must not take down a unit that somebody is about to have open.
TEST(Halt, AVerificationKeepsItsUnitWhileItOpensIt_LK13) {
  ManagerWorld world;
  world.run([&] {
    md::Error verified = md::mdsyserror(EIO);
    raid::VerifyReport report;
    world.machine.host.spawn("verify", [&] { verified = world.manager->verify(10, report); });
    sleep_for(15us);
    EXPECT_EQ(world.manager->halt(), EBUSY);
    sleep_for(1s);
    EXPECT_TRUE(verified.is_ok()) << name_of(verified);
    EXPECT_EQ(report.lines_checked, ManagerWorld::lines);
    EXPECT_EQ(world.manager->halt(), 0);
  });
}

// ---- suspend ----

// The host wants to sleep while a column is rebuilt: it may not, and a person is told why. Afterwards it may.
TEST(Suspend, IsRefusedWhileAResyncRuns) {
  ManagerWorld world(1);
  world.run([&] {
    ASSERT_EQ(world.open(), 0);
    EXPECT_EQ(world.manager->suspend(), 0);
    world.column_disk(1).fail_reads = world.column_disk(1).fail_writes = EIO;
    EXPECT_EQ(world.read(0, 24).size(), 24u * block_bytes);
    while (world.manager->view().system().resync.md_raid_resync == 0) sleep_for(100us);
    EXPECT_EQ(world.manager->suspend(), EBUSY);
    EXPECT_TRUE(world.machine.said(md::MessageId::RESYNC_RUNNING));
    EXPECT_TRUE(world.machine.said(md::MessageId::SUSPEND_REFUSED));
    while (world.un().un_state != raid::RUS_OKAY) sleep_for(1ms);
    EXPECT_EQ(world.manager->suspend(), 0);
  });
}

// A worker that has something to do is waited for.
TEST(Suspend, WaitsForItsWorkers) {
  ManagerWorld world(1);
  world.run([&] {
    ASSERT_EQ(world.open(), 0);
    world.machine.host.spawn("client", [&] {
      for (uint64_t b = 0; b < 240; b += 8) EXPECT_EQ(world.write(b, 8, b), 0);
    });
    sleep_for(250us);
    EXPECT_EQ(world.manager->suspend(), 0);
    EXPECT_TRUE(world.manager->view().system().daemons_idle());
  });
}

// ---- snarf ----

struct UnitRecord final : statedb::RecordOwner {
  raid::Unit un;
  void encode(std::vector<std::byte>& out) const override { raid::encode_record(un, out); }
};

// Two records carry the same minor. The first is the unit; the second says that the spare is to be given back, and is
// deleted without a hearing.
TEST(Snarf, OfTwoRecordsOfAUnitTheFirstWins_MD16_DBS6) {
  ManagerWorld world(1);
  world.run([&] {
    ASSERT_EQ(world.open(), 0);
    ASSERT_EQ(world.write(0, 24, 3), 0);
    world.column_disk(1).fail_reads = world.column_disk(1).fail_writes = EIO;
    EXPECT_EQ(world.read(0, 24), pattern(24, 3));
  });
  ASSERT_TRUE(world.un().columns[1].hot_spared());
  UnitRecord second;
  second.un = world.un();
  second.un.columns[1].un_devstate = raid::RCS_RESYNC;
  second.un.columns[1].un_devflags = raid::MD_RAID_REGEN_RESYNC;
  second.un.columns[2].un_devstate = raid::RCS_ERRED;
  second.un.un_state = raid::RUS_ERRED;
  md::RecordId id = 0;
  world.machine.crash();
  world.machine.boot();
  statedb::BootList boot_list = world.boot_list;
  world.machine.run([&] {
    statedb::Database store(world.machine.environment(), {.load = {}, .boot_list = &boot_list});
    ASSERT_TRUE(store.load());
    id = second.un.un_record_id = store.create(statedb::RecordType::raid);
    store.set_owner(id, &second);
    const std::array ids{id};
    EXPECT_EQ(store.commit(ids), statedb::CommitResult::committed);
    store.unload();
  });
  world.column_disk(1).fail_reads = world.column_disk(1).fail_writes = 0;

  world.reboot();

  ASSERT_TRUE(world.booted);
  EXPECT_EQ(world.un().un_state, raid::RUS_OKAY);
  EXPECT_FALSE(world.machine.said(md::MessageId::SNARF_REPAIRED));
  EXPECT_EQ(world.manager->view().spares()[0]->hs_state, hotspare::SpareState::HSS_RESERVED);
  EXPECT_FALSE(world.manager->view().committed().contains(id));
}

}  // namespace
}  // namespace raidsim::testing
