// Stories of traces made by hand: what a file says is told, what it does not say does no harm.
#include "reports/story.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <vector>

#include "reports/judgement.h"
#include "reports/record_text.h"

namespace raidsim::reports {
namespace {

constexpr TraceKind fault_fired = disk_kinds + 5;
constexpr TraceKind request_begin = harness_kinds;
constexpr TraceKind script = harness_kinds + 2;
constexpr TraceKind column_state = harness_kinds + 6;
constexpr TraceKind resync_line = harness_kinds + 8;

TraceFile lost_write() {
  TraceFile file;
  const TraceKindInfo kinds[] = {{fault_fired, "fault-fired", "disk", "fault", "block", "handle"},
                                 {request_begin, "request-begin", "client", "op", "block", "blocks:write"},
                                 {script, "script", "line", "", "times", ""},
                                 {column_state, "column-state", "unit", "column", "old", "new"},
                                 {resync_line, "resync-line", "unit", "", "line", ""}};
  file.add_kinds(kinds);
  file.names["disk"][2] = "d2";
  file.names["unit"][0] = "d10";
  file.names["client"][1] = "client 1";
  file.names["op"][1] = "write";
  file.names["fault"][12] = "lost-write (F12)";
  file.names["line"][0] = "lose the first write";
  file.names["column-state"] = {{2, "okay"}, {4, "errored"}};
  file.meta = {
      {"name", "one lost write"}, {"setup", "d10 is a unit."}, {"seed", "7"}, {"replay", "raidsim run x.json"}};
  file.log.records = {{0, script, 0, 0, 1, 0},
                      {1'000, request_begin, 1, 1, 128, uint64_t{8} << 32 | 17},
                      {2'000, fault_fired, 12, 2, 1680, 1},
                      {2'500, fault_fired, 12, 2, 1688, 1},
                      {3'000, resync_line, 0, 0, 4, 0},
                      {4'000, resync_line, 0, 0, 9, 0},
                      {5'000, column_state, 2, 0, 2, 4}};
  file.log.count = file.log.records.size();
  return file;
}

TEST(Story, NamesTheFaultItsDiskAndTheWriteItMet) {
  const std::string told = story(lost_write());

  EXPECT_NE(told.find("script line 0: lose the first write"), std::string::npos) << told;
  EXPECT_NE(
      told.find("lost-write (F12) bites on d2 at block 1680; in flight: client 1: write of blocks 128..135 (write 17)"),
      std::string::npos)
      << told;
  EXPECT_NE(told.find("lost-write (F12) on d2: 2 hits"), std::string::npos) << told;
  EXPECT_NE(told.find("d10: the resync line moved from 4 to 9"), std::string::npos) << told;
  EXPECT_NE(told.find("d10 column 2: okay -> errored"), std::string::npos) << told;
  EXPECT_NE(told.find("Nothing broke."), std::string::npos) << told;
}

// A violation is of use only with the sentence that was broken, what was seen, and how to see it again.
TEST(Story, EveryViolationEndsWithTheCommandThatRepeatsIt) {
  TraceFile file = lost_write();
  file.meta["violations"] = line_of({"RD-02", 6, 5'000, "line/1", "each line XORs to zero", "row 35 XORs to 0x62"}) +
                            "\n" + line_of({"V1", 7, 6'000, "read", "reads return writes", "zeroes"}) + "\n";

  const std::string told = story(file);

  EXPECT_NE(told.find("  RD-02 at event 6, 5.000 us: each line XORs to zero\n    seen: row 35 XORs to 0x62\n  V1"),
            std::string::npos)
      << told;
  EXPECT_TRUE(told.ends_with("\nreplay: raidsim run x.json\n")) << told;
}

// The unit announces at each failed request that it is last errored; the story says it once and counts.
TEST(Story, RepeatsAreCountedUntilAStateChanges) {
  TraceFile file = lost_write();
  const TraceKindInfo event[] = {{harness_kinds + 10, "svm-event", "unit", "subclass", "tag", "device"}};
  file.add_kinds(event);
  file.names["tag"][0] = "metadevice";
  file.names["minor"][10] = "d10";
  file.names["subclass"][7] = "last-errored";
  for (int i = 0; i < 5; ++i) file.log.records.push_back({6'000 + i, harness_kinds + 10, 7, 10, 0, 10});
  file.log.count = file.log.records.size();

  EXPECT_NE(story(file).find("event last-errored of d10 (and 4 more, until 6.004 us)"), std::string::npos)
      << story(file);
}

// A trigger that never came true is the first thing to know about a run that did not do what was meant.
TEST(Story, SaysWhichScriptLinesNeverActed) {
  TraceFile file = lost_write();
  file.names["line"][1] = "crash in replay";

  EXPECT_NE(story(file).find("never acted: /script/1: crash in replay"), std::string::npos) << story(file);
  EXPECT_EQ(story(file).find("never acted: /script/0"), std::string::npos);
}

TEST(Story, ShowsTheRecordsBeforeTheFirstBrokenRule) {
  TraceFile file = lost_write();
  file.meta["violations"] = line_of({"RD-02", 3, 5'000, "line/1", "each line XORs to zero", "row 35"}) + "\n";

  EXPECT_NE(
      story(file, {.last_records = 1}).find("Just before RD-02 broke:\n  event 2  2.000 us  fault-fired  disk d2"),
      std::string::npos)
      << story(file, {.last_records = 1});
}

// Numbers that no table names, kinds that no table has, requests that never began.
TEST(Story, AFileWithoutTablesIsToldWithoutHarm) {
  TraceFile file = lost_write();
  file.names.clear();
  file.log.records.push_back({-5, 999, 0xFFFF, 0xFFFFFFFF, ~uint64_t{0}, ~uint64_t{0}});
  file.log.records.push_back({0, request_begin, 9, 9, ~uint64_t{0}, ~uint64_t{0}});
  file.log.records.push_back({0, fault_fired, 60, 77, ~uint64_t{0}, ~uint64_t{0}});
  file.log.count = file.log.records.size();

  EXPECT_NE(story(file).find("disk 77"), std::string::npos);
  EXPECT_NE(record_text(file, 7, file.log.records[7]).find("kind 999"), std::string::npos);
}

// What a checksum cannot keep out: sound files whose records make no sense. Numbers at the edges and small ones, which
// are names of something.
RC_GTEST_PROP(Story, AnyRecordsAreToldWithoutHarm, (bool with_tables)) {
  TraceFile file = lost_write();
  if (!with_tables) file.names.clear();
  const auto edge = rc::gen::element<uint64_t>(0, 1, 2, 17, 0x7FFF'FFFF, 0xFFFF'FFFF, uint64_t{1} << 63, ~uint64_t{0});
  const auto number = rc::gen::oneOf(edge, rc::gen::arbitrary<uint64_t>());
  const auto records =
      *rc::gen::container<std::vector<std::array<uint64_t, 6>>>(rc::gen::container<std::array<uint64_t, 6>>(number));
  for (const auto& r : records) {
    file.log.records.push_back({static_cast<int64_t>(r[0]), static_cast<TraceKind>(r[1] % 260),
                                static_cast<uint16_t>(r[2]), static_cast<uint32_t>(r[3]), r[4], r[5]});
  }
  file.log.count = file.log.records.size();
  RC_ASSERT(story(file, {.most_lines = 20}).size() < 1'000'000);
  for (size_t i = 0; i < file.log.records.size(); ++i) RC_ASSERT(!record_text(file, i, file.log.records[i]).empty());
}

TEST(Story, ALongRunKeepsItsBeginningAndItsEnd) {
  TraceFile file = lost_write();
  for (int i = 0; i < 1000; ++i) file.log.records.push_back({6'000 + i, column_state, 1, 0, 2, 4});
  file.log.count = file.log.records.size();

  const std::string told = story(file, {.most_lines = 10});

  EXPECT_NE(told.find("lines are left out here"), std::string::npos);
  EXPECT_NE(told.find("script line 0: lose"), std::string::npos);
  EXPECT_NE(told.find(" 1006  "), std::string::npos) << told;
}

}  // namespace
}  // namespace raidsim::reports
