// The device table and the ordinary way of a request (D-04, D-07).
#include "tests/model/disk/rig.h"

namespace raidsim::disk {
namespace {

TEST(HostDriver, SliceSevenLiesAtTheFrontAndSliceZeroIsTheRest_D07) {
  RigOptions options{.disk = plain_disk()};
  options.disk.front_slice_blocks = 16 + 100;
  Rig rig(options);
  BlockDevice* front = rig.driver->open(disk_slice(0, 7), 100, 116).device;
  ASSERT_NE(front, nullptr);
  EXPECT_EQ(front->blocks(), 116U);
  EXPECT_EQ(rig.devices[0]->blocks(), 1024U - 116U);
  rig.write(0, 'a');
  EXPECT_EQ(rig.seen(116), "a");
  EXPECT_EQ(rig.driver->find(100, 7), disk_slice(0, 7));
}

TEST(HostDriver, OpenChecksIdAndSize_D04) {
  Rig rig;
  EXPECT_EQ(rig.driver->open(disk_slice(0, 0), 0, 0).error, 0) << "0: any id";
  EXPECT_EQ(rig.driver->open(disk_slice(0, 0), 100, 1024).error, 0);
  EXPECT_EQ(rig.driver->open(disk_slice(0, 0), 100, 1025).error, ENXIO);
  EXPECT_EQ(rig.driver->open(disk_slice(0, 0), 99, 0).error, ENXIO);
  EXPECT_EQ(rig.driver->open(disk_slice(0, 7), 100, 0).error, ENXIO) << "no such slice";
  EXPECT_EQ(rig.driver->open(disk_slice(3, 0), 0, 0).error, ENXIO) << "no such disk";
  EXPECT_EQ(rig.driver->open(make_device(md_major, 10), 0, 0).error, ENXIO);
  EXPECT_EQ(rig.driver->stats().failed_opens, 5U);
  EXPECT_EQ(rig.driver->open_count(disk_slice(0, 0)), 3U) << "the rig's own, and two";
}

TEST(HostDriver, OpenTakesTimeInItsFiber_D04) {
  PagePool pool;
  Simulation simulation({.seed = 1});
  const std::vector<DiskOptions> disks{plain_disk()};
  DiskBay bay(simulation, pool, disks);
  HostDriver driver(bay, {.open_time = 50us});
  struct Result {
    HostDriver* driver;
    int error = -1;
  } result{&driver};
  simulation.spawn("opener", [r = &result] { r->error = r->driver->open(disk_slice(0, 0), 0, 0).error; });
  static_cast<void>(simulation.run());
  EXPECT_EQ(result.error, 0);
  EXPECT_EQ(simulation.now(), SimTime{50us});
}

TEST(HostDriver, WrongShapeEndsWithEinvalAndNotInsideTheCall_D04) {
  Rig rig;
  const Io& beyond = rig.start_read(1020, 5);
  const Io& none = rig.submit(IoOp::read, 0, 0, {});
  const Io& overflow = rig.start_read(UINT64_MAX - 1, 4);
  EXPECT_EQ(beyond.completions + none.completions + overflow.completions, 0);
  rig.run();
  EXPECT_EQ(beyond.request.error, EINVAL);
  EXPECT_EQ(none.request.error, EINVAL);
  EXPECT_EQ(overflow.request.error, EINVAL);
}

TEST(HostDriver, OverlappingWritesTakeEffectInOrderOfTheirEffects) {
  RigOptions options{.disk = plain_disk()};
  options.disk.depth = 4;
  options.disk.latency.fixed.per_block = 10us;
  Rig rig(options);
  rig.start_write(0, 'a', 4);  // longer, so later
  rig.start_write(1, 'b', 2);
  rig.run();
  EXPECT_EQ(rig.seen(0, 4), "aaaa");
}

TEST(HostDriver, ObserverSeesEachInstantOnce) {
  struct Watcher final : DiskObserver {
    std::string seen;
    void on_issue(const TransferView& t) override { seen += t.data != nullptr ? 'I' : 'i'; }
    void on_start(const TransferView&) override { seen += 's'; }
    void on_effect(const TransferView&) override { seen += 'e'; }
    void on_complete(const TransferView&, int error, uint32_t) override { seen += error == 0 ? 'c' : 'x'; }
    void on_durable(const DurableView&) override { seen += 'd'; }
    void on_fault(const FaultBite&) override { seen += 'f'; }
  } watcher;
  RigOptions options{.disk = plain_disk(CacheKind::volatile_write_back)};
  Rig rig(options);
  rig.bay->set_observer(&watcher);
  rig.write(1, 'a');
  EXPECT_EQ(std::exchange(watcher.seen, ""), "Isec");
  rig.flush();
  EXPECT_EQ(std::exchange(watcher.seen, ""), "isdec");
  rig.arm(TransientReadError{});
  rig.read(1);
  EXPECT_EQ(watcher.seen, "ifsex");
}

TEST(HostDriver, EndOfARunDropsWhatIsOutstanding) {
  Rig rig;
  rig.start_write(1, 'a');
  rig.driver.reset();
  rig.run();
  EXPECT_EQ(rig.seen(1), ".");
  EXPECT_EQ(rig.disk().outstanding(), 0U);
}

}  // namespace
}  // namespace raidsim::disk
