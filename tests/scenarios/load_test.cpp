// What the loader makes of good files: defaults (D-08), cross-file sums, holes.
#include "scenarios/load.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "scenarios/error.h"
#include "scenarios/fault_table.h"
#include "scenarios/save.h"
#include "scenarios/strict_json.h"
#include "scenarios/unit_layout.h"

namespace raidsim::scenarios {
namespace {

Scenario load(const std::string& text) { return load_text(text, "test"); }

std::vector<std::filesystem::path> library() {
  std::vector<std::filesystem::path> out;
  for (const auto& entry : std::filesystem::recursive_directory_iterator("scenarios/library")) {
    if (entry.path().extension() == ".json") out.push_back(entry.path());
  }
  std::sort(out.begin(), out.end());
  return out;
}

TEST(Load, AnEmptyObjectIsTheDefaultScenario_D08) {
  const Scenario s = load("{}");
  ASSERT_EQ(s.disks.size(), 5U);
  EXPECT_EQ(s.disks.back().name, "d4");
  EXPECT_EQ(s.disks[0].size_blocks, 16384U);
  EXPECT_EQ(s.disks[0].latency.model, LatencyModel::ssd);
  EXPECT_EQ(s.disks[0].cache, CacheKind::none);
  EXPECT_EQ(s.replicas, (std::vector<std::string>{"d0", "d1", "d2"}));
  EXPECT_EQ(s.replica_blocks, 1024U);
  ASSERT_EQ(s.units.size(), 1U);
  EXPECT_EQ(s.units[0].columns.size(), 5U);
  EXPECT_EQ(s.units[0].interlace_blocks, 32U);
  EXPECT_EQ(s.units[0].slots, 10U);
  EXPECT_EQ(s.units[0].create, CreateMode::ready);
  ASSERT_EQ(s.workload.size(), 1U);
  EXPECT_EQ(s.workload[0].clients, 4U);
  EXPECT_EQ(s.workload[0].requests, 200U);
  EXPECT_EQ(s.workload[0].size_max_blocks, 128U);
  EXPECT_EQ(s.seed, 1U);
  EXPECT_TRUE(s.expect.violations.empty());
  EXPECT_EQ(s.time_limit, 10min);
  EXPECT_EQ(s.reboot_after, 5s);
}

TEST(Load, ASpareNamedBringsItsDisk_D08) {
  const Scenario s = load(R"({"pools": [{"name": "hsp001", "spares": ["d5"]}]})");
  ASSERT_EQ(s.disks.size(), 6U);
  EXPECT_EQ(s.units[0].columns.size(), 5U);
}

// The design's own example, letter for letter in its shapes.
TEST(Load, EveryShapeOfTheDesignIsRead) {
  const Scenario s = load(R"({"disks": [{"name": "d0..d5", "size": "8MiB", "latency": "ssd", "cache": "volatile"}],
    "replicas": ["d0", "d1", "d2"], "pools": [{"name": "hsp001", "spares": ["d5"]}],
    "units": [{"name": "d10", "type": "raid5", "columns": ["d0", "d1", "d2", "d3", "d4"], "interlace": "16KiB", "pool": "hsp001"}],
    "workload": [{"unit": "d10", "clients": 4, "requests": 500, "size": ["512", "64KiB"], "reads": 0.3, "pattern": "random"}],
    "script": [{"at": "40ms", "fault": "fail-stop", "disk": "d1"},
      {"when": {"unit": "d10", "resync_line": 128}, "fault": "fail-stop", "disk": "d3"},
      {"when": {"event": "pre-write-durable", "nth": 7}, "do": "power-cut", "after": "0ns"},
      {"at": "2s", "do": "boot"},
      {"at": "3s", "ioctl": "replace", "unit": "d10", "column": 1, "with": "d1"}],
    "profile": "honest-1",
    "expect": {"d10": {"state": "last-errored"}, "pools": {"hsp001": {"available": 1}}, "violations": []}})");
  ASSERT_EQ(s.script.size(), 5U);
  EXPECT_EQ(std::get<AtTime>(s.script[0].trigger).at, 40ms);
  EXPECT_EQ(number_of(std::get<Fault>(s.script[0].action).id), 1U);
  EXPECT_EQ(std::get<AtState>(s.script[1].trigger).resync_line, 128U);
  EXPECT_EQ(std::get<AtPoint>(s.script[2].trigger).nth, 7U);
  EXPECT_EQ(std::get<HostAction>(s.script[2].action).verb, HostVerb::power_cut);
  EXPECT_EQ(std::get<Ioctl>(s.script[4].action).with, "d1");
  EXPECT_EQ(s.profile, Profile::honest_1);
  EXPECT_EQ(s.expect.units.at("d10").state, UnitState::last_errored);
  EXPECT_EQ(s.expect.pools.at("hsp001").available, (CountRange{1, 1}));
}

// raid-data-model.md 5.1 by hand: 4096 - 1040 blocks of replica leave 3056; 330 of log, 85 lines, 6 blocks over.
TEST(Load, LinesFollowTheCreationArithmetic) {
  const Scenario s = load(R"({"disks": [{"name": "d0..d3", "size": "2MiB"}]})");
  const auto layout = layout_of(s, s.units[0]);
  ASSERT_TRUE(layout);
  EXPECT_EQ(layout->lines, 85U);
  EXPECT_EQ(layout->slots, 10U);
  EXPECT_EQ(layout->log_blocks, 330U);
  EXPECT_EQ(layout->total_blocks, 85U * 32 * 3);
  EXPECT_EQ(spare_blocks_needed(s, *layout, s.disks[3]), 3050U);
}

// K01: a spare of exactly the needed size is accepted, one sector less is a slip unless it is meant.
TEST(Load, ASpareOneSectorShortIsASlip_K01) {
  const auto with_spare = [](uint64_t bytes, bool meant) {
    nlohmann::json file = {{"disks", {{{"name", "d0..d3"}, {"size", "2MiB"}}, {{"name", "d4"}, {"size", bytes}}}},
                           {"pools", {{{"name", "hsp001"}, {"spares", {"d4"}}, {"allow_small", meant}}}},
                           {"units", {{{"name", "d10"}, {"columns", {"d0..d3"}}, {"pool", "hsp001"}}}}};
    return file;
  };
  EXPECT_NO_THROW((void)load_json(with_spare(3050 * 512, false), "test"));
  EXPECT_THROW((void)load_json(with_spare(3049 * 512, false), "test"), ScenarioError);
  EXPECT_NO_THROW((void)load_json(with_spare(3049 * 512, true), "test"));
}

TEST(Load, LineWordsBecomeNumbers) {
  const Scenario s = load(R"({"disks": [{"name": "d0..d3", "size": "2MiB"}], "script": [
    {"at": "0ns", "fault": "latent-sector-error", "column": 3, "line": "last"},
    {"when": {"unit": "d10", "resync_line": "last"}, "do": "crash"}]})");
  EXPECT_EQ(std::get<Fault>(s.script[0].action).target.lines, (BlockRange{84, 85}));
  EXPECT_EQ(std::get<AtState>(s.script[1].trigger).resync_line, 85U);
}

