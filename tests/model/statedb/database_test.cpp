// The database as its users see it: records over crashes, space, and what a commit that cannot be made does.
#include "model/statedb/database.h"

#include <gtest/gtest.h>

#include "tests/model/statedb/database_world.h"

namespace raidsim::statedb {
namespace {

using testing::DatabaseWorld;
using testing::Texts;

TEST(Database, AnAcknowledgedGroupSurvivesACrash_INVD20) {
  DatabaseWorld world(3);
  md::RecordId a = 0, b = 0;
  world.machine.run([&] {
    a = world.create("one");
    b = world.create("two");
    world.commit({a, b});
  });
  ASSERT_TRUE(world.reboot());
  EXPECT_EQ(world.texts(), (Texts{{a, "one"}, {b, "two"}}));
  EXPECT_FALSE(world.database->stale());
}

TEST(Database, ACreatedRecordIsThereWithItsFirstCommitAndNotBefore_DBC9) {
  DatabaseWorld world(2);
  md::RecordId a = 0;
  world.machine.run([&] { a = world.create("never committed"); });
  ASSERT_TRUE(world.reboot());
  EXPECT_TRUE(world.texts().empty());
  EXPECT_EQ(world.database->never_committed(), std::vector<md::RecordId>{a});
}

TEST(Database, ACommitLeavesUnlistedRecordsAsTheyWere_DBC7) {
  DatabaseWorld world(2);
  md::RecordId a = 0, b = 0;
  world.machine.run([&] {
    a = world.create("a1");
    b = world.create("b1");
    world.commit({a, b});
    world.notes[a]->text = "a2";
    world.notes[b]->text = "b2";
    world.commit({b});
  });
  ASSERT_TRUE(world.reboot());
  EXPECT_EQ(world.texts(), (Texts{{a, "a1"}, {b, "b2"}}));
}

TEST(Database, ARecordGrowsAndShrinksWithItsCommits) {
  DatabaseWorld world(3, 200);
  md::RecordId a = 0, b = 0;
  world.machine.run([&] {
    a = world.create("small");
    b = world.create("other");
    world.commit({a, b});
    world.notes[a]->text = std::string(20'000, 'x');
    world.commit({a});
  });
  ASSERT_TRUE(world.reboot());
  EXPECT_EQ(world.texts(), (Texts{{a, std::string(20'000, 'x')}, {b, "other"}}));
  world.machine.run([&] {
    auto note = std::make_unique<testing::Note>();
    note->text = "small again";
    world.database->set_owner(a, note.get());
    world.notes[a] = std::move(note);
    world.commit({a});
  });
  ASSERT_TRUE(world.reboot());
  EXPECT_EQ(world.texts(), (Texts{{a, "small again"}, {b, "other"}}));
  EXPECT_EQ(world.set().contents.imbalance(), 0U);
}

TEST(Database, AFullDatabaseSaysSoAndKeepsWhatItHas_F60) {
  DatabaseWorld world(2, 60);
  size_t records = 0;
  world.machine.run([&] {
    for (md::RecordId id = world.create("x"); id > 0; id = world.create("x")) {
      world.commit({id});
      ++records;
    }
    EXPECT_FALSE(world.database->has_room(record_bytes_most));
  });
  EXPECT_GT(records, 2U);
  ASSERT_TRUE(world.reboot());
  EXPECT_EQ(world.texts().size(), records);
}

constexpr md::RecordId answer(DbStatus status) { return static_cast<md::RecordId>(status); }

// Why a record cannot be made is told, and an administrator hears the word that belongs to it (5.4).
TEST(Database, ARecordThatCannotBeMadeSaysWhy) {
  DatabaseWorld world(2, 60);
  world.machine.run([&] {
    md::RecordId id = world.create("x");
    for (; id > 0; id = world.create("x")) world.commit({id});
    EXPECT_EQ(id, answer(DbStatus::nospace));
  });
  DatabaseWorld none(0);
  none.machine.run([&] { EXPECT_EQ(none.create("x"), answer(DbStatus::nodb)); });
  EXPECT_TRUE(mddbstatus2error(DbStatus::nospace, 0, 0).is(md::MDE_DB_NOSPACE));
  EXPECT_TRUE(mddbstatus2error(DbStatus::notnow, 0, 0).is(md::MDE_DB_NOTNOW));
  EXPECT_TRUE(mddbstatus2error(DbStatus::toofew, 0, 0).is(md::MDE_DB_TOOFEW));
  EXPECT_TRUE(mddbstatus2error(DbStatus::toomany, 0, 0).is(md::MDE_TOOMANY_REPLICAS));
}

// DB-C4, C8, C11 on a STALE set: nothing is written; replicas may come and go.
TEST(Database, AStaleSetRefusesEveryChangeOfRecords_INVD10) {
  DatabaseWorld world(3);
  md::RecordId a = 0;
  world.machine.run([&] {
    a = world.create("text");
    world.commit({a});
  });
  world.disk(1).present = world.disk(2).present = false;
  ASSERT_TRUE(world.reboot());
  ASSERT_TRUE(world.database->stale());
  const uint64_t before = world.writes();
  world.machine.run([&] {
    EXPECT_EQ(world.create("x"), answer(DbStatus::notnow));
    EXPECT_EQ(world.database->commit(std::vector{a}), CommitResult::stale);
    EXPECT_EQ(world.database->remove(std::vector{a}), CommitResult::stale);
    EXPECT_EQ(world.writes(), before);
    EXPECT_EQ(world.database->delete_replica(1), DbStatus::ok);
    EXPECT_GT(world.writes(), before);
  });
  EXPECT_TRUE(world.database->stale());
}

// TOOFEW: two of three replicas refuse writes. A create says so and leaves a zombie; each next operation looks again,
// and the first that finds enough replicas goes on as if nothing had been (DB-Q1, DB-C8 step 7).
TEST(Database, TooFewReplicasAreAnAnswerUntilTheyAreBack_DBQ1) {
  DatabaseWorld world(3);
  world.machine.run([&] {
    const md::RecordId a = world.create("text");
    world.commit({a});
    world.disk(0).fail_writes = world.disk(1).fail_writes = EIO;
    EXPECT_EQ(world.create("x"), answer(DbStatus::notnow));
    EXPECT_TRUE(world.set().toofew);
    EXPECT_EQ(world.create("x"), answer(DbStatus::notnow));
    EXPECT_EQ(world.database->delete_replica(2), DbStatus::toofew);
    world.disk(0).fail_writes = world.disk(1).fail_writes = 0;
    const md::RecordId b = world.create("x");
    EXPECT_GT(b, a);
    EXPECT_FALSE(world.set().toofew);
    EXPECT_EQ(world.set().active(), 3U);
    EXPECT_EQ(world.set().contents.images.size(), 2U);  // no zombie
  });
  EXPECT_TRUE(world.machine.panicked.empty());
}

TEST(Database, DeletedRecordsAreGoneTogether) {
  DatabaseWorld world(3);
  md::RecordId a = 0, b = 0, c = 0;
  world.machine.run([&] {
    a = world.create("a");
    b = world.create("b");
    c = world.create("c");
    world.commit({a, b, c});
    world.remove({a, c});
    EXPECT_EQ(world.create("again"), a);  // the lowest number that is free (DB-C8)
  });
  ASSERT_TRUE(world.reboot());
  EXPECT_EQ(world.texts(), (Texts{{b, "b"}}));
}

TEST(Database, ConcurrentCommitsGoOneAfterTheOther_INVD12) {
  DatabaseWorld world(3);
  std::vector<md::RecordId> ids;
  world.machine.run([&] {
    for (int i = 0; i < 4; ++i) ids.push_back(world.create("0"));
    for (const md::RecordId id : ids) {
      world.machine.host.spawn("writer", [&world, id] {
        for (int i = 1; i <= 10; ++i) {
          world.notes[id]->text = std::to_string(i);
          world.commit({id});
        }
      });
    }
  });
  EXPECT_EQ(world.database->commits(), 40U);
  ASSERT_TRUE(world.reboot());
  for (const auto& [id, text] : world.texts()) EXPECT_EQ(text, "10");
}

TEST(Database, WithoutEnoughReplicasTheHostStopsASecondLater_DBQ9) {
  DatabaseWorld world(3);
  md::RecordId a = 0;
  world.machine.run([&] {
    a = world.create("before");
    world.commit({a});
  });
  world.disk(0).fail_writes = world.disk(2).fail_writes = EIO;
  const SimTime began = world.machine.simulation.now();
  const bool survived = world.machine.run([&] {
    world.notes[a]->text = "after";
    world.commit({a});
  });
  EXPECT_FALSE(survived);
  EXPECT_EQ(world.machine.panicked, "md: state database: too few replicas");
  EXPECT_GE(world.machine.simulation.now() - began, 1s);
  world.disk(0).fail_writes = world.disk(2).fail_writes = 0;
  ASSERT_TRUE(world.reboot());
  EXPECT_TRUE(world.texts()[a] == "before" || world.texts()[a] == "after");
}

TEST(Database, ReplicasThatAreBackWithinThatSecondSaveTheCommit) {
  DatabaseWorld world(3);
  md::RecordId a = 0;
  bool survived = false;
  world.machine.run([&] {
    a = world.create("before");
    world.commit({a});
    world.disk(0).fail_writes = world.disk(2).fail_writes = EIO;
    world.machine.host.spawn("cable", [&] {
      sleep_for(500ms);
      world.disk(0).fail_writes = world.disk(2).fail_writes = 0;
    });
    world.notes[a]->text = "after";
    world.commit({a});
    survived = true;
  });
  EXPECT_TRUE(survived);
  EXPECT_EQ(world.set().active(), 3U);
  ASSERT_TRUE(world.reboot());
  EXPECT_EQ(world.texts()[a], "after");
}

// The replicas have been too few since a command before: the commit has changed nothing in memory yet when it has to
// wait.
TEST(Database, ACommitThatWaitsForReplicasIsWrittenWhenTheyAreBack_INVD4) {
  DatabaseWorld world(3);
  md::RecordId a = 0, b = 0;
  world.machine.run([&] {
    a = world.create("before");
    b = world.create("deleted");
    world.commit({a, b});
  });
  world.machine.run([&] {
    world.disk(0).fail_writes = world.disk(2).fail_writes = EIO;
    EXPECT_LT(world.database->create(statedb::RecordType::raid), 0);
    ASSERT_TRUE(world.set().toofew);
    world.machine.host.spawn("cable", [&] {
      sleep_for(500ms);
      world.disk(0).fail_writes = world.disk(2).fail_writes = 0;
    });
    world.notes[a]->text = "after";
    world.commit({a});
  });
  world.machine.run([&] {
    world.disk(0).fail_writes = world.disk(2).fail_writes = EIO;
    EXPECT_LT(world.database->create(statedb::RecordType::raid), 0);
    world.machine.host.spawn("cable", [&] {
      sleep_for(500ms);
      world.disk(0).fail_writes = world.disk(2).fail_writes = 0;
    });
    world.remove({b});
  });
  EXPECT_TRUE(world.machine.panicked.empty());
  ASSERT_TRUE(world.reboot());
  EXPECT_EQ(world.texts(), (Texts{{a, "after"}}));
}

TEST(Database, ACommitThatFailsWhileUnitsAreBroughtBackMakesTheSetStale_DBS7) {
  DatabaseWorld world(1);
  md::RecordId a = 0;
  world.machine.run([&] {
    a = world.create("before");
    world.commit({a});
    world.disk(0).fail_writes = EIO;
    world.database->set_snarfing(true);
    EXPECT_EQ(world.database->commit(std::vector{a}), CommitResult::stale);
  });
  EXPECT_TRUE(world.machine.panicked.empty());
  EXPECT_TRUE(world.database->stale());
  EXPECT_TRUE(world.machine.said(md::MessageId::DATABASE_STALE));
}

}  // namespace
}  // namespace raidsim::statedb
