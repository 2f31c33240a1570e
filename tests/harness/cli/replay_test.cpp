// A trace file leads back to its run, and a damaged one does no harm.
#include <gtest/gtest.h>

#include <algorithm>

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
  EXPECT_NE(answer.out.find("  d10 okay\n    column 0 okay\n"), std::string::npos) << answer.out;
  EXPECT_NE(answer.out.find("  next: event 1200  "), std::string::npos) << answer.out;
}

// Cut off at every kind of place; each is refused in one line.
TEST(ReplayCommand, TruncatedTracesAreRefusedInOneLine) {
  const std::string whole = read_text(demo_trace());
  const std::string path = scratch("cut");
  for (const size_t keep :
       {size_t{0}, size_t{1}, size_t{7}, size_t{12}, size_t{40}, whole.size() / 2, whole.size() - 1}) {
    write_text(path, whole.substr(0, keep));
    const Answer answer = raidsim("replay " + path);
    EXPECT_EQ(answer.status, 2) << keep;
    EXPECT_TRUE(answer.err.starts_with(path + ": ")) << answer.err;
    EXPECT_EQ(std::count(answer.err.begin(), answer.err.end(), '\n'), 1) << answer.err;
  }
}

// A flipped bit is either refused or does not matter to the story; it never brings the reader down.
TEST(ReplayCommand, FlippedBitsNeverBringTheReaderDown) {
  const std::string whole = read_text(demo_trace());
  const std::string path = scratch("flipped");
  for (size_t i = 0; i < 600; ++i) {
    std::string damaged = whole;
    const size_t at = i * whole.size() / 600;
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << (i % 8)));
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
