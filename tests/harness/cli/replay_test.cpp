// A trace file leads back to its run, and a damaged one does no harm.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/trace/file.h"
#include "reports/story.h"
#include "tests/harness/cli/command.h"

namespace raidsim::cli {
namespace {

const std::string demo = "scenarios/library/demo/silent-lost-write.json";

std::string demo_trace() {
  const std::string path = scratch("trace");
  EXPECT_EQ(raidsim("run " + demo + " --no-story --trace " + path).status, 1);
  return path;
}

TEST(ReplayCommand, ARecordedRunRepeatsEventForEvent) {
  const Answer answer = raidsim("replay " + demo_trace());
  EXPECT_EQ(answer.status, 0) << answer.err;
  EXPECT_TRUE(answer.out.starts_with("same run: ")) << answer.out;
}

// One record of the file says something else than what the code does: that event is named, in both versions.
TEST(ReplayCommand, TheFirstDivergenceIsNamedWithBothRecords) {
  const std::string path = demo_trace();
  std::string error;
  TraceFile file = read_trace(path, error).value();
  file.log.records[1000].b ^= 4;
  TraceHash hash;
  file.log.checkpoints.clear();
  file.log.checkpoint_interval = 0;
  for (const TraceRecord& record : file.log.records) hash.add(record);
  file.log.hash = hash.value();
  ASSERT_TRUE(write_trace(path, file, error)) << error;

  const Answer answer = raidsim("replay " + path);

  EXPECT_EQ(answer.status, 1) << answer.err;
  EXPECT_NE(answer.out.find("the first difference is event 1000 of"), std::string::npos) << answer.out;
  EXPECT_NE(answer.out.find("recorded: event 1000"), std::string::npos) << answer.out;
  EXPECT_NE(answer.out.find("now:      event 1000"), std::string::npos) << answer.out;
}

TEST(ReplayCommand, UntilPrintsUnitsAndColumnsThere) {
  const Answer answer = raidsim("replay " + demo_trace() + " --until 1200");
  EXPECT_EQ(answer.status, 0) << answer.err;
  EXPECT_NE(answer.out.find("  d10 okay\n    column 0 okay on d0\n"), std::string::npos) << answer.out;
  EXPECT_NE(answer.out.find("  next:   event 12"), std::string::npos) << answer.out;
}

TEST(ReplayCommand, JsonSaysSameOrNamesTheState) {
  const std::string path = demo_trace();
  const auto same = nlohmann::json::parse(raidsim("replay " + path + " --json").out);
  EXPECT_EQ(same["same"], true);
  const auto there = nlohmann::json::parse(raidsim("replay " + path + " --until 1200 --json").out);
  EXPECT_GE(there["event"], 1200);  // the end of the step that it falls into
  EXPECT_EQ(there["units"]["d10"]["on"][2], "d2");
}

void expect_refused(const std::string& path, size_t where) {
  for (const char* verb : {"replay ", "explain "}) {
    const Answer answer = raidsim(verb + path);
    EXPECT_EQ(answer.status, 2) << verb << where;
    EXPECT_EQ(answer.out, "");
    EXPECT_TRUE(answer.err.starts_with(path + ": ")) << answer.err;
    EXPECT_EQ(std::count(answer.err.begin(), answer.err.end(), '\n'), 1) << answer.err;
  }
}

// Cut off at every kind of place; each is refused in one line.
TEST(ReplayCommand, TruncatedTracesAreRefusedInOneLine) {
  const std::string whole = read_text(demo_trace());
  const std::string path = scratch("cut");
  for (const size_t keep :
       {size_t{0}, size_t{1}, size_t{7}, size_t{12}, size_t{40}, whole.size() / 2, whole.size() - 1}) {
    write_text(path, whole.substr(0, keep));
    expect_refused(path, keep);
  }
  for (size_t i = 0; i < 2000; ++i) {  // the reader alone, at many more lengths
    std::string error;
    EXPECT_FALSE(parse_trace(whole.substr(0, i * whole.size() / 2000), error)) << i;
    EXPECT_FALSE(error.empty());
  }
}

TEST(ReplayCommand, AnotherVersionIsRefusedInOneLine) {
  std::string bytes = read_text(demo_trace());
  const std::string path = scratch("version");
  for (size_t at = 0; at < 10; ++at) {  // magic and major version
    std::string other = bytes;
    other[at] = static_cast<char>(other[at] + 1);
    write_text(path, other);
    expect_refused(path, at);
  }
}

/// A number at a place: whatever it stands for, it becomes enormous.
void make_huge(std::string& bytes, size_t at, size_t width) {
  for (size_t i = at; i < std::min(at + width, bytes.size()); ++i) bytes[i] = static_cast<char>(0xFF);
}

// Damaged at every kind of place, either by a bit or by a count that promises more than the file holds: it is refused,
// or does not matter to the story. It never brings the reader down.
TEST(ReplayCommand, DamagedBytesNeverBringTheReaderDown) {
  const std::string whole = read_text(demo_trace());
  constexpr size_t mutants = 3000;
  for (size_t i = 0; i < mutants; ++i) {
    std::string damaged = whole;
    const size_t at = i < 400 ? i : i * whole.size() / mutants;
    if (i % 3 == 0) {
      make_huge(damaged, at, i % 2 == 0 ? 4 : 8);
    } else {
      damaged[at] = static_cast<char>(damaged[at] ^ (1 << (i % 8)));
    }
    std::string error;
    const auto file = parse_trace(damaged, error);
    if (!file) {
      EXPECT_FALSE(error.empty());
      EXPECT_EQ(error.find('\n'), std::string::npos) << error;
    } else {
      EXPECT_FALSE(reports::story(*file).empty());
    }
  }
}

// The scenario of another run: it replays, but as another run, and where it parts is said.
TEST(ReplayCommand, AnotherScenarioInsideIsADivergence) {
  const std::string path = demo_trace();
  std::string error;
  TraceFile file = read_trace(path, error).value();
  file.meta["scenario"] = read_text("scenarios/library/rebuild/single-failure-under-load.json");
  file.tape.clear();
  ASSERT_TRUE(write_trace(path, file, error)) << error;

  const Answer answer = raidsim("replay " + path);

  EXPECT_EQ(answer.status, 1) << answer.err;
  EXPECT_TRUE(answer.out.starts_with("another run: the first difference")) << answer.out;
}

// Sections whose checksums are right and whose content is not what a run leaves.
TEST(ReplayCommand, ATraceWithAWrongScenarioInsideIsRefusedInOneLine) {
  const std::string path = demo_trace();
  std::string error;
  const TraceFile whole = read_trace(path, error).value();
  const std::pair<const char*, const char*> wrong[] = {
      {"scenario", ""}, {"scenario", "{"}, {"scenario", "{\"disks\": 7}"},
      {"seed", ""},     {"seed", "-1\n"},  {"seed", "1e9"}};
  for (const auto& [key, value] : wrong) {
    TraceFile file = whole;
    file.meta[key] = value;
    ASSERT_TRUE(write_trace(path, file, error)) << error;
    const Answer answer = raidsim("replay " + path);
    EXPECT_EQ(answer.status, 2) << key << " " << value;
    EXPECT_TRUE(answer.err.starts_with(path + ": ")) << answer.err;
    EXPECT_EQ(std::count(answer.err.begin(), answer.err.end(), '\n'), 1) << answer.err;
  }
  TraceFile file = whole;
  file.tape = "RSTAPE nonsense";
  ASSERT_TRUE(write_trace(path, file, error)) << error;
  EXPECT_EQ(raidsim("replay " + path).status, 2);
}

TEST(ExplainCommand, TellsTheSameStoryAsTheRun) {
  const std::string path = scratch("trace");
  const Answer run = raidsim("run " + demo + " --trace " + path);
  const Answer told = raidsim("explain " + path);
  EXPECT_EQ(told.status, 1);
  EXPECT_FALSE(told.out.empty());
  EXPECT_NE(run.out.find(told.out), std::string::npos) << run.out << "\n---\n" << told.out;
}

}  // namespace
}  // namespace raidsim::cli
