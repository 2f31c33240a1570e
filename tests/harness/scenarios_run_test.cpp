// Every shipped scenario, twice in one process: equal hashes, and its expectations met. The demo fails on purpose.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>

#include "harness/runner.h"
#include "scenarios/load.h"
#include "tests/harness/library.h"

namespace raidsim::harness {
namespace {

std::string case_name(const testing::TestParamInfo<std::string>& info) {
  const std::filesystem::path path = info.param;
  std::string name = path.parent_path().filename().string() + "_" + path.stem().string();
  std::replace_if(name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

class Library : public testing::TestWithParam<std::string> {};

TEST_P(Library, RunsTwiceAlikeAndEndsAsExpected) {
  const scenarios::Scenario scenario = scenarios::load_file(GetParam());
  const auto image = prepare_image(scenario);
  RunOptions options;
  options.seed = scenario.seed;

  const RunResult first = run_scenario(scenario, *image, options).result;
  const RunResult second = run_scenario(scenario, *image, options).result;

  EXPECT_EQ(first.trace_hash, second.trace_hash);
  EXPECT_EQ(first.events, second.events);
  // A line that never acts is a failure that the scenario tells of and nobody tests.
  for (const auto& [line, times] : first.fired) EXPECT_GT(times, 0U) << "script line " << line << " never acted";
  if (GetParam().find("/demo/") != std::string::npos) {
    ASSERT_EQ(first.violations.size(), 1U);
    EXPECT_EQ(first.violations[0].id, "EXPECT");
    return;
  }
  for (const Violation& v : first.violations) ADD_FAILURE() << v.id << " at event " << v.event << ": " << v.text;
}

INSTANTIATE_TEST_SUITE_P(Shipped, Library, testing::ValuesIn(library_files()), case_name);

}  // namespace
}  // namespace raidsim::harness
