// `raidsim stat` as an administrator meets it: what the host says of its units, pools and replicas at a moment.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/harness/cli/command.h"

namespace raidsim::cli {
namespace {

const std::string spared = "scenarios/library/rebuild/rebuild-to-spare.json";

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

nlohmann::json status_at(const std::string& file, const std::string& time) {
  const Answer answer = raidsim("stat " + file + " --at " + time + " --json");
  EXPECT_EQ(answer.status, 0) << answer.err;
  return nlohmann::json::parse(answer.out);
}

/// The first moment, in steps of 1 ms, at which `is` says yes.
template <class Is>
nlohmann::json first_moment(Is is) {
  for (int ms = 6; ms < 40; ++ms) {
    const auto status = status_at(spared, std::to_string(ms) + "ms");
    if (is(status)) return status;
  }
  return {};
}

TEST(StatCommand, AFailedColumnIsSeenBeingRebuiltOntoItsSpare) {
  const auto status = first_moment([](const auto& s) {
    return s["units"]["d10"].contains("running") && s["units"]["d10"]["running"]["per_mille"] > 0;
  });
  ASSERT_FALSE(status.is_null()) << "the rebuild was never seen";
  const auto& unit = status["units"]["d10"];
  EXPECT_EQ(unit["running"]["what"], "resync");
  EXPECT_EQ(status["pools"]["hsp001"]["spares"][0]["state"], "reserved");
  size_t rebuilt = 0;
  for (const auto& column : unit["columns"])
    rebuilt += column["state"] == "resync" && column.contains("spare") ? 1U : 0U;
  EXPECT_EQ(rebuilt, 1U);
}

TEST(StatCommand, AtItsEndAllIsWellAgain) {
  const Answer answer = raidsim("stat " + spared);
  ASSERT_EQ(answer.status, 0) << answer.err;
  EXPECT_TRUE(has(answer.out, "d10: RAID\n    State: Okay\n    Hot spare pool: hsp001\n")) << answer.out;
  EXPECT_TRUE(has(answer.out, "Device  Start Block  Dbase  State")) << answer.out;
  EXPECT_TRUE(has(answer.out, "In use")) << answer.out;
  EXPECT_TRUE(has(answer.out, "state database writable")) << answer.out;
  EXPECT_FALSE(has(answer.out, "Invoke:")) << answer.out;
}

// Before anything went wrong the trace's run and the scenario's are the same one.
TEST(StatCommand, ATraceShowsWhatItsScenarioShowed) {
  const std::string trace = scratch("trace");
  ASSERT_EQ(raidsim("run " + spared + " --trace " + trace).status, 0);
  for (const char* time : {"1ms", "20ms", "60ms"}) EXPECT_EQ(status_at(trace, time), status_at(spared, time)) << time;
}

// A column that nobody rebuilds needs an administrator, and the answer says what he would do.
TEST(StatCommand, AUnitThatNeedsMaintenanceSaysHowToMendIt) {
  const std::string file = scratch("degraded.json");
  write_text(file, R"({"name": "degraded", "units": [{"name": "d10", "columns": ["d0", "d1", "d2", "d3"]}],
    "script": [{"at": "5ms", "fault": "fail-stop", "disk": "d1"}]})");
  const Answer answer = raidsim("stat " + file + " --at 500ms");
  ASSERT_EQ(answer.status, 0) << answer.err;
  EXPECT_TRUE(has(answer.out,
                  "    State: Needs Maintenance\n"
                  R"(    Invoke: {"ioctl": "replace", "unit": "d10", "column": 1, "with": "DISK"})"
                  "\n"))
      << answer.out;
}

TEST(StatCommand, ADeadHostIsToldFromOneThatComesUp) {
  const std::string file = "scenarios/library/stripe/beside-raid5.json";  // crash at 15 ms, boot at 100 ms
  EXPECT_TRUE(status_at(file, "1us")["running"]);
  EXPECT_FALSE(status_at(file, "1us")["up"]);
  EXPECT_FALSE(status_at(file, "50ms")["running"]);
  EXPECT_TRUE(has(raidsim("stat " + file + " --at 50ms").out, "at 50ms: host down, boot 1"));
}

TEST(StatCommand, AStripeIsShownWithItsRowsAndTheErrorsOfItsComponents) {
  const std::string file = scratch("stripe.json");
  write_text(file, R"({"name": "stripe", "disks": [{"name": "d0..d3", "size": "2MiB"}], "replicas": ["d0", "d1", "d2"],
    "units": [{"name": "d20", "type": "stripe", "rows": [{"components": ["d1", "d2"]}, {"components": ["d3"]}]}],
    "workload": [{"unit": "d20", "think": "2ms"}],
    "script": [{"at": "20ms", "fault": "fail-stop", "disk": "d2"}]})");
  const auto unit = status_at(file, "100ms")["units"]["d20"];
  EXPECT_EQ(unit["type"], "stripe");
  ASSERT_EQ(unit["rows"].size(), 2U);
  EXPECT_EQ(unit["rows"][0]["components"][1]["errors"], "read write");
  EXPECT_FALSE(unit["rows"][0]["components"][0].contains("errors"));
  EXPECT_EQ(unit["rows"][1]["components"][0]["device"], "d3");
  const Answer answer = raidsim("stat " + file + " --at 100ms");
  EXPECT_TRUE(has(answer.out, "d20: Concat/Stripe\n")) << answer.out;
  EXPECT_TRUE(has(answer.out, "    Stripe 0: (interlace: 32 blocks)\n")) << answer.out;
  EXPECT_TRUE(has(answer.out, "    Stripe 1:\n")) << answer.out;
}

TEST(StatCommand, BadUsageIsOneLine) {
  for (const char* wrong :
       {"stat no-such-file.json", "stat scenarios/library/rebuild/rebuild-to-spare.json --at soon"}) {
    const Answer answer = raidsim(wrong);
    EXPECT_EQ(answer.status, 2) << wrong;
    EXPECT_EQ(std::count(answer.err.begin(), answer.err.end(), '\n'), 1) << answer.err;
    EXPECT_TRUE(answer.out.empty());
  }
  const std::string trace = scratch("trace");
  ASSERT_EQ(raidsim("run " + spared + " --trace " + trace).status, 0);
  EXPECT_EQ(raidsim("stat " + trace + " --seed 3").status, 2);
}

}  // namespace
}  // namespace raidsim::cli
