// Queues of events for processes on the host (events-errors.md B.6): nothing is lost without a word, and nobody who
// waits holds anything up.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <deque>

#include "model/md/notify_ioctl.h"
#include "tests/model/md/machine.h"

namespace raidsim::md {
namespace {

using raidsim::testing::Machine;

constexpr ProcessId monitor = 7, other = 8;

struct Notify : ::testing::Test {
  Machine machine;
  NotifyQueues queues{machine.environment()};
  IoctlLock ioctl_lock;

  int ask(NotifyRequest& request, ProcessId caller = monitor) {
    WriteHold held = ioctl_lock.enter();
    return notify_ioctl(queues, ioctl_lock, held, request, caller);
  }
  int ask(uint32_t command, const char* name, ProcessId caller = monitor) {
    NotifyRequest request{.name = name, .command = command};
    return ask(request, caller);
  }
  NotifyEvent next(const char* name, int error = 0) {
    NotifyRequest request{.name = name, .command = EQ_GET_NOWAIT};
    EXPECT_EQ(ask(request), error);
    return request.event;
  }
  template <class F>
  void run(F body) {
    EXPECT_TRUE(machine.run(body));
  }
};

NotifyEvent event_of(DeviceNumber device) {
  return {.tag = TAG_METADEVICE, .type = EQ_ERRED, .set = 0, .device = device};
}

TEST_F(Notify, EventsComeInOrderToEveryQueue_INVE02) {
  run([&] {
    EXPECT_EQ(ask(EQ_ON, "one"), 0);
    EXPECT_EQ(ask(EQ_ON, "two"), 0);
    sleep_for(10us);
    queues.put(event_of(1));
    queues.put(event_of(2));
    for (const char* name : {"one", "two"}) {
      EXPECT_EQ(next(name).device, 1u);
      EXPECT_EQ(next(name).wall_ns, 10'000);
      EXPECT_EQ(next(name, EAGAIN).type, EQ_EMPTY);
    }
  });
}

TEST_F(Notify, TheEmptyAnswerSaysNothing) {
  run([&] {
    EXPECT_EQ(ask(EQ_ON, "q"), 0);
    sleep_for(5us);
    EXPECT_EQ(next("q", EAGAIN), (NotifyEvent{.wall_ns = 5'000}));
    EXPECT_EQ(next("unknown", ENOENT), (NotifyEvent{.wall_ns = 5'000}));
  });
}

// A queue has its storage from the start (decision 0041): without memory there is none, and nothing is left of it.
TEST_F(Notify, WithoutMemoryThereIsNoQueue_F53) {
  run([&] {
    machine.no_memory = true;
    EXPECT_EQ(ask(EQ_ON, "q"), ENOMEM);
    EXPECT_EQ(ask(EQ_OFF, "q"), ENOENT);
    machine.no_memory = false;
    EXPECT_EQ(ask(EQ_ON, "q"), 0);
  });
}

TEST_F(Notify, AskingWronglyIsRefusedInOrder) {
  run([&] {
    NotifyRequest old{.revision = 2, .name = "q", .command = EQ_ON};
    EXPECT_EQ(ask(old), EINVAL);
    NotifyRequest foreign{.magic = 1, .name = "q", .command = EQ_ON};
    EXPECT_EQ(ask(foreign), EINVAL);
    EXPECT_EQ(ask(EQ_PUT, ""), ENOENT);  // there is no queue
    EXPECT_EQ(ask(EQ_OFF, "q"), ENOENT);
    EXPECT_EQ(ask(0x80, "q"), ENOENT);
    EXPECT_EQ(ask(EQ_ON, "q"), 0);
    EXPECT_EQ(ask(EQ_ON, "q"), EEXIST);
    EXPECT_EQ(ask(0x80, "q"), EINVAL);
    EXPECT_FALSE(ioctl_lock.owned());  // INV-E05
  });
}

// Names are compared completely: 64 bytes of them, not a prefix.
TEST_F(Notify, NamesAreComparedCompletely) {
  const std::string longest(64, 'x');
  run([&] {
    EXPECT_EQ(ask(EQ_ON, longest.substr(1).c_str()), 0);
    EXPECT_EQ(ask(EQ_ON, longest.c_str()), 0);
    EXPECT_EQ(ask(EQ_ON, (longest + "y").c_str()), EEXIST);  // its first 64 bytes are those
    EXPECT_EQ(ask(EQ_GET_NOWAIT, "x"), ENOENT);
  });
}

// 600 events and nobody reads: the oldest 88 are gone, and the reader is told so exactly once.
TEST_F(Notify, AFullQueueDropsItsOldestAndSaysSoOnce_INVE01_INVE02) {
  run([&] {
    EXPECT_EQ(ask(EQ_ON, "q"), 0);
    for (uint64_t i = 0; i < 600; ++i) queues.put(event_of(i));
    EXPECT_EQ(queues.size("q"), 512u);
    EXPECT_EQ(next("q").type, EQ_NOTIFY_LOST);
    EXPECT_EQ(queues.size("q"), 512u);  // it consumed no event
    for (uint64_t i = 88; i < 600; ++i) ASSERT_EQ(next("q").device, i);
    EXPECT_EQ(next("q", EAGAIN).type, EQ_EMPTY);
  });
}

TEST_F(Notify, AProcessCanSendAnEventOfItsOwn) {
  run([&] {
    EXPECT_EQ(ask(EQ_ON, "q"), 0);
    NotifyRequest request{.name = "ignored", .command = EQ_PUT, .event = {.type = EQ_USER, .device = 3, .user = 42}};
    EXPECT_EQ(ask(request, other), 0);
    const NotifyEvent got = next("q");
    EXPECT_EQ(got.type, EQ_USER);
    EXPECT_EQ(got.user, 42u);
  });
}

// ---- waiting ----

// A monitor waits for events. Commands go on meanwhile: it holds no ioctl lock. Each event wakes one reader.
TEST_F(Notify, AWaitingReaderHoldsNothingUp_INVE05_INVE06) {
  std::vector<DeviceNumber> got;
  run([&] {
    EXPECT_EQ(ask(EQ_ON, "q"), 0);
    for (int reader = 0; reader < 2; ++reader) {
      machine.host.spawn("reader", [&] {
        NotifyRequest request{.name = "q", .command = EQ_GET_WAIT};
        EXPECT_EQ(ask(request), 0);
        got.push_back(request.event.device);
      });
    }
    sleep_for(1ms);
    EXPECT_FALSE(ioctl_lock.owned());
    queues.put(event_of(1));
    sleep_for(1ms);
    EXPECT_EQ(got, std::vector<DeviceNumber>{1});
    queues.put(event_of(2));
  });
  EXPECT_EQ(got, (std::vector<DeviceNumber>{1, 2}));
}

// The reader is woken and has to wait for the ioctl lock; meanwhile somebody else takes its event, and the queue goes.
// It still counts as a reader, so the queue is there for it to look at.
TEST_F(Notify, AQueueThatIsDestroyedLetsItsReadersGoFirst) {
  int answer = -1;
  run([&] {
    EXPECT_EQ(ask(EQ_ON, "q"), 0);
    machine.host.spawn("reader", [&] {
      NotifyRequest request{.name = "q", .command = EQ_GET_WAIT};
      answer = ask(request);
      EXPECT_EQ(request.event.type, EQ_EMPTY);
    });
    sleep_for(1ms);
    WriteHold command = ioctl_lock.enter();
    queues.put(event_of(1));
    NotifyEvent stolen;
    EXPECT_EQ(queues.read("q", stolen), 0);
    EXPECT_EQ(queues.destroy("q"), 0);
    EXPECT_EQ(queues.queues(), 1u);
    EXPECT_EQ(queues.create("q", false, other), 0);  // INV-E03: the name is free at once
    command.release();
    sleep_for(1ms);
    EXPECT_EQ(answer, EINTR);
    EXPECT_EQ(ask(EQ_ON, "another"), 0);  // the reaper looks
  });
  EXPECT_EQ(queues.queues(), 2u);
}

// ---- whose queues go when ----

TEST_F(Notify, AQueueGoesWithItsCreatorUnlessItIsPermanent) {
  run([&] {
    EXPECT_EQ(ask(EQ_ON, "mine"), 0);
    NotifyRequest permanent{.name = "kept", .flags = EQ_Q_PERM, .command = EQ_ON};
    EXPECT_EQ(ask(permanent), 0);
    EXPECT_EQ(ask(EQ_ON, "theirs", other), 0);
    queues.process_gone(monitor);
    EXPECT_EQ(queues.queues(), 3u);  // until the reaper comes
    for (uint32_t i = 0; i <= notify_puts_per_reap; ++i) queues.put(event_of(i));
    EXPECT_EQ(queues.queues(), 2u);
    EXPECT_EQ(ask(EQ_GET_NOWAIT, "mine"), ENOENT);
    EXPECT_EQ(ask(EQ_GET_NOWAIT, "kept"), 0);
    EXPECT_EQ(ask(EQ_OFF, "kept", other), 0);  // by name, whoever asks
  });
  EXPECT_EQ(queues.queues(), 1u);
}

TEST_F(Notify, AReadLooksForQueuesOfTheGoneToo) {
  run([&] {
    EXPECT_EQ(ask(EQ_ON, "mine"), 0);
    EXPECT_EQ(ask(EQ_ON, "theirs", other), 0);
    queues.process_gone(monitor);
    for (uint32_t i = 0; i < notify_puts_per_reap; ++i) queues.put(event_of(i));
    EXPECT_EQ(queues.queues(), 2u);
    EXPECT_EQ(ask(EQ_GET_NOWAIT, "theirs"), 0);
  });
  EXPECT_EQ(queues.queues(), 1u);
}

// ---- unload ----

// A reader cannot leave while the halt owns the ioctl lock: after four rounds the halt gives up, and the reader still
// gets its event.
TEST_F(Notify, AReaderKeepsTheModuleFromBeingUnloaded) {
  int answer = -1;
  run([&] {
    EXPECT_EQ(ask(EQ_ON, "q"), 0);
    machine.host.spawn("reader", [&] {
      NotifyRequest request{.name = "q", .command = EQ_GET_WAIT};
      answer = ask(request);
      EXPECT_EQ(request.event.device, 5u);
    });
    sleep_for(1ms);
    {
      const WriteHold halting = ioctl_lock.enter();
      EXPECT_FALSE(queues.unload());
    }
    EXPECT_EQ(machine.simulation.now() - sim_start, 4s + 1ms);
    sleep_for(1ms);
    EXPECT_EQ(answer, -1);
    queues.put(event_of(5));
    sleep_for(1ms);
    EXPECT_EQ(answer, 0);
    EXPECT_TRUE(queues.unload());
  });
  EXPECT_EQ(queues.queues(), 0u);
}

// Any history of puts and reads against a plain list: order kept, a gap told once, never more than 512.
RC_GTEST_PROP(NotifyHistory, IsThatOfAListWithALimit_INVE01_INVE02, ()) {
  const auto steps = *rc::gen::container<std::vector<int>>(rc::gen::inRange(-200, 700));
  Machine machine;
  NotifyQueues queues(machine.environment());
  machine.run([&] {
    RC_ASSERT(queues.create("q", false, monitor) == 0);
    std::deque<uint64_t> model;
    bool lost = false;
    uint64_t number = 0;
    for (int step : steps) {
      for (; step > 0; --step) {
        queues.put(event_of(++number));
        model.push_back(number);
        if (model.size() > 512) {
          model.pop_front();
          lost = true;
        }
      }
      for (; step < 0; ++step) {
        NotifyEvent event;
        const int error = queues.read("q", event);
        if (lost) {
          RC_ASSERT(error == 0 && event.type == EQ_NOTIFY_LOST);
          lost = false;
        } else if (model.empty()) {
          RC_ASSERT(error == EAGAIN);
        } else {
          RC_ASSERT(event.device == model.front());
          model.pop_front();
        }
      }
      RC_ASSERT(queues.size("q") == model.size());
    }
  });
}

// ---- the words of B.3 and B.4 ----

TEST(NotifyEvents, CarryTheValuesOfTheTables_INVE07) {
  const SvmEvent erred{.event_class = EventClass::EC_SVM_STATE,
                       .subclass = EventSubclass::ESC_SVM_ERRED,
                       .tag = EventTag::SVM_TAG_HS,
                       .device = 77};
  EXPECT_EQ(notify_event(erred), (NotifyEvent{.tag = 4, .type = 0x405, .set = 0, .device = 77}));
  EXPECT_EQ(notify_type(EventSubclass::ESC_SVM_CREATE), 1u);
  EXPECT_EQ(notify_type(EventSubclass::ESC_SVM_GROW), 6u);
  EXPECT_EQ(notify_type(EventSubclass::ESC_SVM_REGEN_FAILED), 0x41du);
  EXPECT_EQ(notify_tag(EventTag::SVM_TAG_HSP), 3u);
  EXPECT_EQ(notify_tag(EventTag::SVM_TAG_SET), 5u);
}

}  // namespace
}  // namespace raidsim::md
