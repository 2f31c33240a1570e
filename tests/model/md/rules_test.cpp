// Numbers, locks and errors as the core of the volume manager has them (metadevice.md 1.2, 5; events-errors.md A).
#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "model/md/error.h"
#include "model/md/locks.h"
#include "model/md/numbering.h"
#include "model/md/unit_frame.h"
#include "tests/model/md/machine.h"
#include "tests/model/md/plain_unit.h"

namespace raidsim::md {
namespace {

using raidsim::testing::PlainUnit;

// Every unit of every set has one minor, and set and unit come out of it again; bits above are not masked away.
TEST(Numbering, AMinorIsASetAndAUnit_MD01) {
  EXPECT_EQ(make_minor(1, 10), 0x200au);
  EXPECT_EQ(make_minor(31, 8191), 0x3ffffu);
  for (uint32_t set = 0; set < md_maxsets; ++set) {
    for (const uint32_t unit : {0u, 1u, 10u, 4095u, 4096u, 8191u}) {
      EXPECT_EQ(set_of_minor(make_minor(set, unit)), set);
      EXPECT_EQ(unit_of_minor(make_minor(set, unit)), unit);
    }
  }
  EXPECT_EQ(set_of_minor(0x40000), 32u);
  EXPECT_EQ(make_record_id(31, 0x3ffffff), 0x7fffffff);
  EXPECT_EQ(set_of_pool(make_pool_id(5, 7)), 5u);
}

// The order of 5.1 and of raid-events-locks.md 3.1. A run in which a fiber takes them otherwise is reported: whoever
// holds the hot-spare lock may ask for no unit lock (HL-02).
TEST(Locks, AreOrderedAsTheSpecificationOrdersThem_INVM20_HL02) {
  const LockClass* const order[] = {&locks::ioctl_lock, &locks::unit_array, &locks::snarf_interlock, &locks::set_hold,
                                    &locks::unit_list,  &locks::io_lock,    &locks::open_close,      &locks::line_lock,
                                    &locks::unit_lock,  &locks::hsp_entry,  &locks::hot_spare,       &locks::name_space,
                                    &locks::database,   &locks::line_chain, &locks::io_list,         &locks::queue};
  for (size_t i = 1; i < std::size(order); ++i) EXPECT_LT(order[i - 1]->level, order[i]->level) << order[i]->name;
  testing::Machine machine;
  RwLock hot_spare(locks::hot_spare), unit(locks::unit_lock);
  machine.run([&] {
    const WriteHold held = hot_spare.write();
    const ReadHold wrong = unit.read();
  });
  ASSERT_EQ(machine.simulation.lock_order().violations().size(), 1u);
  EXPECT_EQ(machine.simulation.lock_order().violations()[0].edge.requested, &locks::unit_lock);
}

// Three locks of a unit are dropped in each order there is, and somebody else can have them all afterwards.
TEST(Locks, AreReleasedInAnyOrder_LK02) {
  std::array<size_t, 3> order{0, 1, 2};
  do {
    testing::Machine machine;
    PlainUnit unit;
    RwLock* const all[] = {&unit.io_lock, &unit.open_close, &unit.unit_lock};
    bool again = false;
    EXPECT_TRUE(machine.run([&] {
      std::array<WriteHold, 3> holds;
      for (size_t i = 0; i < 3; ++i) holds[i] = all[i]->write();
      machine.host.spawn("next", [&] {
        std::array<WriteHold, 3> mine;
        for (size_t i = 0; i < 3; ++i) mine[i] = all[i]->write();
        again = true;
      });
      for (const size_t i : order) {
        sleep_for(1us);
        EXPECT_FALSE(again);
        holds[i].release();
      }
    }));
    EXPECT_TRUE(again);
  } while (std::next_permutation(order.begin(), order.end()));
}

// Readers and writers come and go; whenever somebody looks, a writer is alone, and who waits to write is counted.
TEST(Locks, AWriterIsAlone_INVM11) {
  testing::Machine machine;
  PlainUnit unit;
  const RwLock& lock = unit.unit_lock;
  size_t written = 0, shared = 0, waited = 0;
  EXPECT_TRUE(machine.run([&] {
    for (uint32_t i = 0; i < 4; ++i) {
      machine.host.spawn("reader", [&, i] {
        for (int round = 0; round < 20; ++round) {
          const ReadHold hold = unit.unit_lock.read();
          sleep_for(Duration(300 + 70 * i));
        }
      });
      machine.host.spawn("writer", [&, i] {
        for (int round = 0; round < 20; ++round) {
          const WriteHold hold = unit.unit_lock.write();
          sleep_for(Duration(500 + 90 * i));
        }
      });
    }
    for (int look = 0; look < 2000; ++look) {
      sleep_for(37ns);
      EXPECT_FALSE(lock.write_held() && lock.readers() != 0);
      written += lock.write_held() ? 1u : 0u;
      shared += lock.readers() > 1 ? 1u : 0u;
      waited += lock.waiting_writers() != 0 ? 1u : 0u;
    }
  }));
  EXPECT_TRUE(written > 100 && shared > 10 && waited > 100) << written << ' ' << shared << ' ' << waited;
  EXPECT_EQ(lock.waiting_writers(), 0u);
}

// An errno and a structured error of the same number are two things, and no errno is no error.
TEST(Errors, AnErrnoIsASystemError_ER05) {
  const Error error = mdsyserror(MDE_UNIT_NOT_FOUND);
  EXPECT_EQ(error.error_class, ErrorClass::MDEC_SYS);
  EXPECT_TRUE(error.is_errno(MDE_UNIT_NOT_FOUND));
  EXPECT_FALSE(error.is(MDE_UNIT_NOT_FOUND));
  EXPECT_FALSE(mderror(MDE_UNIT_NOT_FOUND).is_errno(MDE_UNIT_NOT_FOUND));
  EXPECT_TRUE(mdsyserror(0).is_ok());
}

}  // namespace
}  // namespace raidsim::md
