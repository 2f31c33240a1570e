// Commands exclude each other, but for those that are multi-threaded (metadevice.md 5.7, 8.1).
#include <gtest/gtest.h>

#include "model/md/ioctl_lock.h"
#include "tests/model/md/machine.h"

namespace raidsim::md {
namespace {

using raidsim::testing::Machine;

struct Commands : ::testing::Test {
  void ordinary(const char* name, Duration takes) {
    machine.host.spawn(name, [this, name, takes] {
      const WriteHold held = lock.enter();
      said.push_back(std::string(name) + " starts");
      sleep_for(takes);
      said.push_back(std::string(name) + " ends");
    });
  }
  void multi_threaded(const char* name, Duration takes) {
    machine.host.spawn(name, [this, name, takes] {
      const IoctlLock::MultiThreaded runs(lock);
      said.push_back(std::string(name) + " starts");
      sleep_for(takes);
      said.push_back(std::string(name) + " ends");
    });
  }
  using Said = std::vector<std::string>;
  Machine machine;
  IoctlLock lock;
  Said said;
};

TEST_F(Commands, OneOrdinaryCommandRunsAtATime_INVM12) {
  machine.run([&] {
    ordinary("a", 2ms);
    ordinary("b", 1ms);
  });
  EXPECT_EQ(said, (Said{"a starts", "a ends", "b starts", "b ends"}));
}

TEST_F(Commands, AnOrdinaryOneDoesNotStartWhileMultiThreadedOnesRun_INVM12) {
  machine.run([&] {
    multi_threaded("m", 1ms);
    multi_threaded("n", 2ms);
    sleep_for(1us);
    ordinary("a", 1ms);
    ordinary("b", 1ms);
  });
  EXPECT_EQ(said, (Said{"m starts", "n starts", "m ends", "n ends", "a starts", "a ends", "b starts", "b ends"}));
  EXPECT_FALSE(lock.owned());
}

TEST_F(Commands, AMultiThreadedOneStartsWhileAnOrdinaryOneRuns_LK13) {
  machine.run([&] {
    ordinary("a", 2ms);
    sleep_for(1us);
    multi_threaded("m", 5ms);
    sleep_for(1us);
    ordinary("b", 1ms);
  });
  EXPECT_EQ(said, (Said{"a starts", "m starts", "a ends", "m ends", "b starts", "b ends"}));
}

}  // namespace
}  // namespace raidsim::md
