// INV-M, INV-E: a whole table is whole, a bent one is told by the rule that its bend breaks.
#include <gtest/gtest.h>

#include <cerrno>
#include <functional>

#include "harness/invariants/command_rules.h"
#include "harness/invariants/core_rules.h"
#include "model/raid/record.h"
#include "tests/model/manager/manager_world.h"
#include "tests/model/raid/sample_unit.h"

namespace raidsim::harness {
namespace {

using md::EventClass;
using md::EventSubclass;
using md::EventTag;
using scenarios::IoctlVerb;

/// Unit 10 as raid::testing::sample_unit() makes it, alone.
struct Core {
  Core() {
    std::vector<std::byte> bytes;
    raid::encode_record(un, bytes);
    committed[3] = {.id = 3, .type = statedb::RecordType::raid, .bytes = bytes};
    sizes[10] = un.un_total_blocks;
    table.units = {{.slot = 10, .minor = 10, .in_list = 1, .un = &un}};
    table.listed = 1;
    table.s_un_avail = md::md_maxunits - 1;
    table.size_map = &sizes;
    table.committed = &committed;
  }
  raid::Unit un = raid::testing::sample_unit();
  std::map<md::Minor, uint64_t> sizes;
  std::map<md::RecordId, statedb::StoredRecord> committed;
  CoreTable table;
};

struct CoreBend {
  const char* id;
  Broken (*ask)(const CoreTable&);
  std::function<void(Core&)> bend;
};

TEST(CoreRules, ABentTableIsToldByItsRule) {
  const CoreBend bends[] = {
      {"INV-M02", broken_identity, [](Core& c) { c.un.un_self_id = 11; }},
      {"INV-M02", broken_identity, [](Core& c) { c.table.units[0].minor = 11; }},
      {"INV-M03", broken_list, [](Core& c) { c.table.units[0].in_list = 2; }},
      {"INV-M03", broken_list, [](Core& c) { c.table.listed = 2; }},
      {"INV-M04", broken_records, [](Core& c) { c.committed.clear(); }},
      {"INV-M04", broken_records, [](Core& c) { c.committed[3].type = statedb::RecordType::pool; }},
      {"INV-M04", broken_records, [](Core& c) { c.table.units.push_back(c.table.units[0]); }},
      {"INV-M05", broken_slots, [](Core& c) { ++c.table.s_un_avail; }},
      {"INV-M05", broken_slots, [](Core& c) { c.table.s_un_next = md::md_maxunits; }},
      {"INV-M06", broken_size_map, [](Core& c) { c.sizes.clear(); }},
      {"INV-M06", broken_size_map, [](Core& c) { --c.sizes[10]; }},
      {"INV-M06", broken_size_map, [](Core& c) { c.sizes[11] = 5; }},
      {"INV-M07", broken_sizes, [](Core& c) { --c.un.un_actual_tb; }},
      {"INV-M07", broken_sizes, [](Core& c) { c.un.un_total_blocks = c.un.un_actual_tb = 2147483648; }},
      {"INV-M10", broken_opens,
       [](Core& c) {
         c.table.units[0].exclusive = true;
         c.table.units[0].user_opens = 2;
       }},
  };
  for (const CoreBend& each : bends) {
    Core core;
    EXPECT_EQ(each.ask(core.table), "") << each.id;
    each.bend(core);
    EXPECT_NE(each.ask(core.table), "") << each.id;
  }
}

TEST(CoreRules, ALargeUnitWithItsLabelIsWhole_INVM07) {
  Core core;
  core.un.un_total_blocks = core.un.un_actual_tb = 2147483648;
  core.un.un_flag = 0x2;
  EXPECT_EQ(broken_sizes(core.table), "");
}

// ---- INV-M22 ----

TEST(Configurations, DifferInWhatACommandLeftBehind_INVM22) {
  const Configuration before{.units = {{10, {.record = 3, .keys = {1, 2, 3}}}},
                             .pools = {{1, {.record = 4, .references = 1, .spares = {5}}}},
                             .spares = {{5, 1}},
                             .names = {{1, 1}},
                             .s_un_avail = 8191};
  EXPECT_EQ(difference(before, before), "");
  Configuration after = before;
  after.names[1] = 2;
  EXPECT_EQ(difference(before, after), "name 1 is another");
  after = before;
  after.pools[1].spares.push_back(6);
  EXPECT_EQ(difference(before, after), "pool 1 is another");
  after = before;
  after.units.erase(10);
  EXPECT_EQ(difference(before, after), "unit 10 is gone");
  after = before;
  after.spares[6] = 1;
  EXPECT_EQ(difference(before, after), "spare 6 is new");
  after = before;
  --after.s_un_avail;
  EXPECT_EQ(difference(before, after), "8191 slots were free, 8190 are");
}

// ---- INV-E04 ----

md::SvmEvent config(EventSubclass subclass) {
  return {.event_class = EventClass::EC_SVM_CONFIG, .subclass = subclass, .device = 10};
}

TEST(AnnouncedChanges, AreThoseOfTheAnswer_INVE04) {
  scenarios::Ioctl replace;
  replace.verb = IoctlVerb::replace;
  const std::vector<md::SvmEvent> none, once{config(EventSubclass::ESC_SVM_REPLACE)}, twice{once[0], once[0]},
      other{once[0], config(EventSubclass::ESC_SVM_GROW)};
  EXPECT_EQ(unfitting_events(replace, md::no_error, once), "");
  EXPECT_NE(unfitting_events(replace, md::no_error, none), "");
  EXPECT_NE(unfitting_events(replace, md::no_error, twice), "");
  EXPECT_NE(unfitting_events(replace, md::no_error, other), "");
  const md::Error refused = md::mdmderror(md::MDE_RESYNC_ACTIVE, 10);
  EXPECT_EQ(unfitting_events(replace, refused, none), "");
  EXPECT_NE(unfitting_events(replace, refused, once), "");
  // ER-06: the change was made, its resync could not start.
  EXPECT_EQ(unfitting_events(replace, md::mdmderror(md::MDE_RAID_OPEN_FAILURE, 10), once), "");
}

// ---- INV-E07 ----

TEST(Events, NameWhatTheTableSays_INVE07) {
  testing::ManagerWorld world(1);
  const View view = world.manager->view();
  const DeviceNumber spare = world.disk(5).number();
  const auto state = [](EventSubclass subclass, EventTag tag, uint64_t device) {
    return md::SvmEvent{.event_class = EventClass::EC_SVM_STATE, .subclass = subclass, .tag = tag, .device = device};
  };
  EXPECT_EQ(misnamed(state(EventSubclass::ESC_SVM_ERRED, EventTag::SVM_TAG_METADEVICE, 10), view), "");
  EXPECT_EQ(misnamed(state(EventSubclass::ESC_SVM_HOTSPARED, EventTag::SVM_TAG_HS, 10), view), "");
  EXPECT_EQ(misnamed(state(EventSubclass::ESC_SVM_HS_FREED, EventTag::SVM_TAG_HS, spare), view), "");
  EXPECT_NE(misnamed(state(EventSubclass::ESC_SVM_HS_FREED, EventTag::SVM_TAG_HS, 10), view), "");
  EXPECT_NE(misnamed(state(EventSubclass::ESC_SVM_ERRED, EventTag::SVM_TAG_METADEVICE, 11), view), "");
  EXPECT_NE(misnamed(state(EventSubclass::ESC_SVM_RESYNC_START, EventTag::SVM_TAG_HS, 10), view), "");
  EXPECT_NE(misnamed(state(EventSubclass::ESC_SVM_CREATE, EventTag::SVM_TAG_METADEVICE, 10), view), "");
  EXPECT_EQ(misnamed(config(EventSubclass::ESC_SVM_CREATE), view), "");
}

}  // namespace
}  // namespace raidsim::harness
