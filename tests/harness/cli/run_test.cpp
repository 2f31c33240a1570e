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
  const std::string last = answer.out.substr(answer.out.rfind("\nreplay: ") + 9);
  EXPECT_EQ(last, RAIDSIM_COMMAND " run " + demo + " --seed 1\n") << answer.out;

  const Answer again = shell(last);  // copied as it stands

  EXPECT_EQ(again.status, 1) << again.err;
  EXPECT_EQ(again.out, answer.out);
}

// A profile draws columns to hit, of which a stripe has none: that is bad usage, not a crash of the search.
TEST(RunCommand, AProfileIsRefusedWhereThereIsAStripe) {
  for (const char* command : {"run ", "explore "}) {
    const Answer answer =
        raidsim(std::string(command) + "scenarios/library/stripe/beside-raid5.json --profile honest-1" +
                (command[0] == 'e' ? " --seeds 1..2" : ""));
    EXPECT_EQ(answer.status, 2) << answer.out;
    EXPECT_NE(answer.err.find("d20 of "), std::string::npos) << answer.err;
    EXPECT_EQ(std::count(answer.err.begin(), answer.err.end(), '\n'), 1) << answer.err;
  }
}

// Colour is for eyes: a file or a pipe gets none.
TEST(RunCommand, OutputThatIsNoTerminalHasNoEscapes) {
  EXPECT_EQ(raidsim("run " + demo).out.find('\x1b'), std::string::npos);
}

// A verdict that nobody could read is no verdict: neither 0 nor 1.
TEST(RunCommand, AFullStandardOutputIsStatus3InOneLine) {
  for (const char* form : {"", " --json"}) {
    const Answer answer = shell(std::string("'") + RAIDSIM_COMMAND + "' run " + good + form + " >/dev/full");
    EXPECT_EQ(answer.status, 3) << form;
    EXPECT_EQ(std::count(answer.err.begin(), answer.err.end(), '\n'), 1) << answer.err;
  }
}

TEST(RunCommand, ATraceThatCannotBeWrittenIsStatus2) {
  for (const char* path : {"/dev/full", "/no/such/folder/t.trace"}) {
    const Answer answer = raidsim("run " + good + " --trace " + path);
    EXPECT_EQ(answer.status, 2) << path;
    EXPECT_TRUE(answer.err.starts_with(std::string(path) + ": ")) << answer.err;
    EXPECT_EQ(answer.out, "");
  }
}

// "profile" in the file and --profile on the command line are the same drawing.
TEST(RunCommand, TheProfileOfTheFileIsDrawn) {
  std::string text = read_text(good);
  text.insert(text.find('{') + 1, "\"profile\": \"honest-1\", \"seed\": 5,");
  const std::string path = scratch("profile.json");
  write_text(path, text);
  const auto of = [](const Answer& answer) { return nlohmann::json::parse(answer.out)["trace_hash"]; };

  EXPECT_EQ(of(raidsim("run " + path + " --json")), of(raidsim("run " + good + " --seed 5 --profile honest-1 --json")));
}

// The first screen of the README is what the program prints; only where it is built differs.
TEST(RunCommand, TheReadmeShowsWhatTheDemoPrints) {
  std::string printed = raidsim("run " + demo).out;
  printed.replace(printed.rfind(RAIDSIM_COMMAND), std::string(RAIDSIM_COMMAND).size(), "build/dev/bin/raidsim");
  EXPECT_NE(read_text("README.md").find(printed), std::string::npos) << printed;
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
  for (const char* arguments : {"", "walk", "run", "run --json", "replay", "list everything", "run a b",
                                "run x --seed 1e3", "explore scenarios/library -j 0"}) {
    const Answer answer = raidsim(arguments);
    EXPECT_EQ(answer.status, 2) << arguments;
    EXPECT_EQ(std::count(answer.err.begin(), answer.err.end(), '\n'), 1) << answer.err;
  }
}

}  // namespace
}  // namespace raidsim::cli
