// What a replica holds as a whole: read back as written, refused when anything of it is off, and which of two replicas
// is the fresher one (D-16).
#include "model/statedb/contents.h"

#include <gtest/gtest.h>

#include <array>

#include "model/statedb/quorum.h"

namespace raidsim::statedb {
namespace {

/// A record of one block with its entry, as a create leaves it.
void add(Contents& contents, uint32_t number, uint32_t block, uint32_t sequence) {
  DirectoryBlock& directory = contents.directory.back();
  DirectoryEntry entry;
  entry.de_recid = number;
  entry.de_reqsize = 100;
  entry.de_blks = {block};
  directory.entries.push_back(entry);
  RecordImage image(MDDB_REV_RB64FN, 100, {1, sequence}, sequence);
  directory.db_recsum ^= image.sum();
  directory.sequence = sequence;
  contents.images.emplace(number, std::move(image));
}

void commit(Contents& contents, std::initializer_list<uint32_t> numbers, uint32_t sequence) {
  std::vector<RecordImage*> images;
  uint32_t before = 0;
  const std::array<std::byte, 100> data{std::byte{static_cast<unsigned char>(sequence)}};
  for (const uint32_t number : numbers) {
    before ^= contents.images.at(number).share();
    images.push_back(&contents.images.at(number));
  }
  for (RecordImage* image : images) image->commit(data, {2, sequence}, sequence);
  balance(images, before);
}

Contents two_records() {
  Contents contents = new_contents({1, 0});
  add(contents, 1, 30, 1);
  add(contents, 2, 31, 2);
  return contents;
}

TEST(Contents, TheEquationHoldsAfterCreatesAndCommitsAndNotForAPartOfOne_DBF9) {
  Contents contents = two_records();
  EXPECT_EQ(new_contents({1, 0}).imbalance(), 0U);
  EXPECT_EQ(contents.imbalance(), 0U);
  Contents torn = contents;
  commit(contents, {1, 2}, 3);
  EXPECT_EQ(contents.imbalance(), 0U);
  torn.images.at(1) = contents.images.at(1);  // a crash between the two records (B.2)
  EXPECT_NE(torn.imbalance(), 0U);
}

TEST(Contents, AReplicaThatMissedACompleteCommitIsOlder_D16) {
  const Contents old = two_records();
  Contents fresh = old;
  commit(fresh, {1, 2}, 3);
  EXPECT_TRUE(older(old, fresh));
  EXPECT_FALSE(older(fresh, old));
  EXPECT_FALSE(older(old, old));
}

// F12: the write of one commit is lost, the next one arrives. The equation cannot see it (DB-F10).
TEST(Contents, AReplicaThatMissedOneCommitInTheMiddleIsOlder_D16) {
  Contents good = two_records(), gap = two_records();
  commit(good, {1}, 3);
  commit(good, {2}, 4);
  commit(gap, {2}, 4);
  EXPECT_EQ(gap.imbalance(), 0U);
  EXPECT_TRUE(older(gap, good));
  EXPECT_FALSE(older(good, gap));

  Contents other_gap = two_records();
  commit(other_gap, {1}, 3);
  EXPECT_FALSE(older(gap, other_gap));  // each misses one: neither is to be preferred
  EXPECT_FALSE(older(other_gap, gap));
}

// A record number is used again: the old incarnation's many commits must not look fresh (INV-D23).
TEST(Contents, AReplicaThatMissedADeleteIsOlderThoughItsRecordHasMoreCommits_D16) {
  Contents stale = two_records();
  commit(stale, {2}, 3);
  commit(stale, {2}, 4);
  Contents fresh = new_contents({1, 0});
  add(fresh, 1, 30, 1);
  add(fresh, 2, 31, 6);
  EXPECT_TRUE(older(stale, fresh));
  EXPECT_FALSE(older(fresh, stale));
}

TEST(Contents, ABlockWithTwoOwnersIsFound_INVD8) {
  Contents contents = two_records();
  FreeSpace space(64);
  EXPECT_TRUE(contents.take_blocks(space));
  EXPECT_EQ(space.free(), 64U - 1 - contents.blocks());
  EXPECT_EQ(contents.highest_block(), 31U);
  add(contents, 3, 31, 3);
  FreeSpace again(64);
  EXPECT_FALSE(contents.take_blocks(again));
}

TEST(Contents, TheLowestNumberThatIsNotInUseIsTheNext_DBC8) {
  Contents contents = two_records();
  EXPECT_EQ(contents.lowest_unused_number(), 3U);
  contents.images.erase(1);
  EXPECT_EQ(contents.lowest_unused_number(), 1U);
}

TEST(Quorum, BoundariesForOneToSevenReplicas_DBQ0) {
  const std::array<uint32_t, 7> to_run = {1, 1, 2, 2, 3, 3, 4}, to_boot = {1, 2, 2, 3, 3, 4, 4};
  for (uint32_t replicas = 1; replicas <= 7; ++replicas) {
    for (uint32_t there = 0; there <= replicas; ++there) {
      EXPECT_EQ(enough_to_run(there, replicas), there >= to_run[replicas - 1]) << there << " of " << replicas;
      EXPECT_EQ(enough_to_boot(there, replicas), there >= to_boot[replicas - 1]) << there << " of " << replicas;
      EXPECT_EQ(enough_to_boot(there, replicas, true), there >= half_of(replicas)) << there << " of " << replicas;
    }
  }
}

}  // namespace
}  // namespace raidsim::statedb
