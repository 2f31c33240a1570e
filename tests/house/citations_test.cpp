// Ids are read in every form the tree writes them in, and a mistyped one is seen.
#include "tests/house/citations.h"

#include <gtest/gtest.h>

namespace raidsim::house {
namespace {

using Ids = std::vector<std::string>;

TEST(Citations, EveryFormOfAnIdIsRead) {
  EXPECT_EQ(cited_ids("// RL-11: no home write, see INV-H03 and DB-C13 (D-12)."),
            (Ids{"RL-11", "INV-H03", "DB-C13", "D-12"}));
  EXPECT_EQ(cited_ids("F24b, F08 and V6; tests/planted/K07-short-last-chunk.patch"), (Ids{"F24b", "F08", "V6", "K07"}));
  EXPECT_EQ(cited_ids("TEST(Layout, NeverShareAColumn_RS09) {}"), (Ids{"RS-09"}));
  EXPECT_EQ(cited_ids("TEST(A, B_INVD20_DBC8_SNH01_HSS2_INVS04)"),
            (Ids{"INV-D20", "DB-C8", "SNH-01", "HS-S2", "INV-S04"}));
  EXPECT_EQ(cited_ids("\"why\": \"the spare may be trusted (RD-04)\""), (Ids{"RD-04"}));
}

TEST(Citations, OtherWordsAreNoIds) {
  EXPECT_TRUE(cited_ids("RH-nn 0xF00 CRC-32C SHA-256 F1 K9 VM2 INV-D RCS_OKAY std::vector<V> uint64_t RS09").empty());
}

TEST(Citations, AnIdThatIsNotInTheListIsSeen) {
  const auto known = read_spec_ids("# comment\nRS-01 raid-invariants.md\nV6 known-bugs.md\n");
  EXPECT_EQ(known, (std::set<std::string>{"RS-01", "V6"}));
  EXPECT_TRUE(unknown_ids({"model/a.h", "// RS-01, V6"}, known).empty());

  const Findings found = unknown_ids({"model/a.h", "\n// RS-10\n// RS-1\nTEST(A, B_RS77)\n// V16"}, known);
  ASSERT_EQ(found.size(), 4u);
  EXPECT_EQ(found[0].line, 2u);
  EXPECT_EQ(found[0].text, "RS-10 is not an id of the specification");
}

TEST(Citations, APathThatLeadsNowhereIsSeen) {
  const std::set<std::string> tree = {"engine/time.h", "model/disk/fault/power.h"};
  EXPECT_TRUE(
      wrong_paths({"docs/a.md", "`engine/time.h` and `model/disk/fault/`, `./dev test`, `tests/*_test.cpp`"}, tree)
          .empty());
  const Findings found = wrong_paths({"docs/a.md", "\n`engine/clock.h`, `model/dis/`"}, tree);
  ASSERT_EQ(found.size(), 2u) << printed(found);
  EXPECT_EQ(found[0].line, 2u);
}

}  // namespace
}  // namespace raidsim::house
