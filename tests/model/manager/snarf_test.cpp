// What a boot makes of records, and that it happens once (statedb.md 4.9; metadevice.md 12.3).
#include <gtest/gtest.h>

#include <array>

#include "tests/model/manager/manager_world.h"

namespace raidsim::testing {
namespace {

/// In the gap between two lives of the host, a program leaves what it likes in the database.
template <class Leave>
void between_lives(ManagerWorld& world, Leave leave) {
  world.machine.crash();
  world.machine.boot();
  const statedb::BootList boot_list = world.boot_list;
  world.machine.run([&] {
    statedb::Database store(world.machine.environment(), {.load = {}, .boot_list = &boot_list});
    ASSERT_TRUE(store.load());
    leave(store);
    store.unload();
  });
}

// A replica is added to a running set: what is adopted already is not adopted once more.
TEST(Snarf, HappensOnceForASet_DBS1_MD18) {
  ManagerWorld world(1);
  world.reboot();
  const raid::RaidUnit* unit = world.raid_unit();
  world.run([&] { EXPECT_TRUE(world.manager->replica_add(replica_on(world.disk(6))).is_ok()); });
  const View view = world.manager->view();
  EXPECT_EQ(view.units().size(), 1u);
  EXPECT_EQ(world.raid_unit(), unit);
  EXPECT_EQ(view.pools().size(), 1u);
  EXPECT_EQ(view.spares().size(), 1u);
}

// The host died between the creation of records and their first commit, one of each kind, the name space's among them.
// None of them is anything at the next boot, and none is left.
TEST(Snarf, WhatWasNeverCommittedIsDeleted_INVD24_DBS2) {
  ManagerWorld world(1);
  std::vector<md::RecordId> ghosts;
  const size_t names = world.manager->view().system().names.entries().size();
  between_lives(world, [&](statedb::Database& store) {
    for (const auto type : {statedb::RecordType::name_space, statedb::RecordType::raid, statedb::RecordType::pool,
                            statedb::RecordType::hot_spare}) {
      ghosts.push_back(store.create(type));
      EXPECT_GT(ghosts.back(), 0);
    }
  });
  world.reboot();
  ASSERT_TRUE(world.booted);
  const View view = world.manager->view();
  for (const auto& [number, image] : view.replicas().contents.images) EXPECT_NE(image.commitcnt(), 0u) << number;
  for (const md::RecordId id : ghosts) {
    EXPECT_FALSE(view.replicas().contents.images.contains(static_cast<uint32_t>(id))) << id;
  }
  EXPECT_EQ(view.units().size(), 1u);
  EXPECT_EQ(view.system().names.entries().size(), names);
  world.run([&] { EXPECT_EQ(world.open(), 0); });
}

// The tool named a disk, and the host died before it made use of the name. The name stays, and the next one who asks
// for it gets the same key (docs/decisions/0050).
TEST(Snarf, ANameWithoutAUserStays_DBS8) {
  ManagerWorld world;
  md::NameKey key = 0, again = 0;
  world.run([&] { EXPECT_TRUE(world.manager->set_name(world.disk(6).number(), "d", key).is_ok()); });
  world.reboot();
  ASSERT_TRUE(world.booted);
  world.run([&] { EXPECT_TRUE(world.manager->set_name(world.disk(6).number(), "d", again).is_ok()); });
  EXPECT_NE(key, 0u);
  EXPECT_EQ(again, key);
}

// All disks get other numbers while a column is on its spare: key and device of column and spare go together, before
// and after.
TEST(Snarf, AColumnOnASpareIsWhereItsSpareIs_INVH06) {
  ManagerWorld world(1);
  world.run([&] {
    ASSERT_EQ(world.open(), 0);
    world.column_disk(1).fail_reads = world.column_disk(1).fail_writes = EIO;
    EXPECT_EQ(world.read(0, 24).size(), 24u * block_bytes);
  });
  const auto expect_together = [&](DeviceNumber device) {
    const raid::Column& column = world.un().columns[1];
    const auto& spare = *world.manager->view().spares().at(0);
    EXPECT_EQ(column.un_hs_id, spare.hs_record_id);
    EXPECT_EQ(column.un_hs_key, spare.hs_key);
    EXPECT_EQ(column.now.dev, spare.hs_devnum);
    EXPECT_EQ(spare.hs_devnum, device);
  };
  expect_together(world.disk(5).number());
  world.machine.crash();
  world.machine.simulation.run();
  for (int d = 0; d < 7; ++d) world.disk(d).renumber(disk_slice(static_cast<uint32_t>(40 - d), 0));
  world.reboot();
  ASSERT_TRUE(world.booted);
  expect_together(disk_slice(35, 0));
}

}  // namespace
}  // namespace raidsim::testing
