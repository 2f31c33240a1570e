// F25-F29, F33, F36, F41, F43: slow, hung, swapped and unreachable disks; what the host driver makes of it.
#include "tests/model/disk/rig.h"

namespace raidsim::disk {
namespace {

TEST(SlowDisk, LimpingDiskIsSlowerByItsFactorWithoutErrors_F25) {
  Rig rig;
  rig.arm(LimpingDisk{.factor = 10.0, .match = {.count = {}, .lasts = 5ms}});
  const Io& slow = rig.start_write(1, 'a');
  rig.run_for(4ms);
  EXPECT_EQ(slow.done, SimTime{1ms});
  EXPECT_FALSE(slow.request.failed());
  rig.run_for(2ms);
  const SimTime start = rig.simulation.now();
  EXPECT_EQ(rig.write(2, 'a').done - start, 100us) << "lifted";
}

TEST(SlowDisk, RetryStallEndsInSuccessBelowTheTimeout_F26) {
  Rig rig;
  rig.arm(RetryStall{.stall = 7s});
  const Io& io = rig.write(1, 'a');
  EXPECT_FALSE(io.request.failed());
  EXPECT_EQ(io.done, SimTime{7s + 100us});
}

TEST(SlowDisk, RetryStallBeyondTheTimeoutIsAborted_F26_F27) {
  Rig rig;
  rig.arm(RetryStall{.stall = 100s});
  const Io& io = rig.write(1, 'a');
  EXPECT_EQ(io.request.error, ETIMEDOUT);
  EXPECT_EQ(io.done, SimTime{60s});
  EXPECT_EQ(rig.seen(1), ".");
}

TEST(HungDisk, HungRequestFailsAtTheTimeoutAndTheMediumHoldsWhatWasSaid_F27) {
  for (const auto& [effect, expected] :
       {std::pair{MediumEffect::old_data, "...."}, std::pair{MediumEffect::new_data, "aaaa"}}) {
    Rig rig;
    rig.arm(HungRequest{.effect = effect});
    const Io& io = rig.write(1, 'a', 4);
    EXPECT_EQ(io.request.error, ETIMEDOUT);
    EXPECT_EQ(io.done, SimTime{60s});
    EXPECT_EQ(rig.seen(1, 4), expected);
    EXPECT_EQ(rig.driver->stats().timeouts, 1U);
    EXPECT_FALSE(rig.write(1, 'b').request.failed()) << "the next one is fine";
  }
}

TEST(HungDisk, HungRequestMayBeTorn_F27_F16) {
  Rig rig;
  rig.arm(HungRequest{.timeout = 1s, .effect = MediumEffect::torn});
  const Io& io = rig.write(1, 'a', 4);
  EXPECT_EQ(io.done, SimTime{1s});
  const std::string left = rig.seen(1, 4);
  EXPECT_EQ(left.find_last_of('a') + 1, left.find('.')) << left;
  EXPECT_EQ(left.front(), 'a');
}

TEST(HungDisk, HostMayTryAgain_F27) {
  Rig rig;
  rig.arm(HungRequest{.timeout = 1s, .retries = 1});
  EXPECT_FALSE(rig.write(1, 'a').request.failed());
}

// The hung transfer holds the only place; those behind it have not even started when their time is up.
TEST(HungDisk, RequestsQueuedBehindAHungOneTimeOutToo_F27) {
  Rig rig;
  rig.arm(HungRequest{.timeout = 3600s});
  rig.start_read(1);
  rig.run_for(1s);
  const Io& queued = rig.start_write(2, 'a');
  rig.run_for(62s);
  EXPECT_EQ(queued.request.error, ETIMEDOUT);
  EXPECT_EQ(queued.done, SimTime{61s});
  EXPECT_EQ(rig.seen(2), ".");
}

TEST(HungDisk, LateEffectOverwritesNewerData_F28) {
  Rig rig;
  rig.arm(LateEffect{.timeout = 1s, .delay = 500ms});
  Io& io = rig.start_write(1, 'a', 2);
  rig.run_for(1s + 1ms);
  EXPECT_EQ(io.request.error, ETIMEDOUT);
  io.data = letters('x', 2);  // the host uses its buffer again
  const Io& newer = rig.start_write(2, 'b');
  rig.run_for(1ms);
  EXPECT_FALSE(newer.request.failed());
  EXPECT_EQ(rig.seen(1, 2), ".b");
  rig.run();
  EXPECT_EQ(rig.simulation.now(), SimTime{1500ms});
  EXPECT_EQ(rig.seen(1, 2), "aa");
  EXPECT_EQ(rig.damage().at(2)->fault_number, 28);
  EXPECT_EQ(io.completions, 1);
}

TEST(HungDisk, LateEffectDoesNotReachADeadDisk_F28_F01) {
  Rig rig;
  rig.arm(LateEffect{.timeout = 1s, .delay = 500ms});
  rig.start_write(1, 'a');
  rig.run_for(1s + 1ms);
  rig.arm(FailStop{});
  rig.run();
  EXPECT_EQ(rig.seen(1), ".") << "frozen";
}

TEST(HungDisk, LostCompletionHasItsEffectAndNoAnswer_F29) {
  Rig rig;
  rig.arm(LostCompletion{});
  const Io& io = rig.start_write(1, 'a');
  rig.run_for(1ms);
  EXPECT_EQ(io.completions, 0);
  EXPECT_EQ(rig.seen(1), "a");
  const Io& other = rig.start_read(1);
  rig.run_for(1ms);
  EXPECT_EQ(other.completions, 1) << "the disk itself goes on";
  rig.run();
  EXPECT_EQ(io.request.error, ETIMEDOUT);
  EXPECT_EQ(rig.seen(1), "a");
}

TEST(Identity, ReplacedBlankHasAnotherIdAndNothingOnIt_F33) {
  Rig rig;
  rig.write(5, 'a');
  rig.arm(FailStop{});
  rig.arm(ReplacedBlank{});
  EXPECT_NE(rig.disk().id(), 100U);
  EXPECT_EQ(rig.write(5, 'b').request.error, ENXIO) << "the old handle does not reach the new disk";
  EXPECT_EQ(rig.seen(5), ".");
  EXPECT_EQ(rig.driver->open(disk_slice(0, 0), 100, 0).error, ENXIO);
  EXPECT_EQ(rig.driver->open(disk_slice(0, 0), rig.disk().id(), 0).error, 0);
  EXPECT_EQ(rig.write(5, 'b').request.error, 0) << "the old disk's faults went with it";
}

TEST(Identity, ReplacedBlankMayBeSmallerAndCarryNoise_F33) {
  Rig rig;
  rig.arm(ReplacedBlank{.content = BlankContent::random, .size_blocks = 512, .id = 7});
  EXPECT_EQ(rig.driver->find(7, 0), disk_slice(0, 0));
  EXPECT_EQ(rig.driver->open(disk_slice(0, 0), 7, 513).error, ENXIO) << "too small (F35)";
  EXPECT_EQ(rig.driver->open(disk_slice(0, 0), 7, 512).error, 0);
  EXPECT_EQ(rig.seen(100), "?");
}

TEST(Identity, ReplacementFailsWhatIsInFlight_F33) {
  Rig rig;
  const Io& served = rig.start_write(1, 'a');
  const Io& queued = rig.start_write(2, 'a');
  rig.run_for(50us);
  rig.arm(ReplacedBlank{});
  rig.run();
  EXPECT_EQ(served.request.error, ENXIO);
  EXPECT_EQ(queued.request.error, ENXIO);
  EXPECT_EQ(rig.seen(1, 2), "..");
}

TEST(Identity, OpenFailureLastsForItsCount_F36) {
  Rig rig;
  rig.arm(OpenFailure{.error = EBUSY, .match = {.count = 2}});
  EXPECT_EQ(rig.driver->open(disk_slice(0, 0), 100, 0).error, EBUSY);
  EXPECT_EQ(rig.driver->open(disk_slice(0, 0), 100, 0).error, EBUSY);
  EXPECT_EQ(rig.driver->open(disk_slice(0, 0), 100, 0).error, 0);
}

TEST(Identity, DuplicateIdIsFoundAtTheLowerNumberEachTime_F41) {
  Rig rig({.disks = 3, .disk = plain_disk()});
  rig.write(5, 'a', 1, 1);
  rig.arm(DuplicateId{.of = 1, .copy_content = true}, 2);
  EXPECT_EQ(rig.driver->find(101, 0), disk_slice(1, 0));
  EXPECT_EQ(rig.driver->find(102, 0), no_device);
  EXPECT_EQ(rig.seen(5, 1, 2), "a");
  rig.arm(DuplicateId{.of = 1}, 0);
  EXPECT_EQ(rig.driver->find(101, 0), disk_slice(0, 0));
  EXPECT_EQ(rig.seen(5, 1, 0), ".") << "an older clone keeps its own content";
}

// The clone takes over cached writes with their moments: its own next flush has to cover them.
TEST(Identity, FlushOfACloneStoresWhatItWasGivenInTheCache_F41) {
  Rig rig({.disks = 2, .disk = plain_disk(CacheKind::volatile_write_back)});
  for (uint64_t b = 0; b < 9; ++b) rig.write(b, 'a', 1, 1);
  rig.arm(DuplicateId{.of = 1, .copy_content = true}, 0);
  EXPECT_FALSE(rig.flush(0).request.failed());
  EXPECT_EQ(rig.durable(0, 9, 0), "aaaaaaaaa");
}

TEST(PathLoss, AnotherPathMasksIt_F43) {
  RigOptions options{.disk = plain_disk()};
  options.disk.paths = 2;
  Rig rig(options);
  rig.arm(PathLoss{.paths = {0}});
  EXPECT_FALSE(rig.write(1, 'a').request.failed());
  EXPECT_EQ(rig.driver->stats().path_switches, 1U);
  EXPECT_FALSE(rig.write(2, 'a').request.failed());
  EXPECT_EQ(rig.driver->stats().retries, 1U) << "the good path is remembered";
}

TEST(PathLoss, WithoutAnotherPathTheRequestFailsAfterThreeRetries_F43) {
  Rig rig;
  const FaultHandle fault = rig.arm(PathLoss{});
  EXPECT_EQ(rig.write(1, 'a').request.error, EIO);
  EXPECT_EQ(rig.driver->stats().retries, 3U);
  EXPECT_EQ(rig.seen(1), ".");
  rig.bay->faults().lift(fault);
  EXPECT_FALSE(rig.write(1, 'a').request.failed());
}

TEST(PathLoss, WhatIsInFlightIsDoneOrNotAndTriedAgain_F43) {
  RigOptions options{.disk = plain_disk()};
  options.disk.paths = 2;
  Rig rig(options);
  const Io& served = rig.start_write(1, 'a');
  const Io& queued = rig.start_write(2, 'b');
  rig.run_for(50us);
  rig.arm(PathLoss{.paths = {0}});
  rig.run();
  EXPECT_FALSE(served.request.failed());
  EXPECT_FALSE(queued.request.failed());
  EXPECT_EQ(served.completions + queued.completions, 2);
  EXPECT_EQ(rig.seen(1, 2), "ab");
}

TEST(FaultPlan, TransientFaultsAreLiftedAndDeadDisksStayDead_D09) {
  Rig rig({.disks = 2, .disk = plain_disk()});
  rig.arm(FailStop{}, 0);
  rig.arm(LimpingDisk{}, 1);
  rig.arm(PathLoss{}, 1);
  rig.bay->faults().lift_transient();
  EXPECT_EQ(rig.write(1, 'a', 1, 0).request.error, EIO);
  const SimTime start = rig.simulation.now();
  EXPECT_EQ(rig.write(1, 'a', 1, 1).done - start, 100us);
}

}  // namespace
}  // namespace raidsim::disk
