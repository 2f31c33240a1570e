// Requests to a stripe: fragments, errors, flushes (stripe.md 5).
#include "tests/model/stripe/stripe_world.h"

namespace raidsim::testing {
namespace {

using Answer = StripeWorld::Answer;

Bytes part(const TestDisk& disk, uint64_t block, uint32_t blocks) {
  const Bytes& all = const_cast<TestDisk&>(disk).bytes();
  const auto begin = all.begin() + static_cast<ptrdiff_t>(block * block_bytes);
  return {begin, begin + static_cast<ptrdiff_t>(size_t{blocks} * block_bytes)};
}

struct StripeIo : ::testing::Test {
  explicit StripeIo(CacheKind cache = CacheKind::none) : world(cache) {
    world.run([this] {
      world.create({{1, 2, 3}, {4}});  // 3 * 192 + 200 blocks
      EXPECT_EQ(world.open(), 0);
    });
  }
  StripeWorld world;
};
struct StripeFlush : StripeIo {
  StripeFlush() : StripeIo(CacheKind::volatile_write_back) {}
};

// The whole unit in one request goes round the components and ends on the concatenation.
TEST_F(StripeIo, WhatIsWrittenLiesWhereTheMapSays_INVS16) {
  world.run([this] {
    EXPECT_EQ(world.manager->size(20), 776u);
    EXPECT_EQ(world.write(0, 776, 5), Answer{});
    EXPECT_EQ(world.read_all(), pattern(776, 5));
    const Bytes written = pattern(776, 5);
    for (uint64_t b = 0; b < 776; ++b) {
      const stripe::Place place = stripe::place_of(world.unit()->un, b);
      const Bytes there = part(world.disk(static_cast<int>(place.component) + 1), place.block, 1);
      ASSERT_TRUE(std::equal(there.begin(), there.end(), written.begin() + static_cast<ptrdiff_t>(b * block_bytes)));
    }
  });
  EXPECT_EQ(world.unit()->pool.parents_in_use(), 0u);
}

// metadevice.md 11.4, in its order.
TEST_F(StripeIo, RangesAreCheckedForCallers) {
  world.run([this] {
    EXPECT_EQ(world.write(777, 1, 1), (Answer{EINVAL, 512}));
    EXPECT_EQ(world.write(776, 4, 1), (Answer{0, 4 * 512}));
    EXPECT_EQ(world.write(770, 10, 1), (Answer{0, 4 * 512}));
    EXPECT_EQ(world.transfer({.op = md::BufferOp::read, .block = 3, .bytes = 0}), Answer{});
    world.bend().un.un_flag |= md::MD_LABELED;
    EXPECT_EQ(world.write(0, 1, 1), (Answer{EINVAL, 512}));
    EXPECT_EQ(world.write(1, 1, 1), Answer{});
  });
  EXPECT_TRUE(world.machine.said(md::MessageId::WRITE_TO_LABEL));
}

// One component fails in the middle of a request: the rest is there, the error is told, the flags name it, and nothing
// else changes: no record, no event (5.3).
TEST_F(StripeIo, AnErrorIsReportedAndRemembered_IO01) {
  world.run([this] {
    EXPECT_EQ(world.write(0, 96, 1), Answer{});
    const uint64_t commits = world.manager->view().commits();
    const size_t events = world.machine.events.size();
    world.disk(2).fail_writes = EIO;
    EXPECT_EQ(world.write(0, 96, 2).error, EIO);
    world.disk(2).fail_writes = 0;
    world.disk(3).bad_block = 3;
    Bytes data(96 * block_bytes);
    EXPECT_EQ(world.read(0, data).error, EIO);
    EXPECT_EQ(world.manager->view().commits(), commits);
    EXPECT_EQ(world.machine.events.size(), events);
    const Bytes written = pattern(96, 2);
    EXPECT_EQ(part(world.disk(1), 0, 16), Bytes(written.begin(), written.begin() + 16 * block_bytes));
  });
  const auto& components = world.unit()->un.components;
  EXPECT_EQ(components[0].un_mirror.ms_flags, stripe::MDM_S_ISOPEN);
  EXPECT_TRUE(components[1].has(stripe::MDM_S_WRTERR));
  EXPECT_TRUE(components[2].has(stripe::MDM_S_READERR));
  EXPECT_TRUE(world.machine.said(md::MessageId::WRITE_ERROR) && world.machine.said(md::MessageId::READ_ERROR));
}

// A component that its mirror has given up is not written to, and the caller hears of no error.
TEST_F(StripeIo, WritesToAnErredComponentSucceedWithoutIt_IO04) {
  world.run([this] {
    EXPECT_EQ(world.write(0, 48, 1), Answer{});
    world.bend().un.components[1].un_mirror.ms_flags |= stripe::MDM_S_NOWRITE;
    const size_t writes = world.disk(2).log.size();
    EXPECT_EQ(world.write(0, 48, 2), Answer{});
    EXPECT_EQ(world.write(16, 16, 3), Answer{});  // nothing else in the request
    EXPECT_EQ(world.disk(2).log.size(), writes);
  });
}

// A writer of the unit lock finds no request of the unit in progress (LK-07).
TEST_F(StripeIo, TheUnitLockWaitsForRequests) {
  world.run([this] {
    Bytes data = pattern(4, 1);
    md::Buffer buffer{.op = md::BufferOp::write, .block = 0, .bytes = 4 * block_bytes, .data = data.data()};
    bool done = false;
    buffer.owner = &done;
    buffer.done = [](md::Buffer& b) { *static_cast<bool*>(b.owner) = true; };
    world.manager->strategy(20, buffer);
    EXPECT_FALSE(done);
    const WriteHold held = world.bend().unit_lock.write();
    EXPECT_TRUE(done);
    EXPECT_EQ(world.unit()->pool.parents_in_use(), 0u);
  });
}

// A flush goes to every component; a PREFLUSH write makes durable what lies in other components too (D-12).
TEST_F(StripeFlush, AFlushReachesEveryComponent) {
  world.run([this] {
    EXPECT_EQ(world.write(0, 64, 1), Answer{});
    EXPECT_EQ(world.transfer({.op = md::BufferOp::flush}), Answer{});
    for (int n = 1; n <= 4; ++n) EXPECT_EQ(world.disk(n).flushes, 1u);
    EXPECT_EQ(world.write(0, 16, 2), Answer{});
    Bytes data = pattern(16, 3);
    EXPECT_EQ(world.transfer({.op = md::BufferOp::write,
                              .fua = true,
                              .preflush = true,
                              .block = 16,
                              .bytes = 16 * block_bytes,
                              .data = data.data()}),
              Answer{});
    EXPECT_TRUE(world.disk(2).log.back().fua);
  });
  for (int n = 1; n <= 4; ++n) world.disk(n).power_cut();
  EXPECT_EQ(part(world.disk(1), 0, 16), pattern(16, 2));
  EXPECT_EQ(part(world.disk(2), 0, 16), pattern(16, 3));
}

TEST_F(StripeFlush, AFailedFlushFailsTheWriteBehindIt) {
  world.run([this] {
    world.disk(4).present = false;
    Bytes data = pattern(16, 3);
    EXPECT_EQ(world
                  .transfer({.op = md::BufferOp::write,
                             .preflush = true,
                             .block = 0,
                             .bytes = 16 * block_bytes,
                             .data = data.data()})
                  .error,
              ENXIO);
    EXPECT_EQ(part(world.disk(1), 0, 16), Bytes(16 * block_bytes));
  });
}

}  // namespace
}  // namespace raidsim::testing
