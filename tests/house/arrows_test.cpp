// The room order can be broken, and each way of breaking it is seen.
#include "tests/house/arrows.h"

#include <gtest/gtest.h>

namespace raidsim::house {
namespace {

const std::set<std::string> tree = {"engine/time.h",     "engine/trace/record.h",     "model/disk/virtual_disk.h",
                                    "model/raid/unit.h", "model/disk/block_device.h", "scenarios/load.h",
                                    "reports/story.h",   "harness/runner.h",          "tests/house/source.h"};

Findings include(const std::string& path, const std::string& what) {
  return wrong_arrows({path, "#pragma once\n  #  include " + what + "\n"}, tree);
}

TEST(Arrows, DownIsFree) {
  EXPECT_TRUE(include("engine/event.h", "\"engine/time.h\"").empty());
  EXPECT_TRUE(include("model/raid/read.cpp", "\"engine/time.h\"").empty());
  EXPECT_TRUE(include("scenarios/load.cpp", "\"model/disk/virtual_disk.h\"").empty());
  EXPECT_TRUE(include("harness/world/world.cpp", "\"scenarios/load.h\"").empty());
  EXPECT_TRUE(include("reports/story.cpp", "\"engine/trace/record.h\"").empty());
  EXPECT_TRUE(include("harness/cli/run.cpp", "\"reports/story.h\"").empty());
  EXPECT_TRUE(include("tests/model/raid/read_test.cpp", "\"harness/runner.h\"").empty());
}

TEST(Arrows, UpIsSeenWithItsLine) {
  const Findings up = include("engine/event.h", "\"model/raid/unit.h\"");
  ASSERT_EQ(up.size(), 1u);
  EXPECT_EQ(up[0].line, 2u);
  EXPECT_FALSE(include("model/disk/virtual_disk.cpp", "\"scenarios/load.h\"").empty());
  EXPECT_FALSE(include("scenarios/load.cpp", "\"harness/runner.h\"").empty());
  EXPECT_FALSE(include("harness/runner.cpp", "\"reports/story.h\"").empty());
  EXPECT_FALSE(include("reports/story.cpp", "\"engine/time.h\"").empty());
  EXPECT_FALSE(include("reports/story.cpp", "\"harness/runner.h\"").empty());
  EXPECT_FALSE(include("harness/runner.cpp", "\"tests/house/source.h\"").empty());
}

// The code under test cannot tell that its disks are virtual, nor do the disks know who uses them.
TEST(Arrows, CodeUnderTestSeesTheBlockDeviceAlone) {
  EXPECT_TRUE(include("model/raid/read.cpp", "\"model/disk/block_device.h\"").empty());
  EXPECT_FALSE(include("model/raid/read.cpp", "\"model/disk/virtual_disk.h\"").empty());
  EXPECT_FALSE(include("model/manager.h", "\"model/disk/virtual_disk.h\"").empty());
  EXPECT_FALSE(include("model/disk/fault/honest.cpp", "\"model/raid/unit.h\"").empty());
}

TEST(Arrows, LibrariesStayInTheirPlace) {
  EXPECT_TRUE(include("engine/scheduler.cpp", "<boost/fiber/all.hpp>").empty());
  EXPECT_TRUE(include("engine/worker_pool.h", "<boost/context/stack_context.hpp>").empty());
  EXPECT_TRUE(include("harness/bench/engine_bench.cpp", "<boost/context/fiber.hpp>").empty());
  EXPECT_FALSE(include("engine/simulation.cpp", "<boost/fiber/fiber.hpp>").empty());
  EXPECT_FALSE(include("harness/runner.cpp", "<boost/fiber/fiber.hpp>").empty());
  EXPECT_TRUE(include("scenarios/load.cpp", "<nlohmann/json.hpp>").empty());
  EXPECT_FALSE(include("model/raid/unit.h", "<nlohmann/json_fwd.hpp>").empty());
  EXPECT_FALSE(include("engine/time.h", "<gtest/gtest_prod.h>").empty());
}

TEST(Arrows, AnIncludeNamesAFileFromTheRoot) {
  EXPECT_FALSE(include("engine/event.h", "\"time.h\"").empty());
  EXPECT_FALSE(include("engine/event.h", "\"engine/clock.h\"").empty());
}

}  // namespace
}  // namespace raidsim::house
