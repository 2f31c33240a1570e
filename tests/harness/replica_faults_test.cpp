// Faults of replicas, aimed (F55 to F60): a reader of replicas that knows nothing of the injection finds just what the
// word says, and the rest as it was.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "harness/inspect/replica_report.h"
#include "harness/world/follow_ups.h"
#include "harness/world/world.h"
#include "scenarios/load.h"
#include "scenarios/unit_layout.h"

namespace raidsim::harness {
namespace {

using scenarios::Fault;
using scenarios::Scenario;
using statedb::BlockFault;

constexpr const char* text = R"({"disks": [{"name": "d0..d6", "size": "2MiB"}], "replicas": ["d4", "d5", "d6"],
  "units": [{"name": "d10", "columns": ["d0..d3"]}],
  "script": [{"at": "1s", "disk": "d5", LINE}]})";

Scenario scenario_with(const std::string& line) {
  std::string all = text;
  return scenarios::load_text(all.replace(all.find("LINE"), 4, line), "test");
}

/// The replica on d5, before the host's first boot, with the fault of the line.
ReplicaReport replica_with(const std::string& line) {
  const Scenario scenario = scenario_with(line);
  const auto image = prepare_image(scenario);
  World world(scenario, *image, {});
  world.inject(std::get<Fault>(scenario.script[0].action), 0);
  const DiskImage disks = image_of(world.bay(), world.roles().slices());
  return read_replica(disks, 5, scenarios::replica_slice_head_blocks);
}

bool records_are(const ReplicaReport& replica, BlockFault fault) {
  return !replica.records.empty() &&
         std::all_of(replica.records.begin(), replica.records.end(), [&](const auto& r) { return r.fault == fault; });
}

TEST(ReplicaFault, WithoutOneEverythingIsSound) {
  const ReplicaReport whole = replica_with(R"("fault": "no-space", "free": 8192)");
  EXPECT_TRUE(whole.sound()) << whole.damage.front();
  EXPECT_TRUE(records_are(whole, BlockFault::none));
}

TEST(ReplicaFault, UnreadablePartAndNoOther_F55) {
  EXPECT_EQ(replica_with(R"("fault": "replica-unreadable", "part": "master")").master_fault, BlockFault::unread);
  const ReplicaReport locator = replica_with(R"("fault": "replica-unreadable", "part": "locator")");
  EXPECT_EQ(locator.master_fault, BlockFault::none);
  EXPECT_EQ(locator.locators_fault, BlockFault::unread);
  const ReplicaReport names = replica_with(R"("fault": "replica-unreadable", "part": "names")");
  EXPECT_EQ(names.names_fault, BlockFault::unread);
  EXPECT_EQ(names.locators_fault, BlockFault::none);
  EXPECT_TRUE(records_are(names, BlockFault::none));
  const ReplicaReport directory = replica_with(R"("fault": "replica-unreadable", "part": "directory")");
  EXPECT_EQ(directory.directory.front().fault, BlockFault::unread);
  const ReplicaReport record = replica_with(R"("fault": "replica-unreadable", "part": "record")");
  EXPECT_EQ(record.directory.front().fault, BlockFault::none);
  EXPECT_TRUE(records_are(record, BlockFault::unread));
}

TEST(ReplicaFault, FlawsAreWellMadeAndWrong_F57) {
  const auto corrupt = [](const char* part, const char* flaw) {
    return replica_with(std::string(R"("fault": "replica-corrupt", "part": ")") + part + R"(", "flaw": ")" + flaw +
                        '"');
  };
  EXPECT_EQ(corrupt("master", "checksum").master_fault, BlockFault::checksum);
  EXPECT_EQ(corrupt("master", "magic").master_fault, BlockFault::magic);
  EXPECT_EQ(corrupt("master", "place").master_fault, BlockFault::place);
  EXPECT_EQ(corrupt("master", "set").master.mb_setno, 1U);  // this reader follows whatever set it finds
  EXPECT_EQ(corrupt("locator", "checksum").locators_fault, BlockFault::checksum);
  EXPECT_EQ(corrupt("locator", "magic").locators_fault, BlockFault::magic);
  EXPECT_EQ(corrupt("locator", "set").locators_fault, BlockFault::place);
  EXPECT_EQ(corrupt("names", "magic").names_fault, BlockFault::magic);
  EXPECT_EQ(corrupt("directory", "place").directory.front().fault, BlockFault::place);
  EXPECT_TRUE(records_are(corrupt("record", "checksum"), BlockFault::checksum));
  EXPECT_TRUE(records_are(corrupt("record", "magic"), BlockFault::magic));
}

TEST(ReplicaFault, IsAsSmallAsItIsTold_F60) {
  const ReplicaReport before = replica_with(R"("fault": "no-space", "free": 8192)");
  const ReplicaReport full = replica_with(R"("fault": "no-space", "free": 0)");
  const ReplicaReport nearly = replica_with(R"("fault": "no-space", "free": 5)");
  EXPECT_TRUE(full.sound()) << full.damage.front();
  EXPECT_LT(full.master.mb_blkcnt, before.master.mb_blkcnt);
  EXPECT_EQ(nearly.master.mb_blkcnt, full.master.mb_blkcnt + 5);
}

// The line behind it: the host dies when the next write is issued.
TEST(ReplicaFault, TornCommitBringsTheDeathAlong_F58) {
  const Scenario scenario = scenario_with(R"("fault": "torn-commit", "writes": 2)");
  const auto lines = script_of(scenario);
  ASSERT_EQ(lines.size(), 2U);
  const auto& at = std::get<scenarios::AtRequest>(lines[1].trigger);
  EXPECT_EQ(at.nth, 3U);
  EXPECT_EQ(at.disk, "d5");
  EXPECT_EQ(at.range->first, scenarios::replica_slice_head_blocks);
  EXPECT_EQ(at.since, lines[0].label);
  EXPECT_EQ(std::get<scenarios::HostAction>(lines[1].action).outstanding, scenarios::OutstandingFate::undone);
}

// Baseline 8 at each boundary: replicas of one disk go together, those named last first.
TEST(ReplicaFault, TakesTheDisksThatLeaveSoMany_F59) {
  Scenario scenario = scenario_with(R"("fault": "no-space")");
  scenario.replicas = {"d1", "d2", "d2", "d3", "d3", "d3"};
  using Names = std::vector<std::string>;
  EXPECT_EQ(scenarios::replicas_to_lose(scenario, 6), Names{});
  EXPECT_EQ(scenarios::replicas_to_lose(scenario, 5), Names{"d1"});
  EXPECT_EQ(scenarios::replicas_to_lose(scenario, 4), Names{"d2"});
  EXPECT_EQ(scenarios::replicas_to_lose(scenario, 3), Names{"d3"});
  EXPECT_EQ(scenarios::replicas_to_lose(scenario, 0), (Names{"d3", "d2", "d1"}));
  EXPECT_EQ(scenarios::replicas_to_lose(scenario, 7), std::nullopt);
  scenario.replicas = {"d1", "d1", "d2", "d2"};
  EXPECT_EQ(scenarios::replicas_to_lose(scenario, 3), std::nullopt);
}

}  // namespace
}  // namespace raidsim::harness
