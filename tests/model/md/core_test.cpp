// Open counts, daemon queues, errors: the parts every unit driver leans on.
#include <gtest/gtest.h>

#include "model/md/daemon_queue.h"
#include "model/md/error.h"
#include "model/md/trace_kinds.h"
#include "model/md/unit_frame.h"
#include "tests/model/md/machine.h"
#include "tests/model/md/plain_unit.h"

namespace raidsim::md {
namespace {

using raidsim::testing::Machine;
using raidsim::testing::PlainUnit;

// ---- opens (metadevice.md 7.3) ----

;

struct Opens : ::testing::Test {
  Machine machine;
  PlainUnit unit;
};

TEST_F(Opens, SharedOpensAddUpForLayeredAndOnlyMarkOtherTypes) {
  EXPECT_EQ(unit.count_open(FREAD, OTYP_LYR), 0);
  EXPECT_EQ(unit.count_open(FREAD, OTYP_LYR), 0);
  EXPECT_EQ(unit.count_open(FREAD, OTYP_BLK), 0);
  EXPECT_EQ(unit.count_open(FREAD, OTYP_BLK), 0);
  EXPECT_EQ(unit.count_close(OTYP_BLK), 0);  // the last close of that type
  EXPECT_EQ(unit.count_close(OTYP_BLK), ENXIO);
  EXPECT_EQ(unit.count_close(OTYP_LYR), 0);
  EXPECT_TRUE(unit.is_open());
  EXPECT_EQ(unit.count_close(OTYP_LYR), 0);
  EXPECT_FALSE(unit.is_open());
}

TEST_F(Opens, ExclusiveUseExcludesEveryOtherCaller_INVM10) {
  EXPECT_EQ(unit.count_open(FREAD, OTYP_BLK), 0);
  EXPECT_EQ(unit.count_open(FREAD | FEXCL, OTYP_CHR), EBUSY);
  EXPECT_EQ(unit.count_close(OTYP_BLK), 0);
  EXPECT_EQ(unit.count_open(FREAD | FEXCL, OTYP_CHR), 0);
  EXPECT_EQ(unit.count_open(FREAD, OTYP_BLK), EBUSY);
  EXPECT_EQ(unit.count_open(FREAD | FEXCL, OTYP_BLK), EBUSY);
  EXPECT_EQ(unit.count_close(OTYP_CHR), 0);
  EXPECT_EQ(unit.count_open(FREAD, OTYP_BLK), 0);
}

// A resync opens the unit while somebody has it for himself; neither notices the other (RH-23).
TEST_F(Opens, TheDriversOwnOpensAreOutsideOfExclusiveUse_RH23) {
  EXPECT_EQ(unit.count_open(FREAD | FEXCL, OTYP_CHR), 0);
  EXPECT_EQ(unit.count_open(FREAD, OTYP_LYR, Opener::internal), 0);
  EXPECT_EQ(unit.count_close(OTYP_CHR), 0);
  EXPECT_TRUE(unit.is_open());  // the resync still is
  EXPECT_EQ(unit.count_open(FREAD | FEXCL, OTYP_CHR), 0);
  EXPECT_EQ(unit.count_close(OTYP_LYR, Opener::internal), 0);
  EXPECT_TRUE(unit.is_exclusive());
  EXPECT_EQ(unit.count_close(OTYP_LYR, Opener::internal), ENXIO);
}

TEST_F(Opens, AnUnknownTypeIsRefused) {
  EXPECT_EQ(unit.count_open(FREAD, static_cast<OpenType>(5)), EINVAL);
  EXPECT_EQ(unit.count_close(OTYPCNT), EINVAL);
}

// One fiber opens and takes its time; the second enters only when the first has left (LK-10).
TEST_F(Opens, OpenAndCloseGoOneAtATime_LK10) {
  std::vector<int> order;
  machine.run([&] {
    machine.host.spawn("first", [&] {
      OpenClose entered = unit.enter_open_close();
      order.push_back(1);
      entered.to_writer();  // opens devices
      sleep_for(1ms);
      entered.to_reader();
      order.push_back(2);
      entered.leave();
    });
    machine.host.spawn("second", [&] {
      sleep_for(1us);
      const OpenClose entered = unit.enter_open_close();
      order.push_back(3);
    });
  });
  EXPECT_EQ(order, (std::vector<int>{1, 2, 3}));
  EXPECT_EQ(unit.unit_lock.readers(), 0u);
  EXPECT_FALSE(unit.open_close.write_held());
}

// ---- daemon queues (9.2) ----

struct Work : DaemonElement {
  Work(int n, std::vector<int>& list) : DaemonElement(&run), number(n), done(&list) {}
  static void run(DaemonElement& element) {
    Work& self = static_cast<Work&>(element);
    EXPECT_EQ(self.queued_on(), nullptr);  // unlinked before its function runs
    sleep_for(1us);
    self.done->push_back(self.number);
  }
  int number;
  std::vector<int>* done;
};

TEST(DaemonQueue, OneDaemonWorksInOrderOfSubmission) {
  Machine machine;
  DaemonQueue queue("queue");
  std::vector<int> done;
  Work a(1, done), b(2, done), c(3, done);
  machine.run([&] {
    queue.start(machine.host);
    for (Work* work : {&a, &b, &c}) queue.enqueue(*work);
  });
  EXPECT_EQ(done, (std::vector<int>{1, 2, 3}));
  EXPECT_EQ(queue.total(), 3u);
  EXPECT_TRUE(queue.idle());
  EXPECT_EQ(machine.last_end, RunEnd::idle);
}

TEST(DaemonQueue, AFunctionMayQueueItsElementAgain) {
  Machine machine;
  DaemonQueue queue("queue");
  struct Again : DaemonElement {
    explicit Again(DaemonQueue& q) : DaemonElement(&run), queue(&q) {}
    static void run(DaemonElement& element) {
      Again& self = static_cast<Again&>(element);
      if (++self.times < 3) self.queue->enqueue(self);
    }
    DaemonQueue* queue;
    int times = 0;
  } again(queue);
  machine.run([&] {
    queue.start(machine.host);
    queue.enqueue(again);
  });
  EXPECT_EQ(again.times, 3);
}

TEST(DaemonQueue, WorkMayComeFromTheEventLoop) {
  Machine machine;
  DaemonQueue queue("queue");
  std::vector<int> done;
  struct Late : Event {
    Late(DaemonQueue& q, Work& w) : Event(&fire), queue(&q), work(&w) {}
    static void fire(Event& event) {
      auto& self = static_cast<Late&>(event);
      self.queue->enqueue(*self.work);
    }
    DaemonQueue* queue;
    Work* work;
  };
  Work work(7, done);
  Late late(queue, work);
  machine.run([&] {
    queue.start(machine.host);
    machine.simulation.schedule_after(late, 5us);
  });
  EXPECT_EQ(done, std::vector<int>{7});
}

TEST(DaemonQueue, ThreeDaemonsWorkAtTheSameTime) {
  Machine machine;
  DaemonQueue queue("queue");
  std::vector<int> done;
  Work a(1, done), b(2, done), c(3, done);
  machine.run([&] {
    queue.start(machine.host, 3);
    for (Work* work : {&a, &b, &c}) queue.enqueue(*work);
  });
  EXPECT_EQ(done.size(), 3u);
  EXPECT_EQ(to_ns(machine.simulation.now()), 1000);  // one after the other would take three times as long
}

TEST(DaemonQueue, DaemonsEndWhenTheQueueIsEmptyAndCanBeStartedAgain) {
  Machine machine;
  DaemonQueue queue("queue");
  std::vector<int> done;
  Work a(1, done), b(2, done);
  machine.run([&] {
    queue.start(machine.host);
    queue.enqueue(a);
    queue.enqueue(b);
    queue.stop();
  });
  EXPECT_EQ(done.size(), 2u);
  EXPECT_EQ(queue.daemons(), 0u);
  machine.run([&] {
    queue.start(machine.host);
    queue.enqueue(a);
  });
  EXPECT_EQ(done.size(), 3u);
}

// INV-M18: an element is on one queue; a second submission is the caller's bug and stops the run.
TEST(DaemonQueue, QueuingAnElementTwiceStopsTheRun_INVM18) {
  Machine machine;
  DaemonQueue queue("queue");
  std::vector<int> done;
  Work a(1, done);
  machine.run([&] {
    queue.start(machine.host);
    queue.enqueue(a);
    queue.enqueue(a);
  });
  EXPECT_EQ(machine.last_end, RunEnd::failed);
}

// ---- errors (A.1) ----

TEST(Errors, CarryOnlyTheirOwnPayload_INVE08) {
  EXPECT_TRUE(no_error.is_ok());
  EXPECT_TRUE(mdsyserror(0).is_ok());
  const Error comp = mdcomperror(MDE_CANT_FIND_COMP, 10, 77);
  EXPECT_EQ(comp, (Error{.error_class = ErrorClass::MDEC_COMP, .code = 1, .minor = 10, .device = 77}));
  // Code 1 of three classes: class and code both count (ER-04).
  EXPECT_TRUE(comp.is(MDE_CANT_FIND_COMP));
  EXPECT_FALSE(comp.is(MDE_INVAL_UNIT));
  EXPECT_FALSE(comp.is(MDE_HS_RESVD));
}

// Every setter writes the payload of its own class and zeros for the rest, whatever the last error was (ER-01).
TEST(Errors, OfEveryClassCarryNothingOfAnother_INVE08) {
  Error error = mdcomperror(MDE_MAXIO, 1, 2);
  error = mderror(MDE_NO_HSPS);
  EXPECT_EQ(error, (Error{.error_class = ErrorClass::MDEC_VOID, .code = 10}));
  error = mdsyserror(EBUSY);
  EXPECT_EQ(error, (Error{.error_class = ErrorClass::MDEC_SYS, .code = EBUSY}));
  error = mddeverror(MDE_NAME_SPACE, 5);
  EXPECT_EQ(error, (Error{.error_class = ErrorClass::MDEC_DEV, .code = 7, .device = 5}));
  error = mduseerror(MDE_ALREADY, 5, 10, 0);
  EXPECT_EQ(error, (Error{.error_class = ErrorClass::MDEC_USE, .code = 2, .minor = 10, .device = 5}));
  error = mdmderror(MDE_IN_USE, 10);
  EXPECT_EQ(error, (Error{.error_class = ErrorClass::MDEC_MD, .code = 12, .minor = 10}));
  error = mdhsperror(MDE_HSP_REF, 3);
  EXPECT_EQ(error, (Error{.error_class = ErrorClass::MDEC_HSP, .code = 5, .pool = 3}));
  error = mdhserror(MDE_HS_RESVD, 3, 5);
  EXPECT_EQ(error, (Error{.error_class = ErrorClass::MDEC_HS, .code = 1, .pool = 3, .device = 5}));
  error = mdmddberror(MDE_DB_STALE, NODEV32, 0);
  EXPECT_EQ(error, (Error{.error_class = ErrorClass::MDEC_MDDB, .code = 13, .minor = ~Minor{0}}));
}

TEST(Errors, HaveTheNamesOfTheSpecification) {
  EXPECT_STREQ(name_of(no_error), "MDE_NONE");
  EXPECT_STREQ(name_of(mdmderror(MDE_RAID_NEED_FORCE, 1)), "MDE_RAID_NEED_FORCE");
  EXPECT_STREQ(name_of(mdmddberror(MDE_DB_STALE, 1, 0)), "MDE_DB_STALE");
  EXPECT_STREQ(name_of(mdhserror(MDE_HS_INUSE, 1, 2)), "MDE_HS_INUSE");
  EXPECT_STREQ(name_of(mdsyserror(EBUSY)), "EBUSY");
  EXPECT_STREQ(name_of(mdsyserror(9999)), "unknown error");
}

TEST(TraceKinds, AreNumberedWithoutGapsInTheRoomsOwnRange) {
  TraceKind next = model_kinds;
  for (const TraceKindInfo& row : trace_kinds()) EXPECT_EQ(row.kind, next++);
  EXPECT_EQ(next, trace_answer + 1);
  EXPECT_LT(next, harness_kinds);
}

}  // namespace
}  // namespace raidsim::md
