// What holds of pools and spares after every command and every boot, and who may look at them meanwhile
// (hotspare-pool.md 2, 7).
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/model/hotspare/pools_world.h"

namespace raidsim::hotspare {
namespace {

struct PoolRules : PoolsTest {
  std::vector<std::byte> encoded(const statedb::RecordOwner& owner) {
    std::vector<std::byte> bytes;
    owner.encode(bytes);
    return bytes;
  }
  void expect_recorded(md::RecordId id, const statedb::RecordOwner& owner, const std::string& after) {
    const auto record = store->committed_bytes(id);
    EXPECT_TRUE(std::ranges::equal(record, encoded(owner))) << after << ": INV-H13";
  }
  void expect_rules(const std::string& after) {
    std::set<md::PoolId> ids;
    for (const auto& pool : pools->pools()) {
      EXPECT_TRUE(ids.insert(pool->hsp_self_id).second && md::set_of_pool(pool->hsp_self_id) == 0) << after << ": H09";
      std::set<md::RecordId> members;
      for (const md::RecordId id : pool->hsp_hotspares) {
        EXPECT_TRUE(members.insert(id).second && pools->spare(id) != nullptr) << after << ": INV-H03";
      }
      expect_recorded(pool->hsp_record_id, *pool, after);
    }
    for (const auto& spare : pools->spares()) {
      const auto lists = [&](const auto& pool) { return pool->lists(spare->hs_record_id); };
      const auto count = std::count_if(pools->pools().begin(), pools->pools().end(), lists);
      EXPECT_EQ(spare->hs_refcount, static_cast<uint32_t>(count)) << after << ": INV-H02";
      const auto name = system->names.entries().find(spare->hs_key);
      ASSERT_NE(name, system->names.entries().end()) << after;
      EXPECT_GE(name->second.references, spare->hs_refcount) << after << ": INV-H11";
      expect_recorded(spare->hs_record_id, *spare, after);
    }
  }
  md::Error replace(md::PoolId pool, int from, int to) {
    return pools->set_hs({.shs_cmd = SetHsCommand::REPLACE_HOT_SPARE,
                          .shs_hot_spare_pool = pool,
                          .shs_component_old = device(from),
                          .shs_component_new = device(to),
                          .shs_key_new = system->names.add(device(to), "spare"),
                          .shs_number_blks = 1000});
  }
};

// A day of an administrator, refusals and a reservation among it: after each command all tables agree, with each other,
// with the names and with what is on record; and so they do after a boot.
TEST_F(PoolRules, HoldAfterEveryCommand_INVH03_INVH09_INVH11_INVH13) {
  run([&] {
    EXPECT_TRUE(add(hsp001, 1).is_ok());
    expect_rules("add");
    EXPECT_TRUE(add(hsp002, 1).is_ok());
    expect_rules("add to a second pool");
    EXPECT_TRUE(add(hsp001, 2).is_ok());
    expect_rules("add another");
    EXPECT_FALSE(add(hsp001, 2).is_ok());
    expect_rules("add again");
    const Reservation got = take(hsp001);
    expect_rules("reserve");
    EXPECT_FALSE(command(SetHsCommand::DELETE_HOT_SPARE, hsp001, 1).is_ok());
    expect_rules("delete a reserved one");
    system->commit(pools->release(hsp001, got.key, ReleaseAs::HS_BAD));
    pools->release_committed(got.record);
    expect_rules("give back");
    EXPECT_TRUE(replace(hsp001, 2, 3).is_ok());
    expect_rules("replace");
    EXPECT_TRUE(command(SetHsCommand::DELETE_HOT_SPARE, hsp001, 1).is_ok());
    expect_rules("delete from one of two");
    EXPECT_TRUE(command(SetHsCommand::DELETE_HOT_SPARE, hsp002, 1).is_ok());
    EXPECT_TRUE(command(SetHsCommand::DELETE_HOT_SPARE, hsp002, 1, HS_OPT_POOL).is_ok());
    expect_rules("delete the pool");
  });
  reboot();
  expect_rules("boot");
  EXPECT_EQ(pools->spares().size(), 1u);
}

// A crash left the old record of a pool beside the larger one that took its place, and, by a broken program, a third
// that has the same id: one pool of that id is there, and the others are gone for good.
TEST_F(PoolRules, OnePoolRecordOfAnIdIsLinked_INVH10) {
  std::array<Pool, 2> more;
  run([&] {
    EXPECT_TRUE(add(hsp001, 1).is_ok());
    for (Pool& each : more) {
      each.hsp_record_id = store->create(statedb::RecordType::pool);
      each.hsp_self_id = &each == &more[0] ? md::MD_HSP_NONE : hsp001;
      store->set_owner(each.hsp_record_id, &each);
      system->commit(each.hsp_record_id);
    }
  });
  reboot();
  ASSERT_EQ(pools->pools().size(), 1u);
  EXPECT_EQ(pools->pools()[0]->hsp_hotspares.size(), 1u);
  for (const Pool& each : more) EXPECT_TRUE(store->committed_bytes(each.hsp_record_id).empty());
  expect_rules("boot");
}

// By its record a unit has a spare that only another pool lists: its own pool lists it again.
TEST_F(PoolRules, TheOwnersPoolListsItsSpare_INVH05) {
  md::RecordId spare = 0;
  run([&] {
    EXPECT_TRUE(add(hsp001, 1).is_ok());
    EXPECT_TRUE(add(hsp002, 2).is_ok());
    spare = pools->pool(hsp001)->hsp_hotspares.front();
  });
  reboot({{.unit = 10, .pool = hsp002, .spares = {spare}}});
  EXPECT_TRUE(pools->pool(hsp002)->lists(spare));
  EXPECT_EQ(pools->spare(spare)->hs_refcount, 2u);
  EXPECT_TRUE(pools->spare(spare)->hs_state == SpareState::HSS_RESERVED);
}

// A unit asks for a spare while an administrator adds the first one: it waits until the command is on record, and then
// has it.
TEST_F(PoolRules, NobodyLooksAtPoolsBeforeACommandIsOnRecord_HL01_INVH12) {
  bool recorded = false, held = false, got = false;
  run([&] {
    const md::NameKey key = system->names.add(device(1), "spare");
    const size_t records = store->committed().size();
    machine.host.spawn("unit", [&] {
      sleep_for(10us);
      held = pools->lock().write_held();
      got = pools->get(hsp001, 100, false).ok;
      recorded = store->committed().size() == records + 2;
    });
    EXPECT_TRUE(pools
                    ->set_hs({.shs_cmd = SetHsCommand::ADD_HOT_SPARE,
                              .shs_hot_spare_pool = hsp001,
                              .shs_component_old = device(1),
                              .shs_key_old = key,
                              .shs_number_blks = 1000})
                    .is_ok());
  });
  EXPECT_TRUE(held);
  EXPECT_TRUE(got);
  EXPECT_TRUE(recorded);
}

}  // namespace
}  // namespace raidsim::hotspare
