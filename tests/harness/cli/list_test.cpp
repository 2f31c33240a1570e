#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/harness/cli/command.h"

namespace raidsim::cli {
namespace {

TEST(ListCommand, EachListIsAlsoOneJsonObject) {
  for (const std::string what : {"faults", "invariants", "events", "scenarios"}) {
    const Answer answer = raidsim("list " + what + " --json");
    ASSERT_EQ(answer.status, 0) << answer.err;
    EXPECT_GT(nlohmann::json::parse(answer.out)[what].size(), 20U) << what;
    EXPECT_EQ(raidsim("list " + what).status, 0);
  }
}

TEST(ListCommand, FaultsShowTheWordThatAScriptLineTakes) {
  EXPECT_NE(raidsim("list faults").out.find("F12  lost-write"), std::string::npos);
}

}  // namespace
}  // namespace raidsim::cli
