// The single-copy store as its users see it: groups, crashes at rest, disks that fail, content that lies.
#include <gtest/gtest.h>

#include "tests/model/statedb/store_world.h"

namespace raidsim::testing {
namespace {

// Two records change together; the host dies right after the answer. Both changes are there at boot.
TEST(SingleCopyStore, AnAcknowledgedGroupSurvivesACrash) {
  StoreWorld world;
  md::RecordId a = 0, b = 0;
  ASSERT_TRUE(world.machine.run([&] {
    ASSERT_TRUE(world.format_and_load());
    world.create("unit");
    a = world.last_id;
    world.create("spare");
    b = world.last_id;
    world.commit({a, 0, b});
    world.notes[a]->text = "unit errored";
    world.notes[b]->text = "spare reserved";
    world.commit({a, b});
  }));

  ASSERT_TRUE(world.reboot());

  EXPECT_EQ(world.texts(), (Texts{{a, "unit errored"}, {b, "spare reserved"}}));
}

// A record that somebody is changing is not in the group: the commit of another must not carry it (DB-C7).
TEST(SingleCopyStore, ACommitLeavesUnlistedRecordsAsTheyWere_DBC7) {
  StoreWorld world;
  md::RecordId a = 0, b = 0;
  ASSERT_TRUE(world.machine.run([&] {
    ASSERT_TRUE(world.format_and_load());
    world.create("old a");
    a = world.last_id;
    world.create("old b");
    b = world.last_id;
    world.commit({a, b});
    world.notes[a]->text = "half changed";
    world.notes[b]->text = "new b";
    world.commit({b});
    EXPECT_EQ(text_of(world.store->committed_bytes(a)), "old a");
  }));

  ASSERT_TRUE(world.reboot());

  EXPECT_EQ(world.texts(), (Texts{{a, "old a"}, {b, "new b"}}));
}

TEST(SingleCopyStore, ACreatedRecordIsThereWithItsFirstCommitAndNotBefore) {
  StoreWorld world;
  md::RecordId never = 0, kept = 0;
  ASSERT_TRUE(world.machine.run([&] {
    ASSERT_TRUE(world.format_and_load());
    world.create("never committed");
    never = world.last_id;
    world.create("kept");
    kept = world.last_id;
    world.commit({kept});
  }));

  ASSERT_TRUE(world.reboot());

  EXPECT_NE(never, kept);
  EXPECT_EQ(world.texts(), (Texts{{kept, "kept"}}));
}

TEST(SingleCopyStore, ADeletedRecordStaysDeletedAndItsNumberIsNotUsedAgain) {
  StoreWorld world;
  md::RecordId gone = 0;
  ASSERT_TRUE(world.machine.run([&] {
    ASSERT_TRUE(world.format_and_load());
    world.create("gone");
    gone = world.last_id;
    world.commit({gone});
    const std::array ids{gone};
    EXPECT_EQ(world.store->remove(ids), statedb::CommitResult::committed);
  }));

  ASSERT_TRUE(world.reboot());
  md::RecordId next = 0;
  ASSERT_TRUE(world.machine.run([&] { next = world.store->create(statedb::RecordType::pool); }));

  EXPECT_TRUE(world.texts().empty());
  EXPECT_GT(next, gone);
}

// Many small commits fill an area several times over; each time a new image goes to the other one.
TEST(SingleCopyStore, GoesOnInTheOtherAreaWhenOneIsFull) {
  StoreWorld world;
  md::RecordId id = 0;
  ASSERT_TRUE(world.machine.run([&] {
    ASSERT_TRUE(world.format_and_load());
    world.create("");
    id = world.last_id;
    for (int i = 0; i < 200; ++i) {
      world.notes[id]->text = "state " + std::to_string(i);
      world.commit({id});
    }
    EXPECT_EQ(world.store->commits(), 200u);
    EXPECT_GE(world.store->images_written(), 5u);
  }));

  ASSERT_TRUE(world.reboot());

  EXPECT_EQ(world.texts().at(id), "state 199");
}

// Eight fibers commit at once: each commit is whole, none is lost.
TEST(SingleCopyStore, ConcurrentCommitsGoOneAfterTheOther) {
  StoreWorld world(CacheKind::none, 256);
  constexpr int fibers = 8;
  std::array<md::RecordId, fibers> ids{};
  ASSERT_TRUE(world.machine.run([&] {
    ASSERT_TRUE(world.format_and_load());
    for (auto& id : ids) {
      world.create("");
      id = world.last_id;
    }
    for (int f = 0; f < fibers; ++f) {
      world.machine.host.spawn("committer", [&world, id = ids[static_cast<size_t>(f)]] {
        for (int i = 0; i < 5; ++i) {
          world.notes[id]->text = std::to_string(id) + ":" + std::to_string(i);
          world.commit({id});
        }
      });
    }
  }));
  EXPECT_EQ(world.store->commits(), 40u);

  ASSERT_TRUE(world.reboot());

  for (const md::RecordId id : ids) EXPECT_EQ(world.texts().at(id), std::to_string(id) + ":4");
}

// The write of a commit fails: one console message, and one second later the system stops (raid.md 5).
TEST(SingleCopyStore, ACommitThatCannotBeMadeStopsTheSystemASecondLater) {
  StoreWorld world;
  md::RecordId id = 0;
  SimTime tried{};
  const bool finished = world.machine.run([&] {
    ASSERT_TRUE(world.format_and_load());
    world.create("good");
    id = world.last_id;
    world.commit({id});
    world.disk().fail_writes = EIO;
    tried = now();
    world.notes[id]->text = "bad";
    world.commit({id});
    FAIL() << "a failed commit returned";
  });

  EXPECT_FALSE(finished);
  EXPECT_TRUE(world.machine.said(md::MessageId::COMMIT_FAILED));
  EXPECT_FALSE(world.machine.panicked.empty());
  EXPECT_GE(world.machine.simulation.now() - tried, 1s);
  world.disk().fail_writes = 0;
  world.machine.boot();
  ASSERT_TRUE(world.machine.run([&] {
    world.make_store();
    EXPECT_TRUE(world.store->load());
  }));
  EXPECT_EQ(world.texts().at(id), "good");
}

TEST(SingleCopyStore, AFullDatabaseRefusesNewRecords) {
  StoreWorld world;
  ASSERT_TRUE(world.machine.run([&] {
    ASSERT_TRUE(world.format_and_load());
    md::RecordId last = 0;
    for (int i = 0; i < 100; ++i) {
      const md::RecordId id = world.store->create(statedb::RecordType::raid);
      if (id == 0) break;
      last = id;
    }
    EXPECT_GT(last, 1);
    EXPECT_LT(last, 100);
    EXPECT_EQ(world.store->create(statedb::RecordType::raid), 0);
    EXPECT_FALSE(world.store->has_room(1u << 20));
  }));
}

// What is acted upon after a boot must outlive the next power cut, even if it was only in the cache.
TEST(SingleCopyStore, LoadMakesDurableWhatItRead) {
  StoreWorld world(CacheKind::volatile_write_back);
  ASSERT_TRUE(world.machine.run([&] { ASSERT_TRUE(world.format_and_load()); }));
  EXPECT_EQ(world.disk().flushes, 1u);
}

class DamagedStore : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(world.machine.run([&] {
      ASSERT_TRUE(world.format_and_load());
      world.create("first");
      world.commit({world.last_id});  // an image: the first commit since load
      for (const char* text : {"second", "third", "fourth"}) {
        world.create(text);
        world.commit({world.last_id});
      }
    }));
  }
  size_t header(uint32_t area) const { return static_cast<size_t>(geometry.header_block(area)) * block_bytes; }
  size_t entry(uint64_t n) const { return static_cast<size_t>(geometry.area_block(1) + n) * block_bytes; }
  void flip(size_t byte) { world.disk().bytes()[byte] ^= std::byte{0x10}; }

