// A judge that never looks finds nothing: what no fault explains is seen, also when the host dies in its first epoch.
#include <gtest/gtest.h>

#include <algorithm>

#include "harness/world/world.h"
#include "scenarios/load.h"

namespace raidsim::harness {
namespace {

constexpr uint32_t replica_block = 16;  // of d0, d1 and d2 (D-07)

struct FirstEpoch : ::testing::Test {
  const scenarios::Scenario scenario = scenarios::load_text(R"({"name": "first epoch"})", "test");
  const std::shared_ptr<const PreparedImage> image = prepare_image(scenario);
  World world{scenario, *image, RunOptions{}};

  void run_until(SimTime moment) {
    while (world.simulation().run({.until = moment}) == RunEnd::stopped) world.script().act();
  }
  void run_until_dead() {
    world.start();
    run_until(sim_start + 40ms);
    ASSERT_TRUE(world.host_up());
    world.crash(disk::CrashKind::host_only, disk::OutstandingFate::done);
    run_until(sim_start + 41ms);
    ASSERT_EQ(world.machine(), nullptr);
  }
  /// No fault of a disk: nobody can know of it.
  void wipe(disk::DiskIndex disk, uint32_t block) {
    const std::vector<std::byte> zeros(block_bytes);
    world.bay()[disk].poke(block, 1, zeros.data());
  }
  bool found(std::string_view id) {
    return std::ranges::any_of(world.verdicts().violations(), [&](const Violation& each) { return each.id == id; });
  }
};

TEST_F(FirstEpoch, NoDiskHasHadTroubleThatHadNone) {
  world.start();
  run_until(sim_start + 1ms);
  for (uint32_t disk = 0; disk < world.bay().size(); ++disk) {
    EXPECT_LT(world.points().last_trouble(disk), world.booted_at());
    EXPECT_LT(world.points().last_path_change(disk), world.booted_at());
  }
  world.shut_down();
}

TEST_F(FirstEpoch, ADeathThatTearsTwoReplicasIsSeen_INVD2) {
  run_until_dead();
  wipe(0, replica_block);
  wipe(1, replica_block);
  world.boot();
  EXPECT_TRUE(found("INV-D2"));
  world.shut_down();
}

TEST_F(FirstEpoch, ADeathThatTearsOneReplicaIsAsItMayBe_INVD2) {
  run_until_dead();
  wipe(1, replica_block);
  world.boot();
  EXPECT_FALSE(found("INV-D2"));
  world.shut_down();
}

}  // namespace
}  // namespace raidsim::harness
