// `raidsim run` as design.md section 6 promises it: exit statuses, one JSON object, one line for bad input.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/harness/cli/command.h"

namespace raidsim::cli {
namespace {

const std::string demo = "scenarios/library/demo/silent-lost-write.json";
const std::string good = "scenarios/library/rebuild/single-failure-under-load.json";

TEST(RunCommand, AGoodRunEndsWithStatus0AndTheVerdictFirst) {
  const Answer answer = raidsim("run " + good);
  EXPECT_EQ(answer.status, 0) << answer.err;
  EXPECT_TRUE(answer.out.starts_with("pass  ")) << answer.out;
}

TEST(RunCommand, AViolationIsStatus1AndEndsWithTheCommandThatRepeatsIt) {
  const Answer answer = raidsim("run " + demo);
  EXPECT_EQ(answer.status, 1) << answer.err;
  EXPECT_TRUE(answer.out.starts_with("FAIL  ")) << answer.out;
  EXPECT_NE(answer.out.find("replay: raidsim run " + demo + " --seed 1\n"), std::string::npos) << answer.out;
}

TEST(RunCommand, JsonIsOneObjectWithTheFieldsOfTheDesign) {
  const Answer answer = raidsim("run " + demo + " --json");
  EXPECT_EQ(answer.status, 1);
  const auto json = nlohmann::ordered_json::parse(answer.out);  // throws if anything else is printed
  std::vector<std::string> keys;
  for (const auto& [key, value] : json.items()) keys.push_back(key);
  EXPECT_EQ(keys, (std::vector<std::string>{"scenario", "seed", "verdict", "violations", "events", "sim_ns", "wall_ns",
                                            "trace_hash", "units"}));
  EXPECT_EQ(json["verdict"], "fail");
  EXPECT_EQ(json["violations"][0]["id"], "EXPECT");
  EXPECT_EQ(json["units"]["d10"]["state"], "okay");
}

TEST(RunCommand, BadInputIsStatus2AndOneLineThatNamesTheFile) {
  const std::string bad = "tests/scenarios/bad/array-on-top.json";
  for (const std::string& arguments : {"run " + bad, std::string("run no-such-file.json"), "explore " + bad,
                                       "hashes " + bad, "run " + demo + " --profile honest"}) {
    const Answer answer = raidsim(arguments);
    EXPECT_EQ(answer.status, 2) << arguments;
    EXPECT_EQ(answer.out, "") << arguments;
    EXPECT_EQ(std::count(answer.err.begin(), answer.err.end(), '\n'), 1) << arguments << "\n" << answer.err;
  }
  EXPECT_TRUE(raidsim("run " + bad).err.starts_with(bad + ": /: ")) << raidsim("run " + bad).err;
}

TEST(RunCommand, BadUsageIsStatus2) {
  for (const char* arguments : {"", "walk", "run", "run --json", "replay", "list everything"}) {
    EXPECT_EQ(raidsim(arguments).status, 2) << arguments;
  }
}

}  // namespace
}  // namespace raidsim::cli
