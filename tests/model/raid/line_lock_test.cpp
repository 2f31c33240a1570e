#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <vector>

#include "engine/sync/lock_order.h"
#include "tests/model/raid/bench.h"

namespace raidsim::raid {
namespace {

using testing::Bench;
using testing::Bytes;

// A reader of a row waits for the writer that holds it, and goes on when the write is over.
TEST(LineLocks, ReaderWaitsForTheWriter_RL01) {
  Bench bench;
  bench.disk(0).service = bench.disk(1).service = 1ms;
  SimTime read_at{};
  bench.run([&] {
    bench.simulation.spawn("reader", [&] {
      sleep_for(100us);
      Bytes data;
      EXPECT_EQ(bench.read(0, 1, data), 0);
      read_at = now();
    });
    EXPECT_EQ(bench.write(0, 1, 7), 0);
  });
  EXPECT_GE(read_at, sim_start + 3ms) << "old data, pre-write and home write first";
  EXPECT_EQ(bench.unit->statistics.reader_waits, 1U);
  EXPECT_EQ(bench.leftovers(), "");
}

// Rows of one line that do not overlap are no conflict: the lock covers a row range, not a line.
TEST(LineLocks, WritersOfDisjointRowsOfALineRunTogether) {
  Bench bench;
  bench.run([&] {
    bench.simulation.spawn("other", [&] { EXPECT_EQ(bench.write(5, 1, 2), 0); });
    EXPECT_EQ(bench.write(0, 1, 1), 0);
  });
  EXPECT_EQ(bench.unit->statistics.writer_waits, 0U);
  EXPECT_TRUE(bench.parity_holds());
}

// The second writer of a row is queued and started by the daemon when the first has left.
TEST(LineLocks, SecondWriterIsQueuedAndServed_RL02_RG04) {
  Bench bench;
  bench.run([&] {
    bench.simulation.spawn("other", [&] { EXPECT_EQ(bench.write(0, 2, 2), 0); });
    bench.simulation.spawn("third", [&] { EXPECT_EQ(bench.write(1, 1, 3), 0); });
    EXPECT_EQ(bench.write(0, 1, 1), 0);
  });
  EXPECT_GE(bench.unit->statistics.writer_waits, 1U);
  EXPECT_EQ(bench.leftovers(), "");
  EXPECT_TRUE(bench.parity_holds());
}

// A queued writer whose rows are free overtakes an older one whose rows are not.
TEST(LineLocks, QueueRunPassesOverBlockedWriters) {
  Bench bench;
  bench.run([&] {
    RaidUnit& unit = *bench.unit;
    ReadHold io = unit.io_lock.read();
    auto first = std::make_unique<RowReaderLock>(unit, RowIndex{0}, 1);
    auto second = std::make_unique<RowReaderLock>(unit, RowIndex{4}, 1);
    std::vector<int> order;
    for (const uint64_t block : {uint64_t{0}, uint64_t{4}}) {
      bench.simulation.spawn("writer", [&, block] {
        EXPECT_EQ(bench.write(block, 1, block), 0);
        order.push_back(static_cast<int>(block));
      });
    }
    sleep_for(1ms);
    EXPECT_EQ(unit.lines.queue_length(), 2U);
    second.reset();
    sleep_for(10ms);
    EXPECT_EQ(order, std::vector<int>{4});
    first.reset();
    sleep_for(10ms);
    EXPECT_EQ(order, (std::vector<int>{4, 0}));
    io.release();
  });
  EXPECT_EQ(bench.leftovers(), "") << bench.why();
}

// The resync's reader lock moves the resync line past its rows before anybody can slip in.
TEST(LineLocks, ResyncOptionMovesTheResyncLine) {
  Bench bench;
  EXPECT_TRUE(bench.run([&] {
    RowReaderLock held(*bench.unit, RowIndex{8}, 16, WithResync::yes);
    EXPECT_EQ(bench.unit->un.un_resync_line_index, 3U);
  }));
  EXPECT_EQ(bench.leftovers(), "");
}

// Many clients on few rows, under a policy that interleaves at every scheduling point: whenever anything
// happens the chain and the queue are as RL-01, RL-02, RL-06 and RL-07 say, and everything ends.
RC_GTEST_PROP(LineLocks, OverlappingHoldersAreReaders_RL01_RL02_RL06_RL07, ()) {
  testing::BenchOptions options{.columns = 4, .interlace = 4, .lines = 3, .slots = 3};
  options.simulation.seed = *rc::gen::arbitrary<uint32_t>();
  options.simulation.policy.kind = *rc::gen::element(PolicyKind::fifo, PolicyKind::random, PolicyKind::walk);
  options.simulation.policy.window = *rc::gen::element<Duration>(0ns, 200us);
  struct Request {
    bool write;
    uint64_t block;
    uint32_t blocks;
  };
  std::vector<std::vector<Request>> clients(*rc::gen::inRange<size_t>(2, 6));
  for (auto& requests : clients) {
    requests.resize(*rc::gen::inRange<size_t>(1, 8));
    for (Request& request : requests) {
      request.write = *rc::gen::inRange(0, 3) > 0;
      request.block = *rc::gen::inRange<uint64_t>(0, 36);
      request.blocks =
          static_cast<uint32_t>(*rc::gen::inRange<uint64_t>(1, std::min<uint64_t>(13, 37 - request.block)));
    }
  }
  Bench bench(options);
  const RaidUnit& unit = *bench.unit;
  std::string broken;
  const auto look = [&](const IoRequest&) {
    std::vector<const Child*> chain;
    for (const Child* c = unit.lines.chain(); c != nullptr; c = c->chain_next) chain.push_back(c);
    for (size_t i = 0; i < chain.size(); ++i) {
      if (!chain[i]->is(MD_RCS_LLOCKD) || chain[i]->is(MD_RCS_WAITING)) broken = "RL-02";
      for (size_t j = 0; j < i; ++j) {
        const bool writer = chain[i]->is(MD_RCS_WRITER) || chain[j]->is(MD_RCS_WRITER);
        if (writer && chain[i]->rows.overlaps(chain[j]->rows)) broken = "RL-01";
      }
    }
    for (const Child* c = unit.lines.queue(); c != nullptr; c = c->queue_next) {
      if (c->is(MD_RCS_LLOCKD) || !c->is(MD_RCS_WAITING)) broken = "RL-02";
    }
    for (const SlotTable& table : unit.slots) {
      uint32_t in_use = 0;
      for (const Slot& s : table.slots()) {
        in_use += s.flags == SB_INUSE ? 1U : 0U;
        for (const Slot& t : table.slots()) {
          if (&s != &t && s.flags == SB_INUSE && t.flags == SB_INUSE && s.rows.overlaps(t.rows)) broken = "RL-07";
        }
      }
      if (in_use + table.pw_free() != table.slots().size()) broken = "RL-06";
    }
    return 0;
  };
  for (auto& disk : bench.disks) disk->on_request = look;
  uint64_t ended = 0, asked = 0;
  for (const auto& requests : clients) {
    asked += requests.size();
    bench.simulation.spawn("client", [&bench, &requests, &ended] {
      for (const auto& request : requests) {
        Bytes data;
        const int error = request.write ? bench.write(request.block, request.blocks, ended)
                                        : bench.read(request.block, request.blocks, data);
        RAIDSIM_ASSERT(error == 0);
        ++ended;
      }
    });
  }
  bench.run([] {});
  RC_ASSERT(bench.why() == "");
  RC_ASSERT(broken == "");
  RC_ASSERT(bench.simulation.lock_order().report() == "");  // RL-16
  RC_ASSERT(ended == asked);
  RC_ASSERT(bench.leftovers() == "");
  RC_ASSERT(bench.parity_holds());
}

}  // namespace
}  // namespace raidsim::raid
