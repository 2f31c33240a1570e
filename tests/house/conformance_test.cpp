// The page says who holds a rule; a rule that nobody tests is seen.
#include "tests/house/conformance.h"

#include <gtest/gtest.h>

namespace raidsim::house {
namespace {

constexpr std::string_view ids = "# comment\nRS-01 raid-invariants.md\nRS-02 raid-invariants.md\nK07 known-bugs.md\n";

const std::vector<SourceFile> tree = {
    {"model/raid/a.cpp", "// RS-02: slots are counted\nRAIDSIM_ASSERT(free <= all);\n// RS-01 alone is a remark\n"},
    {"harness/invariants/b.cpp", "\"RS-01\""},
    {"tests/model/c_test.cpp", "TEST(A, B_RS01) {}"},
    {"tests/house/d_test.cpp", "RS-02"},
    {"docs/e.md", "RS-02"},
};

TEST(Conformance, ARuleIsHeldByJudgesAndAssertionsAndTestedByTests) {
  const auto all = conformance(ids, "", tree);
  ASSERT_EQ(all.size(), 2u) << "a bug to plant is no rule";
  EXPECT_EQ(all[0].held, (std::vector<std::string>{"harness/invariants/b.cpp"})) << "a remark holds nothing";
  EXPECT_EQ(all[0].tests, (std::vector<std::string>{"tests/model/c_test.cpp"}));
  EXPECT_EQ(all[1].held, (std::vector<std::string>{"model/raid/a.cpp"}));
  EXPECT_FALSE(all[1].tested()) << "neither a page nor a test of the tree itself tests it";
}

TEST(Conformance, NoTestAndNoReasonIsSeen_AndAReasonThatIsOver) {
  EXPECT_EQ(unexplained(conformance(ids, "", tree), "").size(), 1u);
  EXPECT_TRUE(unexplained(conformance(ids, "RS-02 why\n", tree), "RS-02 why\n").empty());
  EXPECT_EQ(
      unexplained(conformance(ids, "RS-02 why\nRS-01 why\nRS-09 why\n", tree), "RS-02 why\nRS-01 why\nRS-09 why\n")
          .size(),
      2u);
}

TEST(Conformance, ThePageCountsAndExplains) {
  const std::string page = conformance_page(conformance(ids, "RS-02 comes with slots\n", tree));
  EXPECT_NE(page.find("2 ids, 1 without a test (50.0 %)"), std::string::npos);
  EXPECT_NE(page.find("| RS-01 | `harness/invariants/b.cpp` | `tests/model/c_test.cpp` |"), std::string::npos);
  EXPECT_NE(page.find("| RS-02 | `model/raid/a.cpp` | *none* |"), std::string::npos);
  EXPECT_NE(page.find("| RS-02 | comes with slots |"), std::string::npos);
}

}  // namespace
}  // namespace raidsim::house
