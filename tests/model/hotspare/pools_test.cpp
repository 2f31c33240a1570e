// Hot-spare pools: which spare is chosen, when one that was given back may be used, what the administrator may do.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/model/hotspare/pools_world.h"

namespace raidsim::hotspare {
namespace {

// ---- selection: the table of hotspare-pool.md 3.1, size 100 ----

struct SelectionRow {
  const char* name;
  uint64_t start, blocks;
  bool label;
  std::optional<uint64_t> unlabelled, labelled;
};

TEST(Selection, FollowsTheTable_INVH07) {
  for (const SelectionRow& row : {SelectionRow{"A", 0, 100, false, 0, 0}, SelectionRow{"B", 16, 110, true, {}, 0},
                                  SelectionRow{"C", 16, 116, true, 16, 0}, SelectionRow{"D", 16, 116, false, 16, 16},
                                  SelectionRow{"E", 200, 116, false, {}, {}}}) {
    HotSpare spare;
    spare.hs_state = SpareState::HSS_AVAILABLE;
    spare.hs_start_blk = row.start;
    spare.hs_number_blks = row.blocks;
    spare.hs_has_label = row.label;
    EXPECT_EQ(usable_from(spare, 100, false), row.unlabelled) << row.name;
    EXPECT_EQ(usable_from(spare, 100, true), row.labelled) << row.name;
  }
}

TEST_F(PoolsTest, TheFirstUsableSpareInPoolOrderIsTaken) {
  run([&] {
    ASSERT_TRUE(add(hsp001, 1, 0, 50).is_ok());  // too small
    ASSERT_TRUE(add(hsp001, 2, 0, 1000).is_ok());
    ASSERT_TRUE(add(hsp001, 3, 0, 100).is_ok());  // fits better, but comes later
    EXPECT_EQ(take(hsp001).device, device(2));
    EXPECT_EQ(take(hsp001).device, device(3));
    EXPECT_FALSE(take(hsp001).ok);
    EXPECT_FALSE(take(hsp002).ok);  // unknown pool
  });
}

// ---- giving back (3.2, HL-06) ----

// Between the release and the end of its commit a crash would still find the old owner: nobody may take it yet.
TEST_F(PoolsTest, AFreedSpareCanBeTakenOnlyWhenItsReleaseIsCommitted_HL06) {
  run([&] {
    ASSERT_TRUE(add(hsp001, 1).is_ok());
    const Reservation got = take(hsp001);
    ASSERT_TRUE(got.ok);
    pokes = 0;

    const md::RecordId record = pools->release(hsp001, got.key, ReleaseAs::HS_FREE);
    EXPECT_EQ(record, got.record);
    EXPECT_FALSE(pools->get(hsp001, 100, false).ok);
    EXPECT_TRUE(command(SetHsCommand::DELETE_HOT_SPARE, hsp001, 1).is(md::MDE_HS_RESVD));
    EXPECT_EQ(machine.heard(md::EventSubclass::ESC_SVM_HS_FREED), 0u);
    system->commit(record);
    pokes = 0;
    pools->release_committed(record);

    EXPECT_EQ(machine.heard(md::EventSubclass::ESC_SVM_HS_FREED), 1u);
    EXPECT_EQ(pokes, 1);
    EXPECT_TRUE(take(hsp001).ok);
  });
}

TEST_F(PoolsTest, ABrokenSpareIsNotTakenAndNobodyIsPoked) {
  run([&] {
    ASSERT_TRUE(add(hsp001, 1).is_ok());
    const Reservation got = take(hsp001);
    const md::RecordId record = pools->release(hsp001, got.key, ReleaseAs::HS_BAD);
    system->commit(record);
    pokes = 0;
    pools->release_committed(record);

    EXPECT_EQ(machine.heard(md::EventSubclass::ESC_SVM_ERRED), 1u);
    EXPECT_EQ(machine.events.back().device, device(1));
    EXPECT_EQ(pokes, 0);
    EXPECT_FALSE(take(hsp001).ok);
  });
}

TEST_F(PoolsTest, OnlyAReservedMemberCanBeGivenBack) {
  run([&] {
    ASSERT_TRUE(add(hsp001, 1).is_ok());
    const md::NameKey key = pools->spares()[0]->hs_key;
    EXPECT_EQ(pools->release(hsp001, key, ReleaseAs::HS_FREE), 0);      // AVAILABLE
    EXPECT_EQ(pools->release(hsp001, key + 1, ReleaseAs::HS_FREE), 0);  // no such member
    EXPECT_EQ(pools->release(hsp002, key, ReleaseAs::HS_FREE), 0);      // no such pool
    EXPECT_TRUE(pools->spares()[0]->hs_state == SpareState::HSS_AVAILABLE);
  });
}

TEST_F(PoolsTest, ReferenceCountsAndAPoolThatIsNone) {
  run([&] {
    ASSERT_TRUE(add(hsp001, 1).is_ok());
    EXPECT_TRUE(pools->increment(md::MD_HSP_NONE).ok);
    EXPECT_FALSE(pools->increment(hsp002).ok);
    const auto counted = pools->increment(hsp001);
    EXPECT_TRUE(counted.ok);
    EXPECT_EQ(counted.record, pools->pool(hsp001)->hsp_record_id);
    EXPECT_EQ(pools->pool(hsp001)->hsp_refcount, 1u);
    EXPECT_TRUE(pools->decrement(hsp001).ok);
    EXPECT_EQ(pools->device_of(pools->spares()[0]->hs_record_id, 5), device(1));
    EXPECT_EQ(pools->device_of(999, 5), 5u);
  });
}

// HL-04: workers must be able to finish while the driver halts.
TEST_F(PoolsTest, AStoppingDriverRefusesWithoutSideEffects_HL04) {
  run([&] {
    ASSERT_TRUE(add(hsp001, 1).is_ok());
    system->stop_daemons();
    EXPECT_FALSE(pools->get(hsp001, 100, false).ok);
    EXPECT_FALSE(pools->increment(hsp001).ok);
    EXPECT_TRUE(pools->spares()[0]->hs_state == SpareState::HSS_AVAILABLE);
  });
}

// HL-03: no pool module: every call fails, and the console says why.
TEST_F(PoolsTest, WithoutThePoolModuleEveryCallFails_HL03) {
  run([&] {
    system->hot_spares = nullptr;
    EXPECT_FALSE(system->hs().get(hsp001, 1, false).ok);
    EXPECT_TRUE(machine.said(md::MessageId::HSP_SERVICE_MISSING));
  });
}

// ---- commands (4) ----

TEST_F(PoolsTest, AddCreatesThePoolAndSaysWhatItDid) {
  machine.events.clear();
  run([&] { EXPECT_TRUE(add(hsp001, 1).is_ok()); });
  EXPECT_EQ(machine.heard(md::EventSubclass::ESC_SVM_CREATE), 1u);
  EXPECT_EQ(machine.heard(md::EventSubclass::ESC_SVM_ADD), 1u);
  EXPECT_GE(pokes, 1);
  run([&] {
    EXPECT_TRUE(add(hsp001, 1).is(md::MDE_HS_INUSE));
    EXPECT_TRUE(add(hsp001, 2).is_ok());
  });
  EXPECT_EQ(machine.heard(md::EventSubclass::ESC_SVM_CREATE), 1u);
  EXPECT_EQ(pools->pool(hsp001)->hsp_hotspares.size(), 2u);
  EXPECT_EQ(store->committed().size(), 4u);  // names, two spares, one pool: the smaller pool record is gone
}

TEST_F(PoolsTest, OneSpareMayBeInTwoPoolsAndHasOneOwner_INVH04) {
  run([&] {
    ASSERT_TRUE(add(hsp001, 1).is_ok());
    ASSERT_TRUE(add(hsp002, 1).is_ok());
    EXPECT_EQ(pools->spares().size(), 1u);
    EXPECT_EQ(pools->spares()[0]->hs_refcount, 2u);
    ASSERT_TRUE(take(hsp001).ok);
    EXPECT_FALSE(take(hsp002).ok);
    // Its owner came through hsp001: hsp002 may lose it when forced, hsp001 may not.
    EXPECT_TRUE(command(SetHsCommand::DELETE_HOT_SPARE, hsp002, 1).is(md::MDE_HS_RESVD));
    EXPECT_TRUE(command(SetHsCommand::DELETE_HOT_SPARE, hsp001, 1, HS_OPT_FORCE).is(md::MDE_HS_RESVD));
    EXPECT_TRUE(command(SetHsCommand::DELETE_HOT_SPARE, hsp002, 1, HS_OPT_FORCE).is_ok());
    EXPECT_TRUE(command(SetHsCommand::DELETE_HOT_SPARE, hsp001, 1, HS_OPT_FORCE).is(md::MDE_HS_RESVD));
  });
}

TEST_F(PoolsTest, DeleteTakesTheSpareOutForGood) {
  run([&] {
    ASSERT_TRUE(add(hsp001, 1).is_ok());
    EXPECT_TRUE(command(SetHsCommand::DELETE_HOT_SPARE, hsp001, 1, HS_OPT_DRYRUN).is_ok());
    EXPECT_EQ(pools->spares().size(), 1u);
    EXPECT_TRUE(command(SetHsCommand::DELETE_HOT_SPARE, hsp002, 1).is(md::MDE_INVAL_HSP));
    // A pool of another set than that of the command.
    EXPECT_TRUE(command(SetHsCommand::ADD_HOT_SPARE, md::make_pool_id(3, 1), 2).is(md::MDE_INVAL_HSP));
    EXPECT_TRUE(command(SetHsCommand::DELETE_HOT_SPARE, hsp001, 1).is_ok());
    EXPECT_TRUE(system->names.entries().empty());
    EXPECT_TRUE(command(SetHsCommand::DELETE_HOT_SPARE, hsp001, 1).is(md::MDE_INVAL_HS));
  });
  reboot();
  EXPECT_TRUE(pools->spares().empty());
  EXPECT_TRUE(pools->pool(hsp001)->hsp_hotspares.empty());
}

TEST_F(PoolsTest, APoolGoesOnlyWhenEmptyAndUnreferenced) {
  run([&] {
    ASSERT_TRUE(add(hsp001, 1).is_ok());
    ASSERT_TRUE(pools->increment(hsp001).ok);
    EXPECT_TRUE(command(SetHsCommand::DELETE_HOT_SPARE, hsp001, 1, HS_OPT_POOL).is(md::MDE_HSP_BUSY));
    ASSERT_TRUE(command(SetHsCommand::DELETE_HOT_SPARE, hsp001, 1).is_ok());
    EXPECT_TRUE(command(SetHsCommand::DELETE_HOT_SPARE, hsp001, 1, HS_OPT_POOL).is(md::MDE_HSP_REF));
    ASSERT_TRUE(pools->decrement(hsp001).ok);
    EXPECT_TRUE(command(SetHsCommand::DELETE_HOT_SPARE, hsp001, 1, HS_OPT_POOL).is_ok());
    EXPECT_EQ(pools->pool(hsp001), nullptr);
  });
}

TEST_F(PoolsTest, ReplaceKeepsThePlaceInThePool) {
  run([&] {
    ASSERT_TRUE(add(hsp001, 1).is_ok());
    ASSERT_TRUE(add(hsp001, 2).is_ok());
    SetHs request{.shs_cmd = SetHsCommand::REPLACE_HOT_SPARE,
                  .shs_hot_spare_pool = hsp001,
                  .shs_component_old = device(1),
                  .shs_component_new = device(3),
                  .shs_number_blks = 1000};
    request.shs_key_new = system->names.add(device(3), "d3");
    EXPECT_TRUE(pools->set_hs(request).is_ok());
    EXPECT_EQ(take(hsp001).device, device(3));
    request.shs_component_old = device(2);
    EXPECT_TRUE(pools->set_hs(request).is(md::MDE_HS_INUSE));
    request.shs_component_old = device(1);
    EXPECT_TRUE(pools->set_hs(request).is(md::MDE_INVAL_HS));
  });
}

TEST_F(PoolsTest, EnableBringsABrokenSpareBack) {
  run([&] {
    ASSERT_TRUE(add(hsp001, 1).is_ok());
    EXPECT_TRUE(command(SetHsCommand::FIX_HOT_SPARE, hsp001, 1).is(md::MDE_FIX_INVAL_HS_STATE));
    const Reservation got = take(hsp001);
    const md::RecordId record = pools->release(hsp001, got.key, ReleaseAs::HS_BAD);
    system->commit(record);
    pools->release_committed(record);
    SetHs fix{.shs_cmd = SetHsCommand::FIX_HOT_SPARE, .shs_component_old = device(1), .shs_number_blks = 1000};
    EXPECT_TRUE(pools->set_hs(fix).is_ok());
    EXPECT_EQ(machine.heard(md::EventSubclass::ESC_SVM_ENABLE), 1u);
    EXPECT_TRUE(take(hsp001).ok);
  });
}

// ---- boot (5.3, SNH-01) ----

TEST_F(PoolsTest, PoolsAndStatesComeBackAtBoot) {
  Reservation got;
  run([&] {
    ASSERT_TRUE(add(hsp001, 1).is_ok());
    ASSERT_TRUE(add(hsp001, 2).is_ok());
    ASSERT_TRUE(pools->increment(hsp001).ok);
    got = pools->get(hsp001, 100, false);
    system->commit(got.record, {pools->pool(hsp001)->hsp_record_id});
  });
  reboot({{.unit = 10, .pool = hsp001, .spares = {got.record}}});
  EXPECT_FALSE(machine.said(md::MessageId::SNARF_REPAIRED));
  EXPECT_TRUE(pools->spare(got.record)->hs_state == SpareState::HSS_RESERVED);
  EXPECT_EQ(pools->pool(hsp001)->hsp_refcount, 1u);
  run([&] { EXPECT_EQ(take(hsp001).device, device(2)); });
}

// A reservation whose unit never committed, and a count nobody stands for: both are put right, and stay so.
TEST_F(PoolsTest, ReservationsWithoutOwnerAreFreedAtBoot_SNH01_INVH01) {
  Reservation got;
  run([&] {
    ASSERT_TRUE(add(hsp001, 1).is_ok());
    ASSERT_TRUE(pools->increment(hsp001).ok);
    got = pools->get(hsp001, 100, false);
    system->commit(got.record, {pools->pool(hsp001)->hsp_record_id});
  });
  reboot();
  EXPECT_TRUE(machine.said(md::MessageId::SNARF_REPAIRED));
  EXPECT_TRUE(pools->spare(got.record)->hs_state == SpareState::HSS_AVAILABLE);
  EXPECT_EQ(pools->pool(hsp001)->hsp_refcount, 0u);
  machine.messages.clear();
  reboot();
  EXPECT_FALSE(machine.said(md::MessageId::SNARF_REPAIRED));  // it was committed
}

TEST_F(PoolsTest, AnOwnersSpareIsReservedAtBoot_SNH01) {
  md::RecordId spare = 0;
  run([&] {
    ASSERT_TRUE(add(hsp001, 1).is_ok());
    spare = pools->spares()[0]->hs_record_id;
  });
  reboot({{.unit = 10, .pool = hsp001, .spares = {spare}}});
  EXPECT_TRUE(pools->spare(spare)->hs_state == SpareState::HSS_RESERVED);
  run([&] { EXPECT_FALSE(take(hsp001).ok); });
}

// Crash at each write of an add or delete: names aside, all of it is there afterwards or nothing, and INV-H02, INV-H03
// hold.
RC_GTEST_FIXTURE_PROP(PoolsTest, ACommandCutByACrashIsWholeOrNotThere_INVH14, ()) {
  const bool remove = *rc::gen::arbitrary<bool>();
  const auto cut = *rc::gen::inRange<uint64_t>(0, 6);
  const auto keeps = *rc::gen::nonEmpty(rc::gen::arbitrary<std::vector<bool>>());
  RC_ASSERT(machine.run([&] {
    RC_ASSERT(add(hsp001, 1).is_ok());
    RC_ASSERT(add(hsp001, 2).is_ok());
  }));
  machine.disks[0]->on_cut = [&] { machine.crash(); };
  machine.disks[0]->cut_keeps = keeps;
  machine.disks[0]->writes_until_cut = cut;
  const bool finished = machine.run(
      [&] { static_cast<void>(remove ? command(SetHsCommand::DELETE_HOT_SPARE, hsp001, 1) : add(hsp001, 3)); });
  machine.disks[0]->writes_until_cut.reset();
  if (finished) machine.crash();
  machine.boot();
  RC_ASSERT(machine.run([&] {
    make();
    load();
    pools->make_consistent({});
  }));
  const auto& members = pools->pool(hsp001)->hsp_hotspares;
  RC_ASSERT(members.size() == 2 || members.size() == (remove ? 1u : 3u));
  if (finished) RC_ASSERT(members.size() == (remove ? 1u : 3u));
  RC_ASSERT(pools->pools().size() == 1u);
  RC_ASSERT(pools->spares().size() == members.size());
  for (const auto& spare : pools->spares())
    RC_ASSERT(spare->hs_refcount == 1u && pools->pool(hsp001)->lists(spare->hs_record_id));
}

}  // namespace
}  // namespace raidsim::hotspare
