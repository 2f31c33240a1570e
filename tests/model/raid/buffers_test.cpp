#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/model/raid/bench.h"

namespace raidsim::raid {
namespace {

using testing::Bench;
using testing::Bytes;

// No memory at all: every write goes through the one reserve pair, one after the other, and all end.
TEST(ReserveBuffers, WritersWithoutMemoryTakeTurns_RH25_RG01) {
  Bench bench;
  bench.no_memory = true;
  int ended = 0;
  bench.run([&] {
    for (uint64_t i = 0; i < 5; ++i) {
      bench.simulation.spawn("writer", [&, i] {
        EXPECT_EQ(bench.write(i * 3, 2, i), 0);
        ++ended;
      });
    }
  });
  EXPECT_EQ(ended, 5) << bench.why();
  EXPECT_GE(bench.unit->statistics.reserve_waits, 1U);
  EXPECT_EQ(bench.leftovers(), "");
  EXPECT_TRUE(bench.parity_holds());
}

// Writers of the same rows without memory: the holder of the pair may be queued behind the line of another
// that has it no longer; whoever holds the pair is served, so nobody waits for ever.
TEST(ReserveBuffers, WritersOfOneRowWithoutMemoryAllEnd_RH25c) {
  Bench bench;
  int ended = 0;
  bench.run([&] {
    for (uint64_t i = 0; i < 6; ++i) {
      bench.simulation.spawn("writer", [&, i] {
        if (i == 2) bench.no_memory = true;
        EXPECT_EQ(bench.write(0, 2, i), 0);
        ++ended;
      });
    }
  });
  EXPECT_EQ(ended, 6) << bench.why();
  EXPECT_EQ(bench.leftovers(), "");
}

// Memory for the data buffer but not for the parity buffer: the data buffer goes back, the pair serves.
TEST(ReserveBuffers, HalfAPairIsGivenBack_RH25a) {
  Bench bench;
  bench.refuse_memory = [](const char* site) { return std::string_view(site) == "raid-parity-buffer"; };
  EXPECT_TRUE(bench.run([&] { EXPECT_EQ(bench.write(3, 2, 9), 0); }));
  EXPECT_EQ(bench.leftovers(), "");
}

// A direct read fails; its retry has to rebuild, there is no memory, and a writer holds the pair while it is
// queued for the very rows the reader has locked. The read gives up its lock, so both end.
TEST(ReserveBuffers, ReadThatMustRebuildGivesUpItsLocks_RH25b) {
  Bench bench;
  Bytes data;
  int read_error = -1, write_error = -1;
  bench.run([&] {
    EXPECT_EQ(bench.write(0, 1, 1), 0);
    bench.disk(0).service = 1ms;
    bench.disk(0).on_request = [](const IoRequest&) { return EIO; };
    bench.simulation.spawn("reader", [&] { read_error = bench.read(0, 1, data); });
    sleep_for(100us);
    bench.no_memory = true;
    write_error = bench.write(0, 1, 2);
  });
  EXPECT_EQ(bench.why(), "");
  EXPECT_EQ(read_error, 0);
  EXPECT_EQ(write_error, 0);
  EXPECT_EQ(bench.state(0), RCS_ERRED);
  EXPECT_EQ(bench.leftovers(), "");
}

// The same from the start of a read: the column is known to be errored.
TEST(ReserveBuffers, RebuiltReadsWithoutMemoryTakeTurns_RH25) {
  Bench bench;
  int ended = 0;
  bench.run([&] {
    for (uint64_t i = 0; i < 20; ++i) EXPECT_EQ(bench.write(i, 1, i), 0);
    bench.disk(1).on_request = [](const IoRequest&) { return EIO; };
    Bytes data;
    EXPECT_EQ(bench.read(8, 1, data), 0);
    bench.no_memory = true;
    for (uint64_t i = 0; i < 4; ++i) {
      bench.simulation.spawn("reader", [&, i] {
        EXPECT_TRUE(bench.reads_right(8 + i, 1));
        ++ended;
      });
    }
  });
  EXPECT_EQ(ended, 4) << bench.why();
  EXPECT_EQ(bench.leftovers(), "");
}

// RH-25d: the pair is handed out first come, first served, whichever of the woken waiters runs first.
TEST(ReserveBuffers, WaitersAreServedInOrder_RH25d) {
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    testing::BenchOptions options;
    options.simulation.seed = seed;
    options.simulation.policy.kind = PolicyKind::random;
    Bench bench(options);
    bench.no_memory = true;
    std::vector<uint64_t> order;
    bench.run([&] {
      for (uint64_t i = 0; i < 6; ++i) {
        bench.simulation.spawn("writer", [&, i] {
          sleep_for(Duration{static_cast<int64_t>(i)});
          EXPECT_EQ(bench.write(i * 8, 1, i), 0);
          order.push_back(i);
        });
      }
    });
    EXPECT_EQ(order, (std::vector<uint64_t>{0, 1, 2, 3, 4, 5})) << "seed " << seed;
  }
}

// The host dies somewhere among reads, writes and rebuilds: what its requests had is returned with the unit.
RC_GTEST_PROP(ReserveBuffers, NothingIsLostWhenTheHostDies_V12, ()) {
  testing::BenchOptions options{.columns = 4, .interlace = 4, .lines = 4, .slots = 2};
  options.simulation.seed = *rc::gen::arbitrary<uint32_t>();
  options.simulation.policy.kind = *rc::gen::element(PolicyKind::fifo, PolicyKind::random);
  Bench bench(options);
  bench.no_memory = *rc::gen::inRange(0, 2) == 1;
  if (*rc::gen::inRange(0, 2) == 1) bench.disk(1).on_request = [](const IoRequest&) { return EIO; };
  for (uint64_t client = 0; client < 4; ++client) {
    bench.host.spawn("client", [&bench, client] {
      for (uint64_t i = 0;; ++i) {
        Bytes data;
        (void)(i % 3 == 0 ? bench.read(client * 5, 9, data)
                          : bench.write(i * 7 % 30, static_cast<uint32_t>(1 + i % 13), i));
      }
    });
  }
  bench.crash_at(Duration{*rc::gen::inRange<int64_t>(0, 5'000'000)});
  bench.run([] {});
  RC_ASSERT(bench.why() == "");
  RC_ASSERT(bench.unit == nullptr);
  RC_ASSERT(bench.allocated == 0);
}

}  // namespace
}  // namespace raidsim::raid
