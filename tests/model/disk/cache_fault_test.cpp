// F23, F24: a cache that is another one after a start, and a controller's memory that forgets or remembers too long.
#include "tests/model/disk/rig.h"

namespace raidsim::disk {
namespace {

void reboot(Rig& rig) {
  rig.crash(CrashKind::host_only);
  rig.bay->power_on();
  rig.bay->faults().host_boots();
  rig.boot();
}

// F23 -----------------------------------------------------------------------------------------------------------------

TEST(CacheToggled, IsAnotherKindFromTheNextBootOn_F23) {
  Rig rig;
  rig.arm(CacheToggled{});
  rig.write(1, 'a');
  EXPECT_EQ(rig.durable(1), "a");
  reboot(rig);
  EXPECT_EQ(rig.devices[0]->cache(), CacheKind::volatile_write_back);
  rig.write(1, 'b');
  EXPECT_EQ(rig.seen(1) + rig.durable(1), "ba") << "acknowledged, and not durable";
  reboot(rig);
  EXPECT_EQ(rig.devices[0]->cache(), CacheKind::volatile_write_back) << "once";
}

TEST(CacheToggled, WhatACacheHoldsIsWrittenOutBeforeItIsOff_F23) {
  Rig rig({.disk = plain_disk(CacheKind::volatile_write_back)});
  rig.write(1, 'a');
  rig.write(1, 'b');
  rig.arm(CacheToggled{});
  EXPECT_EQ(rig.durable(1), ".");
  reboot(rig);
  EXPECT_EQ(rig.devices[0]->cache(), CacheKind::none);
  EXPECT_EQ(rig.durable(1), "b");
  EXPECT_TRUE(rig.disk().cache().empty());
}

TEST(CacheToggled, NamedKindThatIsThereAlreadyChangesNothing_F23) {
  Rig rig({.disk = plain_disk(CacheKind::volatile_write_back)});
  rig.write(1, 'a');
  rig.arm(CacheToggled{.to = CacheKind::volatile_write_back});
  reboot(rig);
  EXPECT_EQ(rig.devices[0]->cache(), CacheKind::volatile_write_back);
  EXPECT_EQ(rig.durable(1), ".");
}

// A drive comes back from a break of power with its default setting. Who had it open before goes by what was read then.
TEST(CacheToggled, PowerThatIsBackResetsItUnderAnOpenDevice_F23_F45) {
  Rig rig;
  rig.arm(CacheToggled{});
  rig.arm(EnclosurePowerLoss{.disks = {0}, .match = {.count = {}, .lasts = 1ms}});
  rig.run();
  EXPECT_EQ(rig.disk().options().cache, CacheKind::volatile_write_back);
  EXPECT_EQ(rig.devices[0]->cache(), CacheKind::none) << "as it was at the open";
  EXPECT_EQ(rig.driver->open(disk_slice(0, 0), 0, 0).device->cache(), CacheKind::volatile_write_back);
}

// The host is up and its shelf is not: the disk starts later, and it is then that it is another one.
TEST(CacheToggled, ADiskWithoutPowerAtTheBootStartsWhenItIsBack_F23_F45) {
  Rig rig;
  rig.arm(CacheToggled{});
  const FaultHandle loss = rig.arm(EnclosurePowerLoss{.disks = {0}});
  reboot(rig);
  EXPECT_EQ(rig.disk().options().cache, CacheKind::none);
  rig.bay->faults().lift(loss);
  EXPECT_EQ(rig.disk().options().cache, CacheKind::volatile_write_back);
}

TEST(CacheToggled, StaysWhenFaultsStop_F23_D09) {
  Rig rig;
  rig.arm(CacheToggled{});
  rig.bay->faults().lift_transient();
  EXPECT_EQ(rig.disk().options().cache, CacheKind::none);
  reboot(rig);
  EXPECT_EQ(rig.disk().options().cache, CacheKind::volatile_write_back);
}

// F24a ----------------------------------------------------------------------------------------------------------------

TEST(NvramBatteryDead, UnflushedWritesOfAllItsDisksAreGone_F24a) {
  Rig rig({.disks = 2, .disk = plain_disk(CacheKind::volatile_write_back)});
  for (const DiskIndex disk : {0U, 1U}) {
    rig.arm(NvramBatteryDead{}, disk);
    rig.write(1, 'a', 1, disk);
    rig.flush(disk);
    rig.write(1, 'b', 1, disk);
  }
  rig.bay->power_cut();
  EXPECT_EQ(rig.durable(1, 1, 0) + rig.durable(1, 1, 1), "aa");
}

TEST(NvramBatteryDead, LiftedGivesTheDiskItsNatureBack_F24a) {
  RigOptions options{.disk = plain_disk(CacheKind::volatile_write_back)};
  options.disk.cache_loss = {.keep = 1.0};
  options.disk.torn.rule = TornRule::none;
  Rig rig(options);
  const FaultHandle dead = rig.arm(NvramBatteryDead{});
  rig.bay->faults().lift(dead);
  rig.write(1, 'a');
  rig.bay->power_cut();
  EXPECT_EQ(rig.durable(1), "a");
}

// F24b ----------------------------------------------------------------------------------------------------------------

// The card is taken out when blocks 0 to 3 hold 1, is back a second later, and has two writes of those that came first.
TEST(NvramStale, WritesBackWhatItHeldOverNewerData_F24b) {
  Rig rig;
  rig.write(0, '1', 4);
  const SimTime out = rig.simulation.now();
  rig.arm(NvramStale{.held_writes = 2, .age = 1s});
  rig.start_write(0, 'b', 2);
  rig.start_write(1, 'c', 1);
  rig.start_write(2, 'd', 1);  // one too many
  rig.run_for(999ms);
  EXPECT_EQ(rig.seen(0, 4), "bcd1");
  EXPECT_TRUE(rig.damage().empty()) << "not before";
  rig.run();

  EXPECT_EQ(rig.simulation.now() - out, Duration{1s});
  EXPECT_EQ(rig.seen(0, 4), "11d1");
  ASSERT_EQ(rig.damage().size(), 2U);
  EXPECT_EQ(rig.damage().at(0)->kind, DamageKind::old_content);
  EXPECT_EQ(rig.damage().at(1)->fault_number, 24);
}

TEST(NvramStale, ABlockThatIsTheSameIsNotDamaged_F24b) {
  Rig rig;
  rig.write(0, '1', 2);
  rig.arm(NvramStale{.age = 1ms});
  rig.start_write(0, '1', 1);
  rig.start_write(1, 'b', 1);
  rig.run();
  EXPECT_EQ(rig.seen(0, 2), "11");
  EXPECT_EQ(rig.damage().size(), 1U);
  EXPECT_EQ(rig.damage().at(0), nullptr);
}

TEST(NvramStale, WritesBackOnceAndLaterWritesHeal_F24b) {
  Rig rig;
  rig.arm(NvramStale{.held_writes = {}, .age = 1ms});
  rig.start_write(0, 'b');
  rig.run();
  EXPECT_EQ(rig.seen(0), ".");
  rig.write(0, 'c');
  rig.run_for(10ms);
  EXPECT_EQ(rig.seen(0), "c");
  EXPECT_TRUE(rig.damage().empty());
}

TEST(NvramStale, OverwritesWhatLiesInTheCacheToo_F24b) {
  Rig rig({.disk = plain_disk(CacheKind::volatile_write_back)});
  rig.arm(NvramStale{.age = 1ms});
  rig.start_write(0, 'b');
  rig.run();
  EXPECT_EQ(rig.seen(0), ".");
  EXPECT_NE(rig.disk().damage_seen(0), nullptr);
  rig.flush();
  EXPECT_EQ(rig.durable(0), ".");
  EXPECT_NE(rig.disk().damage_seen(0), nullptr);
}

TEST(NvramStale, NobodyIsThereToTakeItWithoutPower_F24b) {
  Rig rig;
  rig.arm(NvramStale{.age = 1ms});
  rig.start_write(0, 'b');
  rig.run_for(500us);
  rig.bay->power_cut();
  rig.run();
  rig.bay->power_on();
  EXPECT_EQ(rig.seen(0), "b");
  EXPECT_TRUE(rig.damage().empty());
}

// Faults stop before the card is back: then it does not come back.
TEST(NvramStale, LiftedWritesNothing_F24b_D09) {
  Rig rig;
  rig.arm(NvramStale{.age = 1ms});
  rig.start_write(0, 'b');
  rig.run_for(500us);
  rig.bay->faults().lift_transient();
  rig.run();
  EXPECT_EQ(rig.seen(0), "b");
}

}  // namespace
}  // namespace raidsim::disk