  StoreWorld world;
  const statedb::StoreGeometry geometry = world.location.geometry;
};

TEST_F(DamagedStore, LoadsWhileItIsWhole) {
  ASSERT_TRUE(world.reboot());
  EXPECT_EQ(world.texts().size(), 4u);
}

// A header is one sector: no crash tears it. A broken one may have been the newer, so nothing is trusted.
TEST_F(DamagedStore, ABrokenHeaderIsRefusedAndReported) {
  flip(header(0) + 20);
  EXPECT_FALSE(world.reboot());
  EXPECT_TRUE(world.machine.said(md::MessageId::BAD_RECORD));
}

TEST_F(DamagedStore, ABrokenImageIsRefused) {
  flip(entry(0) + 9);
  EXPECT_FALSE(world.reboot());
}

// A broken entry with a good one behind it: no crash leaves that, so an older state must not boot as if nothing was.
TEST_F(DamagedStore, ABrokenEntryInTheMiddleIsRefused) {
  flip(entry(1) + 50);
  EXPECT_FALSE(world.reboot());
}

TEST_F(DamagedStore, AnUnreadableEntryIsRefused) {
  world.disk().bad_block = geometry.area_block(1) + 2;
  EXPECT_FALSE(world.reboot());
}

// A sector beyond the last entry is none of the store's business, though reading ahead meets it.
TEST_F(DamagedStore, AnUnreadableSectorFurtherOnIsPassedBy) {
  world.disk().bad_block = geometry.area_block(1) + 10;
  ASSERT_TRUE(world.reboot());
  EXPECT_EQ(world.texts().size(), 4u);
}

TEST_F(DamagedStore, AMissingDiskIsRefused) {
  world.disk().present = false;
  EXPECT_FALSE(world.reboot());
}

}  // namespace
}  // namespace raidsim::testing
