// `raidsim explore` as a user meets it: what it finds can be repeated from what it prints and from what it leaves.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/harness/cli/command.h"

namespace raidsim::cli {
namespace {

namespace fs = std::filesystem;

const std::string good = "scenarios/library/rebuild/single-failure-under-load.json";

nlohmann::json run_json(const std::string& command) { return nlohmann::json::parse(shell(command + " --json").out); }

TEST(ExploreCommand, JsonIsOneObjectAndEachFailureHasItsCommand) {
  const Answer answer = raidsim("explore scenarios/library/demo --seeds 1..3 -j 2 --json");
  EXPECT_EQ(answer.status, 1) << answer.err;
  const auto json = nlohmann::json::parse(answer.out);
  EXPECT_EQ(json["runs"], 3);
  ASSERT_EQ(json["failures"].size(), 1U);
  EXPECT_EQ(json["failures"][0]["count"], 3);

  const auto again = run_json(json["failures"][0]["replay"]);

  EXPECT_EQ(again["trace_hash"], json["failures"][0]["trace_hash"]);
  EXPECT_EQ(again["verdict"], "fail");
}

// Recorded workloads lie beside their scenario; the copies in --out have to find them too.
TEST(ExploreCommand, OutHoldsScenarioTraceAndStoryThatRepeatTheRun) {
  const std::string folder = scratch("found");
  fs::remove_all(folder);
  std::string text = read_text("scenarios/library/traces/reader-meets-a-latent-error.json");
  auto scenario = nlohmann::json::parse(text);
  scenario["expect"] = {{"outcome", "exposed-silent"}};
  for (auto& w : scenario["workload"]) {
    if (w.contains("trace")) {
      auto& t = w["trace"];
      std::string path = t.is_object() ? t["path"] : t;
      path = fs::absolute(fs::path("scenarios/library/traces") / path).string();
      (t.is_object() ? t["path"] : t) = fs::relative(path, fs::path(scratch("x")).parent_path()).string();
    }
  }
  const std::string file = scratch("iolog.json");
  write_text(file, scenario.dump());

  const Answer answer = raidsim("explore " + file + " --seeds 4 --json --out " + folder);

  ASSERT_EQ(answer.status, 1) << answer.err;
  const auto failure = nlohmann::json::parse(answer.out)["failures"][0];
  EXPECT_EQ(run_json(failure["replay"])["trace_hash"], failure["trace_hash"]);
  const std::string stem = folder + "/001-EXPECT-seed4";
  EXPECT_EQ(raidsim("replay " + stem + ".trace").status, 0);
  EXPECT_EQ(read_text(stem + ".txt"), raidsim("explain " + stem + ".trace").out);
}

// A folder may hold what a profile cannot draw for: the campaign says what it left out, and runs the rest.
TEST(ExploreCommand, ScenariosThatAProfileDoesNotFitAreLeftOutAndNamed) {
  const std::string stripe = "scenarios/library/stripe/beside-raid5.json";
  const Answer both = raidsim("explore " + good + " " + stripe + " --seeds 1 --json --profile honest-1");
  ASSERT_EQ(both.status, 0) << both.err;
  const auto result = nlohmann::json::parse(both.out);
  EXPECT_EQ(result["runs"], 1);
  ASSERT_EQ(result["left_out"].size(), 1U);
  EXPECT_NE(result["left_out"][0].get<std::string>().find("d20 of \"a stripe beside"), std::string::npos);
  EXPECT_EQ(nlohmann::json::parse(raidsim("explore " + good + " " + stripe + " --seeds 1 --json").out)["runs"], 2);
  const Answer none = raidsim("explore " + stripe + " --seeds 1 --profile honest-1");
  EXPECT_EQ(none.status, 2);
  EXPECT_EQ(std::count(none.err.begin(), none.err.end(), '\n'), 1) << none.err;
}

// The command that a campaign prints names seed and profile: `run` with both is the campaign's own run. (Nothing fails
// here, so the two are held together by their number of events; the failures above compare hashes.)
TEST(ExploreCommand, ARunWithSeedAndProfileIsTheOneOfTheCampaign) {
  for (const std::string profile : {"honest-1", "power", "replica", "identity", "liar"}) {
    const auto campaign =
        nlohmann::json::parse(raidsim("explore " + good + " --seeds 7 --json --profile " + profile).out);
    const auto run = nlohmann::json::parse(raidsim("run " + good + " --seed 7 --json --profile " + profile).out);
    EXPECT_EQ(campaign["runs"], 1);
    EXPECT_EQ(campaign["events"], run["events"]) << profile;
  }
}

TEST(ExploreCommand, AFolderThatCannotBeWrittenIsRefusedBeforeTheFirstRun) {
  for (const char* folder : {"/proc/raidsim", "/dev/null"}) {
    const Answer answer = raidsim("explore " + good + " --seeds 1..1000000 --out " + folder);
    EXPECT_EQ(answer.status, 2) << folder;
    EXPECT_EQ(std::count(answer.err.begin(), answer.err.end(), '\n'), 1) << answer.err;
  }
}

// What was found so far is told, and no worker stays behind. The signal comes once: `timeout` would send it to its
// child and to the whole group, and a second one ends the command at once.
TEST(ExploreCommand, AnInterruptEndsItWithWhatItHasFound) {
  const Answer answer = shell("timeout --foreground --preserve-status -s INT 3 '" RAIDSIM_COMMAND
                              "' explore scenarios/library/demo --seeds 1..100000000 -j 2");
  EXPECT_EQ(answer.status, 1) << answer.err;  // the demo fails at each seed
  EXPECT_NE(answer.out.find("interrupted: the runs above are all that were made"), std::string::npos) << answer.out;
  EXPECT_NE(answer.out.find("\n    replay: "), std::string::npos) << answer.out;
  EXPECT_EQ(shell("pgrep -f 'explore scenarios/library/demo --seeds 1[.][.]100000000'").out, "");
}

// A pipe or a file gets no bar; and the last seed of all is a seed like any other.
TEST(ExploreCommand, SeedsAtTheEndOfTheirRangeAndNoProgressWithoutATerminal) {
  const Answer answer = raidsim("explore " + good + " --seeds 18446744073709551614..18446744073709551615 --time 60s");
  EXPECT_EQ(answer.status, 0) << answer.out;
  EXPECT_EQ(answer.err, "");
  EXPECT_NE(answer.out.find("2 runs in"), std::string::npos) << answer.out;
}

// A file with holes is another scenario at each seed, in a campaign as in a run.
TEST(ExploreCommand, HolesAreFilledByEachSeed) {
  std::string text = read_text(good);
  text.insert(text.find('{') + 1,
              "\"expect\": {\"outcome\": \"exposed-silent\"}, \"time_limit\": {\"range\": [\"5ms\", \"50ms\"]},");
  auto scenario = nlohmann::json::parse(text, nullptr, false);
  ASSERT_FALSE(scenario.is_discarded());
  scenario["expect"] = {{"outcome", "exposed-silent"}};
  const std::string file = scratch("holes.json");
  write_text(file, scenario.dump());

  const auto found = nlohmann::json::parse(raidsim("explore " + file + " --seeds 9 --json").out)["failures"][0];

  EXPECT_EQ(run_json(found["replay"])["trace_hash"], found["trace_hash"]);
}

}  // namespace
}  // namespace raidsim::cli
