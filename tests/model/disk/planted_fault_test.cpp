// What faults of replicas are made of (F56, F57): content that somebody else made, and writes lost for so many rounds.
#include "model/disk/fault/planted.h"
#include "tests/model/disk/rig.h"

namespace raidsim::disk {
namespace {

TEST(PlantedFault, ContentIsReadAsItIsPlantedUntilItIsWritten_F57) {
  Rig rig;
  rig.write(5, 'a', 4);
  rig.arm(PlantedContent{.block = 6, .bytes = letters('x', 2)});
  EXPECT_EQ(rig.read(5, 4).letters(), "axxa");
  EXPECT_EQ(rig.read(5, 4).request.error, 0);
  EXPECT_EQ(rig.damage().all().size(), 2U);
  rig.write(6, 'b', 2);
  EXPECT_EQ(rig.read(5, 4).letters(), "abba");
  EXPECT_TRUE(rig.damage().empty()) << "overwritten";
}

// Block 10 begins a round: two rounds are lost with all that belongs to them, the third is stored.
TEST(PlantedFault, WritesAreLostForSoManyRounds_F56) {
  Rig rig;
  rig.write(10, 'a', 4);
  rig.write(20, 'a', 2);
  rig.arm(LostRounds{.marker = 10, .rounds = 2, .match = {.range = {10, 30}, .count = {}}});
  for (const char round : {'b', 'c'}) {
    rig.write(10, round, 2);
    rig.write(20, round);
  }
  EXPECT_EQ(rig.read(10, 4).letters(), "aaaa");
  EXPECT_EQ(rig.read(20, 2).letters(), "aa");
  rig.write(40, 'o');  // elsewhere
  rig.write(10, 'd', 2);
  rig.write(20, 'd');
  EXPECT_EQ(rig.read(10, 4).letters(), "ddaa");
  EXPECT_EQ(rig.read(20, 2).letters(), "da");
  EXPECT_EQ(rig.read(40).letters(), "o");
}

}  // namespace
}  // namespace raidsim::disk
