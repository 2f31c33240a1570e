// F44 to F46: what several disks lose together, an adapter, the power of their shelf, or their paths now and again.
#include <set>

#include "tests/model/disk/rig.h"

namespace raidsim::disk {
namespace {

RigOptions disks(uint32_t count, CacheKind cache = CacheKind::none) {
  return {.disks = count, .disk = plain_disk(cache)};
}

// F44 -----------------------------------------------------------------------------------------------------------------

// Two columns have a write in flight when their adapter is reset. The driver sends both again: nobody above hears of
// it.
TEST(AdapterReset, WhatIsInFlightIsSentAgain_F44) {
  Rig rig(disks(3));
  const Io& first = rig.start_write(1, 'a', 1, 0);
  const Io& second = rig.start_write(1, 'a', 1, 1);
  const Io& elsewhere = rig.start_write(1, 'a', 1, 2);
  rig.run_for(50us);
  const FaultHandle reset = rig.arm(AdapterReset{.links = {{.disk = 0}, {.disk = 1}}});
  EXPECT_EQ(first.completions + second.completions, 0) << "told from the event loop";
  rig.run();
  EXPECT_FALSE(first.request.failed());
  EXPECT_FALSE(second.request.failed());
  EXPECT_EQ(rig.seen(1, 1, 0) + rig.seen(1, 1, 1), "aa");
  EXPECT_EQ(rig.driver->stats().retries, 2U);
  EXPECT_EQ(rig.bay->faults().at(reset).hits, 2U);
  EXPECT_LT(elsewhere.done, SimTime{1ms}) << "behind another adapter";
}

TEST(AdapterReset, DiskHasTakenAllNothingOrAPartOfTheWrite_F44) {
  std::set<std::string> at_reset;
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    Rig rig({.disk = plain_disk(), .seed = seed});
    rig.start_write(8, 'a', 4);
    rig.run_for(50us);
    rig.arm(AdapterReset{.links = {{.disk = 0}}});
    at_reset.insert(rig.seen(8, 4));
    rig.run();
    EXPECT_EQ(rig.seen(8, 4), "aaaa") << "sent again, seed " << seed;
  }
  EXPECT_EQ(at_reset, (std::set<std::string>{"....", "aaaa", "a...", "aa..", "aaa."}));
}

// Four resets that each meet the same request use up its three retries (D-04); three do not.
TEST(AdapterReset, OneMoreThanTheDriverRetriesFailsTheRequest_F44_D04) {
  for (const uint64_t resets : {3U, 4U}) {
    Rig rig;
    const Io& io = rig.start_write(1, 'a');
    rig.run_for(50us);
    rig.arm(AdapterReset{.links = {{.disk = 0}}, .period = 10'050us, .match = {.count = resets}});
    rig.run();
    EXPECT_EQ(io.request.error, resets == 4 ? EIO : 0);
    EXPECT_EQ(rig.driver->stats().retries, 3U);
    EXPECT_FALSE(rig.write(2, 'b').request.failed()) << "the link was up all the time";
  }
}

// A judge that saw the first try fail must not take the request for failed while it is on its way.
TEST(AdapterReset, UntilTheRequestIsOverNobodyAboveHasHeardOfTheFailure_F44_D04) {
  struct Sends : DiskObserver {
    void on_issue(const TransferView& view) override { again += view.again ? '2' : '1'; }
    std::string again;
  } sends;
  Rig rig;
  rig.bay->set_observer(&sends);
  rig.start_write(1, 'a');
  rig.run_for(50us);
  rig.arm(AdapterReset{.links = {{.disk = 0}}});
  EXPECT_TRUE(rig.driver->sends_again(0, 1, IoOp::write)) << "failed, and the driver is yet to see it";
  rig.run_for(5ms);
  EXPECT_TRUE(rig.driver->sends_again(0, 1, IoOp::write)) << "waits";
  rig.run_for(5'050us);
  EXPECT_TRUE(rig.driver->sends_again(0, 1, IoOp::write)) << "in service once more";
  rig.run();
  EXPECT_FALSE(rig.driver->sends_again(0, 1, IoOp::write));
  rig.write(1, 'b');
  EXPECT_EQ(sends.again, "121");
  rig.bay->set_observer(nullptr);
}

TEST(AdapterReset, PathsByOtherAdaptersAreNotTouched_F44) {
  RigOptions options = disks(1);
  options.disk.paths = 2;
  Rig rig(options);
  rig.start_write(1, 'a');
  rig.run_for(50us);
  rig.arm(AdapterReset{.links = {{.disk = 0, .paths = 2}}});
  rig.run();
  EXPECT_EQ(rig.driver->stats().retries, 0U);
  EXPECT_EQ(rig.ios[0].done, SimTime{100us});
}

// A request waits in the disk behind one that went by the adapter that is reset: its turn comes at once, not when the
// other one is sent again.
TEST(AdapterReset, WhatWaitedBehindByAnotherPathIsServed_F44) {
  RigOptions options = disks(1);
  options.disk.paths = 2;
  options.disk.front_slice_blocks = 16;
  Rig rig(options);
  BlockDevice* other = rig.driver->open(disk_slice(0, 7), 0, 0).device;
  std::swap(rig.devices[0], other);
  rig.bay->lose_paths(0, 1);
  rig.write(1, 'a');  // slice 7 goes by path 1 from now on
  rig.bay->regain_paths(0, 1);
  std::swap(rig.devices[0], other);
  const SimTime began = rig.simulation.now();

  rig.start_write(1, 'b');
  std::swap(rig.devices[0], other);
  const Io& waits = rig.start_write(2, 'c');
  rig.run_for(50us);
  rig.arm(AdapterReset{.links = {{.disk = 0, .paths = 1}}});
  rig.run();

  EXPECT_EQ(waits.done - began, Duration{150us});
}

TEST(AdapterReset, EndsWithItsTimeAndWithTheFaults_F44) {
  Rig rig;
  rig.arm(AdapterReset{.links = {{.disk = 0}}, .period = 10ms, .match = {.count = {}, .lasts = 35ms}});
  rig.run();
  EXPECT_EQ(rig.simulation.now(), SimTime{35ms}) << "resets at 0, 10, 20 and 30 ms";
  rig.arm(AdapterReset{.links = {{.disk = 0}}, .period = 10ms, .match = {.count = {}}});
  rig.bay->faults().lift_transient();
  rig.run();
  EXPECT_EQ(rig.simulation.now(), SimTime{35ms});
}

// F45 -----------------------------------------------------------------------------------------------------------------

EnclosurePowerLoss shelf(std::vector<DiskIndex> in_it, std::optional<Duration> lasts = {}) {
  return {.disks = std::move(in_it), .match = {.count = {}, .lasts = lasts}};
}

TEST(EnclosurePowerLoss, AllDisksOfTheShelfAreGoneUntilItIsBack_F45) {
  Rig rig(disks(3));
  const FaultHandle loss = rig.arm(shelf({0, 1}));
  EXPECT_EQ(rig.write(1, 'a', 1, 0).request.error, ENXIO);
  EXPECT_EQ(rig.write(1, 'a', 1, 1).request.error, ENXIO);
  EXPECT_FALSE(rig.write(1, 'a', 1, 2).request.failed());
  rig.bay->faults().lift(loss);
  rig.read(1, 1, 0);
  EXPECT_FALSE(rig.write(1, 'b', 1, 0).request.failed());
}

// The host goes down and comes up: its own power was never the matter.
TEST(EnclosurePowerLoss, BootDoesNotBringTheShelfBack_F45) {
  Rig rig(disks(2));
  const FaultHandle loss = rig.arm(shelf({0}));
  rig.crash(CrashKind::power_cut);
  rig.boot();
  EXPECT_EQ(rig.devices[0], nullptr);
  EXPECT_NE(rig.devices[1], nullptr);
  EXPECT_EQ(rig.driver->find(100, 0), no_device);

  rig.bay->faults().lift(loss);
  EXPECT_EQ(rig.driver->open(disk_slice(0, 0), 100, 0).error, 0);
}

// The break is shorter than the driver's retries: without a word from the disk a cached write would be taken for
// durable by the next flush.
TEST(EnclosurePowerLoss, FirstRequestAfterAShortBreakFailsWhateverItIs_F45_F37) {
  for (const IoOp op : {IoOp::flush, IoOp::read, IoOp::write}) {
    Rig rig(disks(1, CacheKind::volatile_write_back));
    rig.disk().set_cache_loss({.keep = 0.0});
    rig.write(1, 'a');
    const FaultHandle loss = rig.arm(shelf({0}, 1ms));
    rig.run();
    EXPECT_EQ(rig.seen(1), ".") << "with the cache (F19)";

    const Io& first = rig.submit(op, 0, 2, op == IoOp::flush ? Bytes{} : letters('b'));
    rig.run();
    EXPECT_EQ(first.request.error, EIO);
    EXPECT_EQ(rig.seen(2), ".") << "without effect";
    EXPECT_EQ(rig.driver->stats().retries, 0U) << "no error that a retry would hide";
    EXPECT_EQ(rig.bay->faults().at(loss).hits, 1U);
    EXPECT_FALSE(rig.flush().request.failed()) << "said once";
  }
}

TEST(EnclosurePowerLoss, ARequestUnderWayIsToldToo_F45) {
  Rig rig;
  const Io& io = rig.start_write(1, 'a');
  rig.run_for(50us);
  rig.arm(shelf({0}, 5ms));
  rig.run();
  EXPECT_EQ(io.request.error, EIO);
  EXPECT_EQ(rig.driver->stats().retries, 1U) << "the first one, when power was back";
}

// A column and a replica on one disk: each has to hear of it, for each has writes that may be lost.
TEST(EnclosurePowerLoss, EachOpenSliceIsTold_F45) {
  RigOptions options = disks(1);
  options.disk.front_slice_blocks = 16;
  Rig rig(options);
  BlockDevice* front = rig.driver->open(disk_slice(0, 7), 0, 0).device;
  rig.arm(shelf({0}, 1ms));
  rig.run();
  EXPECT_EQ(rig.read(1).request.error, EIO);
  EXPECT_EQ(rig.read(1).request.error, 0);
  rig.devices[0] = front;
  EXPECT_EQ(rig.read(1).request.error, EIO);
  EXPECT_EQ(rig.read(1).request.error, 0);
}

TEST(EnclosurePowerLoss, WhoOpensAfterwardsIsToldNothing_F45) {
  Rig rig;
  rig.arm(shelf({0}, 1ms));
  rig.run();
  EXPECT_EQ(rig.driver->open(disk_slice(0, 0), 0, 0).error, 0);
  EXPECT_EQ(rig.read(1).request.error, EIO) << "it was open all the time, and a second open does not hide it";

  rig.arm(shelf({0}, 1ms));
  rig.run();
  rig.driver->close(*rig.devices[0]);
  rig.driver->close(*rig.devices[0]);
  rig.devices[0] = rig.driver->open(disk_slice(0, 0), 0, 0).device;
  EXPECT_EQ(rig.read(1).request.error, 0);
}

TEST(EnclosurePowerLoss, ADiskThatIsPulledTooNeedsBoth_F45_F32) {
  Rig rig;
  const FaultHandle loss = rig.arm(shelf({0}));
  const FaultHandle pulled = rig.arm(ReturnedStale{});
  rig.bay->faults().lift(loss);
  EXPECT_FALSE(rig.disk().powered());
  rig.bay->faults().lift(pulled);
  EXPECT_TRUE(rig.disk().powered());

  const FaultHandle again = rig.arm(shelf({0}));
  const FaultHandle within = rig.arm(shelf({0}));
  rig.bay->faults().lift(within);
  EXPECT_FALSE(rig.disk().powered()) << "taken by the first one";
  rig.bay->faults().lift(again);
  EXPECT_TRUE(rig.disk().powered());
}

TEST(EnclosurePowerLoss, AnotherDiskInTheSlotHasNoPowerEither_F45_F33) {
  Rig rig;
  const FaultHandle loss = rig.arm(shelf({0}));
  rig.arm(ReplacedBlank{});
  EXPECT_FALSE(rig.disk().powered());
  rig.bay->faults().lift(loss);
  EXPECT_TRUE(rig.disk().powered());
}

// F46 -----------------------------------------------------------------------------------------------------------------

TEST(Flapping, IsDownForItsShareOfEachPeriod_F46) {
  Rig rig(disks(2));
  rig.arm(Flapping{
      .links = {{.disk = 0}, {.disk = 1}}, .period = 100ms, .duty = 0.3, .match = {.count = {}, .lasts = 220ms}});
  std::string up;
  for (int i = 0; i < 30; ++i) {
    rig.run_for(i == 0 ? 5ms : 10ms);
    EXPECT_EQ(rig.bay->paths(0).any_up(), rig.bay->paths(1).any_up());
    up += rig.bay->paths(0).any_up() ? 'u' : '-';
  }
  EXPECT_EQ(up, "---uuuuuuu---uuuuuuu--uuuuuuuu") << "from 220 ms on it is over";
}

TEST(Flapping, ShorterThanTheRetriesIsMaskedAndLongerIsNot_F46_D04) {
  for (const double duty : {0.25, 0.35}) {
    Rig rig;
    rig.arm(Flapping{.links = {{.disk = 0}}, .period = 100ms, .duty = duty, .match = {.count = {}, .lasts = 1s}});
    const Io& io = rig.start_write(1, 'a');
    rig.run_for(90ms);
    EXPECT_EQ(io.completions, 1);
    EXPECT_EQ(io.request.error, duty < 0.3 ? 0 : EIO) << "three retries, 10 ms apart";
    rig.run();
  }
}

TEST(Flapping, LeavesDownWhatAnotherFaultTook_F46_F43) {
  RigOptions options = disks(1);
  options.disk.paths = 2;
  Rig rig(options);
  rig.arm(PathLoss{.paths = {1}});
  const FaultHandle flaps = rig.arm(Flapping{.links = {{.disk = 0}}, .period = 10ms});
  EXPECT_FALSE(rig.bay->paths(0).any_up());
  rig.run_for(7ms);
  EXPECT_EQ(rig.bay->paths(0).lost(), 2U);
  rig.run_for(5ms);
  EXPECT_EQ(rig.bay->paths(0).lost(), 3U);
  rig.bay->faults().lift(flaps);
  EXPECT_EQ(rig.bay->paths(0).lost(), 2U);
  rig.run();
}

// A path belongs to the slot: another disk there flaps as the one before.
TEST(Flapping, GoesOnUnderAnotherDisk_F46_F33) {
  Rig rig;
  const FaultHandle flaps = rig.arm(Flapping{.links = {{.disk = 0}}, .period = 10ms});
  rig.arm(ReplacedBlank{});
  EXPECT_FALSE(rig.bay->faults().at(flaps).spent);
  EXPECT_FALSE(rig.bay->paths(0).any_up());
  rig.bay->faults().lift_transient();
  EXPECT_TRUE(rig.bay->paths(0).any_up());
  rig.run();
}

}  // namespace
}  // namespace raidsim::disk
