// Latency models and queue disciplines (fault-model.md section 6).
#include "model/disk/latency/latency.h"

#include "model/disk/latency/models.h"
#include "tests/model/disk/rig.h"

namespace raidsim::disk {
namespace {

RigOptions with_latency(LatencyKind kind, uint64_t blocks, uint32_t depth = 32) {
  RigOptions options{.disk = plain_disk()};
  options.disk.latency.kind = kind;
  options.disk.blocks = blocks;
  options.disk.depth = depth;
  return options;
}

/// Reads `total` blocks in order, one transfer after the other, and returns the time it took.
Duration stream(Rig& rig, uint64_t first, uint64_t total, uint32_t transfer) {
  rig.read(first, transfer);  // the arm gets there
  const SimTime start = rig.simulation.now();
  for (uint64_t b = first + transfer; b < first + transfer + total; b += transfer) {
    rig.read(b, transfer);
    rig.ios.clear();
  }
  return rig.simulation.now() - start;
}

void expect_within(double value, double wanted, double share) {
  EXPECT_GT(value, wanted * (1 - share));
  EXPECT_LT(value, wanted * (1 + share));
}

double seconds(Duration d) { return static_cast<double>(to_ns(d)) / 1e9; }

TEST(Latency, FixedIsConstantPerOperationAndBlock) {
  RigOptions options = with_latency(LatencyKind::fixed, 1024);
  options.disk.latency.fixed = {.read = 10us, .write = 20us, .flush = 30us, .per_block = 1us};
  Rig rig(options);
  EXPECT_EQ(rig.read(0, 5).done, SimTime{15us});
  EXPECT_EQ(rig.write(0, 'a', 2).done, SimTime{37us});
  EXPECT_EQ(rig.flush().done, SimTime{67us});
}

TEST(Latency, SsdReadLiesWithinItsSpread) {
  Rig rig(with_latency(LatencyKind::ssd, 1 << 20));
  for (uint64_t i = 0; i < 200; ++i) {
    const SimTime start = rig.simulation.now();
    const Duration took = rig.read(i * 1000).done - start;
    EXPECT_GE(took, 64us);
    EXPECT_LE(took, 96us + 1us);
  }
}

TEST(Latency, SsdWritesSlowDownWhenTheBufferIsFull) {
  RigOptions options = with_latency(LatencyKind::ssd, 1 << 20);
  options.disk.latency.ssd.stall_ppb = 0;
  options.disk.latency.ssd.buffer_blocks = 256;
  Rig rig(options);
  EXPECT_LT(rig.write(0, 'a', 8).done, SimTime{40us});
  SimTime last = rig.simulation.now();
  Duration longest{};
  for (uint64_t i = 1; i < 20; ++i) {
    const SimTime done = rig.write(i * 128, 'a', 128).done;
    longest = std::max(longest, done - last);
    last = done;
  }
  EXPECT_GE(longest, 200us);
}

TEST(Latency, SsdStreamReachesTheTransferRate) {
  RigOptions options = with_latency(LatencyKind::ssd, 1 << 20);
  Rig rig(options);
  std::vector<const Io*> all;
  for (uint64_t b = 0; b < 200; ++b) rig.start_read(b * 2048, 2048);
  rig.run();
  const double rate_time = 200 * 2048 * 256e-9;
  expect_within(seconds(rig.simulation.now() - sim_start), rate_time, 0.02);
}

TEST(Latency, HddStreamReachesTheTransferRateOfItsZone) {
  const uint64_t blocks = uint64_t{1} << 31;
  Rig rig(with_latency(LatencyKind::hdd, blocks));
  const uint64_t total = 200'000;
  expect_within(seconds(stream(rig, 0, total, 200)), static_cast<double>(total) * 512 / 250e6, 0.01);
  expect_within(seconds(stream(rig, blocks - total - 400, total, 200)), static_cast<double>(total) * 512 / 120e6, 0.01);
}

TEST(Latency, HddSeekCurveHasItsThreeTimesAndNoStep) {
  const LatencyOptions::Hdd options;
  const HddLatency hdd(options, 1 << 20);
  EXPECT_EQ(hdd.seek(0), 0ns);
  expect_within(seconds(hdd.seek(1)), 0.7e-3, 0.1);
  expect_within(seconds(hdd.seek(options.tracks)), 18e-3, 0.01);
  double mean = 0;
  Duration before = hdd.seek(1);
  for (uint32_t i = 1; i < 1000; ++i) {
    const Duration here = hdd.seek(i * (options.tracks / 1000));
    EXPECT_GE(here, before);
    if (i > 20) {
      EXPECT_LT(here - before, 100us) << "continuous at the join";
    }
    before = here;
    mean += seconds(here) * 2 * (1 - i / 1000.0) / 1000;
  }
  expect_within(mean, 8.5e-3, 0.01);
}

TEST(Latency, HddRandomReadAveragesSeekAndHalfATurn) {
  const uint64_t blocks = uint64_t{1} << 31;
  Rig rig(with_latency(LatencyKind::hdd, blocks));
  ChoiceStream& places = rig.simulation.choices().stream("test/places");
  constexpr int reads = 4000;
  for (int i = 0; i < reads; ++i) {
    rig.read(places.below(blocks - 1));
    rig.ios.clear();
  }
  const double expected = 0.1e-3 + 8.5e-3 + 60.0 / 7200 / 2 + 512 / 185e6;
  expect_within(seconds(rig.simulation.now() - sim_start) / reads, expected, 0.02);
}

// fault-model.md section 6: overhead + mean seek + half a turn + 1/72 turn.
TEST(Latency, DetailedHddRandomReadAveragesItsIdentity) {
  Rig rig(with_latency(LatencyKind::hdd_detailed, DetailedHddLatency::blocks));
  ChoiceStream& places = rig.simulation.choices().stream("test/places");
  const DetailedHddLatency model;
  constexpr uint64_t cylinder = uint64_t{19} * 72;
  constexpr int reads = 4000;
  double seeks = 0;
  uint64_t at = 0;
  for (int i = 0; i < reads; ++i) {
    const uint64_t block = places.below(DetailedHddLatency::blocks);
    const uint64_t from = at / cylinder;
    const uint64_t to = block / cylinder;
    seeks += seconds(model.seek(from < to ? to - from : from - to));
    at = block;
    rig.read(block);
    rig.ios.clear();
  }
  const double turn = 60.0 / 4002;
  const double expected = 2.2e-3 + seeks / reads + turn / 2 + turn / 72;
  expect_within(seconds(rig.simulation.now() - sim_start) / reads, expected, 0.01);
  expect_within(seeks / reads, 12.83e-3, 0.02);  // the seek formula over random pairs of cylinders
}

// A turn moves 72 sectors; between tracks pass 8 sectors of skew, between cylinders 18.
TEST(Latency, DetailedHddStreamReachesTheTransferRate) {
  Rig rig(with_latency(LatencyKind::hdd_detailed, DetailedHddLatency::blocks));
  constexpr uint64_t cylinders = 20;
  constexpr uint64_t total = cylinders * 19 * 72;
  const double sector = 60.0 / 4002 / 72;
  const double expected = cylinders * (19 * 72 + 18 * 8 + 18) * sector;
  expect_within(seconds(stream(rig, 0, total, 72)), expected, 0.01);
}

TEST(Latency, DetailedHddQueuedWriteStreamLosesNoTurn) {
  Rig rig(with_latency(LatencyKind::hdd_detailed, DetailedHddLatency::blocks));
  for (uint64_t b = 0; b < 19 * 72; b += 72) rig.start_write(b, 'a', 72);
  rig.run();
  const double sector = 60.0 / 4002 / 72;
  expect_within(seconds(rig.simulation.now() - sim_start), (19 * 72 + 18 * 8) * sector, 0.08);
}

TEST(Latency, BusyTimeIsTheSumOfServiceTimes) {
  for (const LatencyKind kind : {LatencyKind::fixed, LatencyKind::ssd, LatencyKind::hdd, LatencyKind::hdd_detailed}) {
    Rig rig(with_latency(kind, 1 << 20, 1));
    for (uint64_t i = 0; i < 50; ++i) rig.start_read(i * 7919);
    rig.run();
    rig.run_for(1s);
    rig.write(5, 'a');
    EXPECT_EQ(rig.disk().stats().busy, rig.disk().stats().service) << static_cast<int>(kind);
    EXPECT_GT(rig.disk().stats().busy, 0ns);
  }
}

std::string order_of(QueuePolicy policy, uint64_t seed = 1) {
  RigOptions options = with_latency(LatencyKind::hdd_detailed, DetailedHddLatency::blocks);
  options.disk.queue = policy;
  options.seed = seed;
  Rig rig(options);
  constexpr uint64_t cylinder = uint64_t{19} * 72;
  rig.start_read(500 * cylinder);  // the arm goes here while the others arrive
  for (const uint64_t c : {900U, 450U, 1200U, 520U}) rig.start_read(c * cylinder);
  rig.run();
  std::vector<std::pair<SimTime, size_t>> done;
  for (size_t i = 1; i < 5; ++i) done.emplace_back(rig.ios[i].done, i);
  std::sort(done.begin(), done.end());
  std::string order;
  for (const auto& [time, i] : done) order += "?ABCD"[i];
  return order;
}

TEST(Queue, DisciplinesServeInTheirOrder) {
  EXPECT_EQ(order_of(QueuePolicy::fifo), "ABCD");
  EXPECT_EQ(order_of(QueuePolicy::sstf), "DBAC");
  EXPECT_EQ(order_of(QueuePolicy::elevator), "DACB");
  std::set<std::string> seen;
  for (uint64_t seed = 1; seed <= 200; ++seed) seen.insert(order_of(QueuePolicy::scheduler, seed));
  EXPECT_EQ(seen.size(), 24U) << "every order is possible";
}

TEST(Queue, DepthLimitsWhatIsInServiceAtOnce) {
  RigOptions options = with_latency(LatencyKind::fixed, 1024, 4);
  Rig rig(options);
  for (uint64_t i = 0; i < 10; ++i) rig.start_read(i);
  rig.run();
  EXPECT_EQ(rig.simulation.now(), SimTime{300us});
}

TEST(Determinism, SameSeedSameTraceAndAddedDiskShiftsNoOther) {
  const auto run = [](uint64_t seed, uint32_t disks) {
    RigOptions options = with_latency(LatencyKind::ssd, 1 << 16);
    options.disks = disks;
    options.seed = seed;
    Rig rig(options);
    for (uint64_t i = 0; i < 100; ++i) rig.start_read(i * 97, 1, 0);
    rig.run();
    std::vector<SimTime> done;
    for (const Io& io : rig.ios) done.push_back(io.done);
    return std::pair(done, disks == 1 ? rig.simulation.recorder().hash() : 0);
  };
  EXPECT_EQ(run(7, 1), run(7, 1));
  EXPECT_NE(run(7, 1), run(8, 1));
  EXPECT_EQ(run(7, 1).first, run(7, 3).first);
}

}  // namespace
}  // namespace raidsim::disk
