// tests/model/hotspare/pools_world.h: hot spares and pools over a database of one replica; disks 1 to 5 may be spares.
#pragma once

#include <gtest/gtest.h>

#include "model/hotspare/pools.h"
#include "model/statedb/database.h"
#include "tests/model/md/machine.h"
#include "tests/model/statedb/replica_disk.h"

namespace raidsim::hotspare {

using raidsim::testing::Machine;

inline constexpr md::PoolId hsp001 = md::make_pool_id(0, 1), hsp002 = md::make_pool_id(0, 2);

class PoolsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (int i = 0; i < 6; ++i) machine.add_disk(1000);
    machine.free_epoch = [this] {
      pools.reset();
      system.reset();
      store.reset();
    };
    run([&] {
      make();
      ASSERT_EQ(store->add_replica(testing::replica_on(*machine.disks[0])), statedb::DbStatus::ok);
      load();
    });
  }
  void make() {
    boot_list = testing::boot_list_of(*machine.disks[0]);
    store = std::make_unique<statedb::Database>(machine.environment(),
                                                statedb::DatabaseOptions{.load = {}, .boot_list = &boot_list});
    system = std::make_unique<md::System>(machine.environment(), *store);
    pools = std::make_unique<Pools>(*system);
    system->halted = false;
    system->hot_spares = pools.get();
    system->add_poke_service({.poke = [](void* count) { ++*static_cast<int*>(count); }, .context = &pokes});
  }
  void load() {
    ASSERT_TRUE(store->load());
    ASSERT_TRUE(system->names.snarf());
    pools->snarf();
  }
  void reboot(std::vector<SpareUse> uses = {}) {
    machine.crash();
    machine.boot();
    run([&] {
      make();
      load();
      pools->make_consistent(uses);
    });
  }
  template <class F>
  void run(F f) {
    ASSERT_TRUE(machine.run(f));
  }
  DeviceNumber device(int disk) const { return machine.disks[static_cast<size_t>(disk)]->number(); }
  md::Error add(md::PoolId pool, int disk, uint64_t start = 0, uint64_t blocks = 1000, bool label = false) {
    const md::NameKey key = system->names.add(device(disk), "spare");
    return pools->set_hs({.shs_cmd = SetHsCommand::ADD_HOT_SPARE,
                          .shs_hot_spare_pool = pool,
                          .shs_component_old = device(disk),
                          .shs_key_old = key,
                          .shs_start_blk = start,
                          .shs_has_label = label,
                          .shs_number_blks = blocks});
  }
  md::Error command(SetHsCommand what, md::PoolId pool, int disk, uint32_t options = 0) {
    return pools->set_hs(
        {.shs_cmd = what, .shs_hot_spare_pool = pool, .shs_component_old = device(disk), .shs_options = options});
  }
  /// Takes a spare as a unit does: reserve, commit.
  Reservation take(md::PoolId pool, uint64_t size = 100) {
    const Reservation got = pools->get(pool, size, false);
    if (got.ok) system->commit(got.record);
    return got;
  }

  statedb::BootList boot_list;
  std::unique_ptr<statedb::Database> store;
  std::unique_ptr<md::System> system;
  std::unique_ptr<Pools> pools;
  int pokes = 0;
  Machine machine;  // last: it goes first, and ends the epoch that the others belong to
};

}  // namespace raidsim::hotspare
