// One replica on a disk: which transfers a write becomes, that it is durable, and what a replica of another place is.
#include "model/statedb/replica.h"

#include <gtest/gtest.h>

#include <utility>

#include "tests/model/md/machine.h"

namespace raidsim::statedb {
namespace {

using Bytes = std::vector<std::byte>;
using testing::LoggedWrite;
using testing::Machine;
using testing::TestDisk;

Bytes blocks_of(std::initializer_list<int> values) {
  Bytes out;
  for (const int value : values) out.insert(out.end(), MDDB_BSIZE, static_cast<std::byte>(value));
  return out;
}

/// A disk of 64 blocks with a replica of 32 from block 16 on, as the administrator's tool leaves it.
class OneReplica : public ::testing::Test {
 protected:
  explicit OneReplica(CacheKind cache = CacheKind::volatile_write_back) : disk(machine.add_disk(64, cache)) {
    Bytes bytes = disk.bytes();
    encode(new_master_block(16, 32, 0, {1, 2}), std::span(bytes).subspan(16 * MDDB_BSIZE, MDDB_BSIZE));
    disk.set_bytes(std::move(bytes));
  }
  /// (block, blocks) of each write in order of completion.
  std::vector<std::pair<uint64_t, size_t>> written() const {
    std::vector<std::pair<uint64_t, size_t>> out;
    for (const LoggedWrite& write : disk.log) out.emplace_back(write.block, write.bytes.size() / MDDB_BSIZE);
    return out;
  }
  using Runs = std::vector<std::pair<uint64_t, size_t>>;

  Machine machine;
  TestDisk& disk;
};

TEST_F(OneReplica, NeighboursAreOneTransferOthersFollow_DBC1) {
  machine.run([&] {
    Replica replica(disk, 16, 0);
    ASSERT_EQ(replica.read_master(), BlockFault::none);
    const std::vector<uint32_t> logical = {5, 6, 7, 29, 28};
    const Bytes bytes = blocks_of({1, 2, 3, 4, 5});
    EXPECT_TRUE(replica.write_new({logical, bytes}));
    EXPECT_EQ(written(), (Runs{{22, 3}, {46, 1}, {45, 1}}));

    Bytes back(bytes.size());
    EXPECT_TRUE(replica.read(logical, back));
    EXPECT_EQ(back, bytes);
  });
}

TEST_F(OneReplica, WhatIsWrittenSurvivesThePowerCut_DBC13) {
  machine.run([&] {
    Replica replica(disk, 16, 0);
    ASSERT_EQ(replica.read_master(), BlockFault::none);
    const Bytes bytes = blocks_of({9, 9, 9});
    const BlockWrite part{block_range(0, 3), bytes};
    ASSERT_TRUE(replica.update({&part, 1}, 1));
    disk.power_cut();
    Bytes back(bytes.size());
    EXPECT_TRUE(replica.read_singly(0, 3, back));
    EXPECT_EQ(back, bytes);
  });
}

TEST_F(OneReplica, TheFirstFailingRunEndsTheWrite_DBC1) {
  machine.run([&] {
    Replica replica(disk, 16, 0);
    ASSERT_EQ(replica.read_master(), BlockFault::none);
    disk.fail_writes = EIO;
    const Bytes bytes = blocks_of({1, 2});
    EXPECT_FALSE(replica.write_new({{5, 9}, bytes}));
    EXPECT_EQ(written(), Runs{});
  });
}

// The disk of another replica, or a directory that points beyond the end: no block outside of the replica is touched.
TEST_F(OneReplica, NothingOutsideOfItIsTouched_DBF5) {
  machine.run([&] {
    Replica elsewhere(disk, 17, 0);
    EXPECT_EQ(elsewhere.read_master(), BlockFault::magic);
    Replica of_another_set(disk, 16, 1);
    EXPECT_EQ(of_another_set.read_master(), BlockFault::place);
    Replica beyond(disk, 64, 0);
    EXPECT_EQ(beyond.read_master(), BlockFault::unread);

    Replica replica(disk, 16, 0);
    ASSERT_EQ(replica.read_master(), BlockFault::none);
    Bytes bytes = blocks_of({1, 2});
    EXPECT_FALSE(replica.write_new({{30, 31}, bytes}));
    const uint32_t far[] = {0, 1000};
    EXPECT_FALSE(replica.read(far, bytes));
    EXPECT_EQ(written(), Runs{});
  });
}

}  // namespace
}  // namespace raidsim::statedb