TEST(Load, HolesAreFilledBySeedAndPlace) {
  const std::string text = R"({"workload": [{"clients": {"range": [1, 1000]}, "reads": {"range": [0.0, 1.0]}}],
    "script": [{"at": {"range": ["1ms", "20ms"]}, "fault": {"choose": ["fail-stop", "read-only-medium"]}, "disk": "d1"}]})";
  LoadOptions seven;
  seven.seed = 7;
  const Scenario first = load_text(text, "test", seven);
  EXPECT_EQ(first, load_text(text, "test", seven));
  EXPECT_EQ(first.seed, 7U);
  std::set<int64_t> times;
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    LoadOptions options;
    options.seed = seed;
    const Scenario s = load_text(text, "test", options);
    const Duration at = std::get<AtTime>(s.script[0].trigger).at;
    EXPECT_GE(at, 1ms);
    EXPECT_LE(at, 20ms);
    times.insert(at.count());
  }
  EXPECT_GT(times.size(), 40U);
}

// The numbers themselves are fixed for ever: a file with holes and a seed names one scenario on every machine.
TEST(Load, HolesOfASeedNeverChange) {
  const auto pick = seeded_holes(1);
  EXPECT_EQ(pick("/script/0/at", 1'000'000), 958'072U);
  EXPECT_EQ(pick("/script/0/at", 1), 0U);
  EXPECT_LT(pick("/x", UINT64_MAX), UINT64_MAX);
}

TEST(Load, TheLibraryLoadsAndEachSaysWhy) {
  const auto files = library();
  ASSERT_GE(files.size(), 24U);
  std::set<std::string> names;
  for (const auto& file : files) {
    const Scenario s = load_file(file);
    EXPECT_TRUE(names.insert(s.name).second) << file << ": " << s.name << " is taken";
    EXPECT_NE(s.why.find_first_of("0123456789"), std::string::npos) << file << ": no invariant named";
    EXPECT_FALSE(has_holes(save_json(s))) << file;
    EXPECT_EQ(load_text(save_text(s), "saved", {.seed = {}, .holes = {}, .folder = file.parent_path()}), s) << file;
  }
}

TEST(FaultTable, AllSixtyAreKnownAndThisVersionsCanBeInjected) {
  ASSERT_EQ(fault_table().size(), 60U);
  std::set<std::string_view> words;
  std::set<unsigned> injected;
  for (unsigned n = 1; n <= 60; ++n) {
    const FaultRow& row = fault_row(fault_id(n));
    EXPECT_EQ(row.number, n);
    EXPECT_TRUE(words.insert(row.word).second) << row.word;
    EXPECT_EQ(find_fault(row.word), &row);
    if (row.support == Support::injected) injected.insert(n);
  }
  EXPECT_EQ(injected, (std::set<unsigned>{1,  2,  3,  4,  5,  6,  7,  8,  10, 11, 12, 13, 14, 15, 16, 18, 19,
                                          21, 22, 23, 24, 25, 26, 27, 28, 29, 31, 32, 33, 34, 35, 36, 37, 38,
                                          39, 40, 41, 42, 43, 44, 45, 46, 51, 53, 54, 55, 56, 57, 58, 59, 60}));
}

// The schema's words are the tables' words; python3-jsonschema checks the rest (schema_test.py).
TEST(Schema, NamesEveryInjectedFaultAndNoOther) {
  const auto schema = read_json_file("scenarios/scenario.schema.json");
  std::set<std::string> listed;
  for (const auto& word : schema.at("/$defs/line_entry/anyOf/0/properties/fault/anyOf/0/enum"_json_pointer)) {
    listed.insert(word.get<std::string>());
  }
  std::set<std::string> injected;
  for (const FaultRow& row : fault_table()) {
    if (row.support == Support::injected) injected.emplace(row.word);
  }
  EXPECT_EQ(listed, injected);
}

}  // namespace
}  // namespace raidsim::scenarios
