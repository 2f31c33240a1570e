// INV-D2, D7: an operation that does not pass over the replicas in order, or a count that is wrong, is seen.
#include <gtest/gtest.h>

#include "harness/invariants/commit_rules.h"

namespace raidsim::harness {
namespace {

RecordTexts text(char content) { return {{1, {std::byte(content), std::byte(0)}}}; }

ReplicaOnMedia holding(char content) {
  ReplicaOnMedia out;
  out.records = text(content);
  return out;
}

ReplicaOnMedia torn() {
  ReplicaOnMedia out;
  out.fault = "record 1 has a bad checksum";
  return out;
}

TEST(OneAfterTheOther, ACrashAnywhereInTheOrderIsFine_INVD2) {
  const RecordTexts before = text('a'), after = text('b');
  for (const auto& there : std::vector<std::vector<ReplicaOnMedia>>{{holding('a'), holding('a'), holding('a')},
                                                                    {holding('b'), holding('a'), holding('a')},
                                                                    {holding('b'), torn(), holding('a')},
                                                                    {holding('b'), holding('b'), holding('b')}}) {
    EXPECT_EQ(not_one_after_the_other(there, before, after), "");
  }
}

TEST(OneAfterTheOther, TwoThatAreTornAreSeen_INVD2) {
  EXPECT_NE(not_one_after_the_other({torn(), torn(), holding('a')}, text('a'), text('b')), "");
}

TEST(OneAfterTheOther, ALowerOneLeftBehindIsSeen_INVD2) {
  EXPECT_EQ(not_one_after_the_other({holding('a'), holding('b')}, text('a'), text('b')),
            "replica 1 is after the operation, a lower one before it");
}

TEST(OneAfterTheOther, AThirdStateIsSeen_INVD2) {
  EXPECT_EQ(not_one_after_the_other({holding('c')}, text('a'), text('b')),
            "replica 0 is neither before nor after the operation");
}

RecordCounts counted(uint32_t commits, char content = 'a') { return {{1, {commits, {std::byte(content)}}}}; }

TEST(RecordsCount, EachCommitCountsOnce_INVD7) {
  EXPECT_EQ(miscounted(counted(3), counted(3), 4), "") << "others were named";
  EXPECT_EQ(miscounted(counted(3), counted(4, 'b'), 1), "");
  EXPECT_EQ(miscounted({}, counted(1), 1), "") << "created, and committed once";
  EXPECT_EQ(miscounted(counted(3), {}, 1), "") << "deleted";
}

TEST(RecordsCount, OneThatCountsTwiceIsSeen_INVD7) {
  EXPECT_EQ(miscounted(counted(3), counted(5), 1), "record 1 counts 5 commits after 3; 1 operations came in between");
}

TEST(RecordsCount, AChangeThatIsNotCountedIsSeen_INVD7) {
  EXPECT_EQ(miscounted(counted(3), counted(3, 'b'), 1), "record 1 has changed, and its count of commits is still 3");
}

TEST(RecordsCount, ACountGoesBackOnlyWithANewRecord_INVD7) {
  EXPECT_NE(miscounted(counted(3), counted(1), 1), "") << "a deletion and a commit are two";
  EXPECT_EQ(miscounted(counted(3), counted(1), 2), "");
}

}  // namespace
}  // namespace raidsim::harness
