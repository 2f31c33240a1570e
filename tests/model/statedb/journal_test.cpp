// A change of a replica and a crash at every one of its writes, with every set of surviving sectors: the replica reads
// as before the change or as after it, also when the host dies again while it settles (docs/decisions/0029).
#include "model/statedb/journal.h"

#include <gtest/gtest.h>

#include "model/statedb/format/layout.h"
#include "model/statedb/replica.h"
#include "tests/model/md/machine.h"

namespace raidsim::statedb {
namespace {

using Bytes = std::vector<std::byte>;
using testing::Machine;

constexpr uint32_t replica_at = 16, replica_blocks = 64;
const std::vector<uint32_t> first_part = {40, 41, 45}, second_part = {50};

Bytes filled(size_t blocks, int value) { return Bytes(blocks * MDDB_BSIZE, static_cast<std::byte>(value)); }

/// What stands in the blocks of both parts, as a load sees it.
Bytes as_read(Replica& replica) {
  Bytes first(first_part.size() * MDDB_BSIZE), second(second_part.size() * MDDB_BSIZE);
  EXPECT_TRUE(replica.read(first_part, first));
  EXPECT_TRUE(replica.read(second_part, second));
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

bool change(Replica& replica, int value) {
  const Bytes first = filled(first_part.size(), value), second = filled(second_part.size(), value);
  const BlockWrite parts[] = {{first_part, first}, {second_part, second}};
  return replica.update(parts, static_cast<uint32_t>(value));
}

/// A machine with a replica, formatted, whose blocks hold the change of value 1.
struct OneDisk {
  OneDisk() {
    auto& disk = machine.add_disk(replica_at + replica_blocks, CacheKind::volatile_write_back);
    Bytes bytes = disk.bytes();
    encode(new_master_block(replica_at, replica_blocks, 0, {1, 2}),
           std::span(bytes).subspan(replica_at * MDDB_BSIZE, MDDB_BSIZE));
    disk.set_bytes(std::move(bytes));
  }
  testing::TestDisk& disk() { return *machine.disks[0]; }
  /// In a fiber, a host's first look at the replica.
  template <class Use>
  void with_replica(Use use) {
    machine.run([&] {
      replica = std::make_unique<Replica>(disk(), replica_at, 0);
      ASSERT_EQ(replica->read_master(), BlockFault::none);
      replica->read_journal();
      use(*replica);
    });
  }
  /// The host dies in write `at` from now on; of it the sectors of `keeps` survive. True: it came to that.
  template <class Use>
  bool crash_in(uint64_t at, const std::vector<bool>& keeps, Use use) {
    disk().writes_until_cut = at;
    disk().cut_keeps = keeps;
    bool cut = false;
    disk().on_cut = [&] {
      cut = true;
      machine.crash(true);
    };
    with_replica(use);
    disk().writes_until_cut.reset();
    if (cut) machine.boot();
    return cut;
  }

  std::unique_ptr<Replica> replica;
  Machine machine;
};

std::vector<bool> sectors(unsigned mask) {
  return {(mask & 1) != 0, (mask & 2) != 0, (mask & 4) != 0, (mask & 8) != 0, (mask & 16) != 0};
}

TEST(Journal, AnyCrashInAChangeLeavesTheReplicaBeforeOrAfterIt) {
  const Bytes before = filled(4, 1), after = filled(4, 2);
  size_t crashes = 0, old_ones = 0, new_ones = 0;
  for (uint64_t at = 0; at < 4; ++at) {
    for (unsigned mask = 0; mask < 32; ++mask) {
      OneDisk one;
      one.with_replica([](Replica& replica) { ASSERT_TRUE(change(replica, 1)); });
      crashes += one.crash_in(at, sectors(mask), [](Replica& replica) { static_cast<void>(change(replica, 2)); });
      one.with_replica([&](Replica& replica) {
        const Bytes found = as_read(replica);
        old_ones += found == before;
        new_ones += found == after;
        EXPECT_TRUE(found == before || found == after) << "write " << at << ", sectors " << mask;
      });
    }
  }
  EXPECT_EQ(crashes, 4U * 32U);  // journal, two runs of the first part, the second part
  EXPECT_EQ(old_ones + new_ones, crashes);
  EXPECT_EQ(old_ones, 31U);  // the journal torn; when all its sectors survive it is there
}

TEST(Journal, ACrashWhileSettlingAndAnotherLoseNothing) {
  for (uint64_t first = 1; first < 4; ++first) {
    for (uint64_t second = 0; second < 3; ++second) {
      for (unsigned mask = 0; mask < 8; ++mask) {
        OneDisk one;
        one.with_replica([](Replica& replica) { ASSERT_TRUE(change(replica, 1)); });
        ASSERT_TRUE(one.crash_in(first, sectors(0), [](Replica& replica) { static_cast<void>(change(replica, 2)); }));
        EXPECT_TRUE(one.crash_in(second, sectors(mask), [](Replica& replica) {
          EXPECT_TRUE(replica.unsettled());
          static_cast<void>(replica.settle());
        }));
        one.with_replica([&](Replica& replica) {
          EXPECT_EQ(as_read(replica), filled(4, 2));
          EXPECT_TRUE(replica.settle());
          EXPECT_FALSE(replica.unsettled());
        });
      }
    }
  }
}

// The journal is durable, the write in place fails: the change stands, and the next one first brings it home.
TEST(Journal, AFailedWriteInPlaceIsMadeGoodBeforeTheNextChange) {
  OneDisk one;
  one.with_replica([&](Replica& replica) {
    ASSERT_TRUE(change(replica, 1));
    const size_t journalled = one.disk().log.size() + 1;
    one.machine.host.spawn("the disk fails once the journal is written", [&one, journalled] {
      while (one.disk().log.size() < journalled) sleep_for(1us);
      one.disk().fail_writes = EIO;
    });
    EXPECT_FALSE(change(replica, 2));
    EXPECT_EQ(one.disk().log.size(), journalled);
    EXPECT_TRUE(replica.unsettled());
    EXPECT_EQ(as_read(replica), filled(4, 2));

    one.disk().fail_writes = 0;
    const Bytes other = filled(1, 7);
    const BlockWrite part{{30}, other};
    EXPECT_TRUE(replica.update({&part, 1}, 3));  // its journal takes the place of the one that was still needed
    EXPECT_FALSE(replica.unsettled());
  });
  one.with_replica([](Replica& replica) { EXPECT_EQ(as_read(replica), filled(4, 2)); });
}

TEST(Journal, WhatNothingRefersToIsWrittenWithoutIt_DBC10) {
  OneDisk one;
  one.with_replica([&](Replica& replica) {
    ASSERT_TRUE(change(replica, 1));
    one.disk().log.clear();
    const Bytes other = filled(1, 7);
    ASSERT_TRUE(replica.write_new({{30}, other}));
    EXPECT_EQ(one.disk().log.size(), 1U);
  });
  one.with_replica([](Replica& replica) { EXPECT_EQ(as_read(replica), filled(4, 1)); });
}

TEST(Journal, WhatIsInPlaceIsNotWrittenAgain_INVD26) {
  OneDisk one;
  one.with_replica([](Replica& replica) { ASSERT_TRUE(change(replica, 1)); });
  one.disk().log.clear();
  one.with_replica([](Replica& replica) {
    EXPECT_FALSE(replica.unsettled());
    EXPECT_TRUE(replica.settle());
  });
  EXPECT_TRUE(one.disk().log.empty());
}

TEST(Journal, AnEntryThatIsTornOrDamagedIsNone) {
  const JournalEntry entry{.sequence = 7, .targets = {40, 3}, .bytes = filled(2, 9)};
  Bytes good;
  encode(entry, 0, good);
  ASSERT_EQ(good.size(), journal_entry_blocks(2) * MDDB_BSIZE);
  const auto read = decode_journal(good, 0);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->targets, entry.targets);
  EXPECT_EQ(read->bytes, entry.bytes);
  EXPECT_EQ(read->sequence, 7U);
  EXPECT_FALSE(decode_journal(good, 1));  // of another set
  for (size_t byte = 0; byte < good.size(); ++byte) {
    Bytes bad = good;
    bad[byte] ^= std::byte{0x40};
    EXPECT_FALSE(decode_journal(bad, 0)) << byte;
  }
  for (size_t size = 0; size < good.size(); size += 100) EXPECT_FALSE(decode_journal(std::span(good).first(size), 0));
}

}  // namespace
}  // namespace raidsim::statedb
