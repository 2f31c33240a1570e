// docs/invariants.md lists what the program judges by, in the program's words.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "harness/invariants/invariant.h"

namespace raidsim::harness {
namespace {

TEST(InvariantsPage, HasTheRowOfEveryInvariant) {
  std::ifstream in("docs/invariants.md");
  const std::string page{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  const auto table = invariant_table();
  ASSERT_FALSE(table.empty());
  for (const InvariantInfo& info : table) {
    const std::string row =
        "\n| " + std::string(info.id) + " | " + word_of(info.when) + " | " + std::string(info.sentence) + " |";
    EXPECT_NE(page.find(row), std::string::npos) << "docs/invariants.md lacks" << row;
  }
}

}  // namespace
}  // namespace raidsim::harness
