#include "reports/judgement.h"

#include <gtest/gtest.h>

#include "reports/time_text.h"

namespace raidsim::reports {
namespace {

// Sixteen blocks of one lost write are sixteen findings; a person wants one line, and the count.
TEST(Judgement, FindingsThatDifferInNumbersOnlyAreOneGroup) {
  const auto groups = grouped({"d10 block 128: zeroes, legal is write 17", "d10 block 129: zeroes, legal is write 18",
                               "d11 block 128: zeroes, legal is write 17"});

  ASSERT_EQ(groups.size(), 2U);  // another unit is another loss: d10 is a name, 128 a number
  EXPECT_EQ(groups[0].first, "d10 block 128: zeroes, legal is write 17");
  EXPECT_EQ(groups[0].count, 2U);
  EXPECT_EQ(groups[1].count, 1U);
}

// An observed value may hold anything; tabs and line ends in it must not make two violations of one.
TEST(Judgement, AViolationSurvivesItsLineWhateverItsTextHolds) {
  TraceFile file;
  file.meta["violations"] = line_of({"RD-02", 118, 42, "d10/line/1", "a line XORs to zero", "row\t35\nis 0x62"}) + "\n";

  const auto rules = violations_of(file);

  ASSERT_EQ(rules.size(), 1U);
  EXPECT_EQ(rules[0].id, "RD-02");
  EXPECT_EQ(rules[0].event, 118U);
  EXPECT_EQ(rules[0].time_ns, 42);
  EXPECT_EQ(rules[0].observed, "row 35 is 0x62");
}

TEST(Judgement, ALineOfAnotherShapeIsShownAsItIs) {
  TraceFile file;
  file.meta["violations"] = "no tabs here\n";

  ASSERT_EQ(violations_of(file).size(), 1U);
  EXPECT_EQ(violations_of(file)[0].observed, "no tabs here");
}

TEST(TimeText, PicksTheUnitThatPeopleWouldSay) {
  EXPECT_EQ(time_text(0), "0 s");
  EXPECT_EQ(time_text(812), "812 ns");
  EXPECT_EQ(time_text(41'250), "41.250 us");
  EXPECT_EQ(time_text(2'113'000), "2.113 ms");
  EXPECT_EQ(time_text(5'000'113'000), "5.000113 s");
}

}  // namespace
}  // namespace raidsim::reports
