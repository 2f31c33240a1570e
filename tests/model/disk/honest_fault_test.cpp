// F01-F08: drives that fail and say so.
#include <set>

#include "tests/model/disk/rig.h"

namespace raidsim::disk {
namespace {

TEST(HonestFault, FailStopFailsEveryRequestAndFreezesTheContent_F01) {
  Rig rig;
  rig.write(5, 'a');
  const SimTime before = rig.simulation.now();
  rig.arm(FailStop{.error_after = 2ms});
  EXPECT_EQ(rig.read(5).request.error, EIO);
  EXPECT_EQ(rig.simulation.now() - before, 2ms);
  EXPECT_EQ(rig.write(5, 'b').request.error, EIO);
  EXPECT_EQ(rig.flush().request.error, EIO);
  EXPECT_EQ(rig.seen(5), "a");
  EXPECT_EQ(rig.driver->open(disk_slice(0, 0), 100, 0).error, ENXIO);
  EXPECT_EQ(rig.driver->find(100, 0), no_device);
}

TEST(HonestFault, FailStopAlsoFailsWhatIsInService_F01) {
  Rig rig;
  const Io& io = rig.start_write(5, 'a');
  rig.run_for(50us);
  rig.arm(FailStop{});
  rig.run();
  EXPECT_EQ(io.request.error, EIO);
  EXPECT_EQ(rig.seen(5), ".");
}

TEST(HonestFault, FailStopLeavesOtherDisksAlone_F01) {
  Rig rig({.disks = 2, .disk = plain_disk()});
  rig.arm(FailStop{}, 1);
  EXPECT_EQ(rig.write(5, 'a', 1, 0).request.error, 0);
}

TEST(HonestFault, TransientReadErrorEndsAfterItsCount_F02) {
  Rig rig;
  rig.write(5, 'a', 4);
  rig.arm(TransientReadError{.match = {.range = {6, 8}, .count = 2}});
  EXPECT_EQ(rig.read(5).request.error, 0) << "outside the range";
  EXPECT_EQ(rig.write(6, 'b').request.error, 0) << "writes are not reads";
  const Io& failed = rig.read(5, 4);
  EXPECT_EQ(failed.request.error, EIO);
  EXPECT_EQ(failed.request.residual, 4U);
  EXPECT_EQ(failed.letters(), "####") << "nothing is transferred";
  EXPECT_EQ(rig.read(7).request.error, EIO);
  EXPECT_EQ(rig.read(5, 4).letters(), "abaa");
  EXPECT_TRUE(rig.damage().empty());
}

TEST(HonestFault, DriverRetriesMediaErrorsOnlyWhenToldTo_F02_D18) {
  RigOptions options{.disk = plain_disk()};
  options.driver.media_retries = 1;
  Rig rig(options);
  rig.arm(TransientReadError{});
  EXPECT_EQ(rig.read(5).request.error, 0);
  EXPECT_EQ(rig.driver->stats().retries, 1U);
}

TEST(HonestFault, TransientWriteErrorHasNoEffect_F03) {
  Rig rig;
  rig.arm(TransientWriteError{});
  EXPECT_EQ(rig.write(5, 'a', 4).request.error, EIO);
  EXPECT_EQ(rig.seen(5, 4), "....");
  EXPECT_EQ(rig.write(5, 'b', 4).request.error, 0);
  EXPECT_EQ(rig.seen(5, 4), "bbbb");
}

TEST(HonestFault, TransientWriteErrorMayHaveEffectOnAPrefix_F03) {
  Rig rig;
  rig.arm(TransientWriteError{.effect_fraction = 0.5});
  EXPECT_EQ(rig.write(5, 'a', 4).request.error, EIO);
  EXPECT_EQ(rig.seen(5, 4), "aa..");
}

TEST(HonestFault, NthMatchingRequestIsHit) {
  Rig rig;
  rig.arm(TransientWriteError{.match = {.skip = 2}});
  EXPECT_EQ(rig.write(1, 'a').request.error, 0);
  EXPECT_EQ(rig.write(2, 'a').request.error, 0);
  EXPECT_EQ(rig.write(3, 'a').request.error, EIO);
  EXPECT_EQ(rig.write(4, 'a').request.error, 0);
}

TEST(HonestFault, LatentSectorErrorFailsReadsUntilWritten_F04) {
  Rig rig;
  rig.write(5, 'a', 4);
  rig.arm(LatentSectorError{.blocks = {6, 7}});
  const Io& failed = rig.read(5, 4);
  EXPECT_EQ(failed.request.error, EIO);
  EXPECT_EQ(failed.request.residual, 3U);
  EXPECT_EQ(failed.letters(), "a###");
  EXPECT_EQ(rig.read(7, 2).letters(), "aa") << "neighbours are fine";
  ASSERT_NE(rig.damage().at(6), nullptr);
  EXPECT_EQ(rig.damage().at(6)->kind, DamageKind::unreadable);
  EXPECT_EQ(rig.damage().at(6)->fault_number, 4);

  EXPECT_EQ(rig.write(6, 'b').request.error, 0);
  EXPECT_EQ(rig.read(5, 4).letters(), "abaa");
  EXPECT_TRUE(rig.damage().empty());
}

// A story that says which faults bit needs to hear of it, whenever the damage was done.
TEST(HonestFault, EachReadThatMeetsALatentErrorCountsAsABite_F04) {
  Rig rig;
  rig.arm(LatentSectorError{.blocks = {6, 8}});
  EXPECT_EQ(rig.bay->faults().hits(), 0U);
  rig.read(5, 4);
  rig.read(7, 1);
  rig.read(8, 1);
  EXPECT_EQ(rig.bay->faults().hits(), 2U);
}

TEST(HonestFault, WhatADyingDiskHadInServiceCountsAsBittenOnce_F01) {
  Rig rig;
  Io& in_service = rig.start_write(5, 'a');
  rig.run_for(50us);
  rig.arm(FailStop{});
  rig.run();
  EXPECT_EQ(in_service.request.error, EIO);
  const uint64_t hits = rig.bay->faults().hits();
  EXPECT_EQ(hits, 1U);
  rig.read(5);
  EXPECT_EQ(rig.bay->faults().hits(), hits + 1);
}

// The rewrite sits in the cache and is lost with the power: the sector is bad again.
TEST(HonestFault, LatentSectorErrorIsClearedByTheMediumNotByTheCache_F04) {
  RigOptions options{.disk = plain_disk(CacheKind::volatile_write_back)};
  options.disk.cache_loss.keep = 0.0;
  Rig rig(options);
  rig.arm(LatentSectorError{.blocks = {6, 7}});
  rig.write(6, 'b');
  EXPECT_EQ(rig.read(6).letters(), "b");
  EXPECT_EQ(rig.disk().damage_seen(6), nullptr) << "hidden by the cached write";
  rig.crash(CrashKind::power_cut);
  rig.boot();
  EXPECT_EQ(rig.read(6).request.error, EIO);
}

TEST(HonestFault, LseClusterPlantsItsBurstsWithinTheRadius_F05) {
  Rig rig;
  rig.arm(LseCluster{.first_block = 500, .bursts = 4, .burst_blocks = 2, .radius_blocks = 50, .burst_gap = 1ms});
  EXPECT_LE(rig.damage().size(), 2U) << "the first burst alone";
  rig.run();
  EXPECT_EQ(rig.simulation.now(), SimTime{3ms});
  EXPECT_GE(rig.damage().size(), 2U);
  EXPECT_LE(rig.damage().size(), 8U);
  for (const DamagedBlock& bad : rig.damage().all()) {
    EXPECT_GE(bad.block, 450U);
    EXPECT_LE(bad.block, 551U);
  }
}

TEST(HonestFault, BadMediaFailsWritesForEverAndReadsWork_F06) {
  Rig rig;
  rig.write(5, 'a', 4);
  rig.arm(BadMedia{.match = {.range = {6, 8}, .count = {}}});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(rig.write(5, 'b', 4).request.error, EIO);
  EXPECT_EQ(rig.read(5, 4).letters(), "baaa");
  EXPECT_EQ(rig.write(8, 'c').request.error, 0);
}

TEST(HonestFault, RecoveredErrorIsASuccess_F07) {
  Rig rig;
  rig.write(5, 'a');
  rig.arm(RecoveredError{.match = {.op = OpFilter::read}});
  const Io& io = rig.read(5);
  EXPECT_FALSE(io.request.failed());
  EXPECT_EQ(io.letters(), "a");
  EXPECT_EQ(rig.driver->stats().recovered, 1U);
}

TEST(HonestFault, PartialCompletionReportsWhatIsLeft_F08) {
  Rig rig;
  rig.arm(PartialCompletion{.fraction = 0.5});
  const Io& io = rig.write(5, 'a', 4);
  EXPECT_EQ(io.request.error, 0);
  EXPECT_EQ(io.request.residual, 2U);
  EXPECT_TRUE(io.request.failed()) << "never a success (D-04)";
  EXPECT_EQ(rig.seen(5, 4), "aa..");

  rig.arm(PartialCompletion{.fraction = 1.0, .with_error = true});
  const Io& read = rig.read(5, 4);
  EXPECT_EQ(read.request.error, EIO);
  EXPECT_EQ(read.request.residual, 1U) << "at least one block is left over";
}

TEST(HonestFault, PartialCompletionLetsAFlushPassAndWaitsForBytes_F08) {
  Rig rig({.disk = plain_disk(CacheKind::volatile_write_back)});
  rig.arm(PartialCompletion{});
  EXPECT_FALSE(rig.flush().request.failed());
  EXPECT_EQ(rig.write(5, 'a', 4).request.residual, 2U);
}

// The blocks behind the first bad one never reach the medium, a power cut in the middle or not.
TEST(HonestFault, PowerCutDoesNotWriteWhatTheFaultHoldsBack_F06_F48) {
  std::set<std::string> seen;
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    Rig rig({.disk = plain_disk(), .seed = seed});
    rig.arm(BadMedia{.match = {.range = {7, 9}, .count = {}}});
    rig.start_write(5, 'a', 4);
    rig.run_for(50us);
    rig.crash(CrashKind::power_cut);
    seen.insert(rig.seen(5, 4));
  }
  EXPECT_EQ(seen, (std::set<std::string>{"....", "a...", "aa.."}));
}

TEST(HonestFault, ReadOnlyMediumFailsWritesOnly_F42) {
  Rig rig;
  rig.write(5, 'a');
  rig.arm(ReadOnlyMedium{});
  EXPECT_EQ(rig.write(5, 'b').request.error, EIO);
  EXPECT_EQ(rig.read(5).letters(), "a");
}

}  // namespace
}  // namespace raidsim::disk
