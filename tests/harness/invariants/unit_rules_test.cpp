// RS and RT: one unit is whole, a bent one is told by the rule that its bend breaks.
#include "harness/invariants/unit_rules.h"

#include <gtest/gtest.h>

#include <functional>
#include <map>

#include "tests/model/raid/sample_unit.h"

namespace raidsim::harness {
namespace {

using namespace raid;
using raid::testing::sample_unit;

const UnitRule& rule(std::string_view id) {
  for (const auto rules : {structure_rules(), state_rules()}) {
    for (const UnitRule& r : rules) {
      if (r.info.id == id) return r;
    }
  }
  ADD_FAILURE() << "no rule " << id;
  return structure_rules().front();
}

const ChangeRule& change(std::string_view id) {
  for (const ChangeRule& r : change_rules()) {
    if (r.info.id == id) return r;
  }
  ADD_FAILURE() << "no rule " << id;
  return change_rules().front();
}

void set(Unit& u, size_t column, ColumnState state, uint32_t flags = 0) {
  u.columns[column].un_devstate = state;
  u.columns[column].un_devflags = flags;
}

/// A column on a spare, which is device 9.
void hot_spare(Unit& u, size_t column) {
  Column& c = u.columns[column];
  c.un_hs_id = 77;
  c.un_hs_key = 9;
  c.un_hs_pwstart = 0;
  c.un_hs_devstart = u.un_pwsize;
  c.now = {.dev = disk_slice(9, 0), .pwstart = 0, .devstart = u.un_pwsize};
}

/// ERRED, degraded by column 1.
Unit degraded() {
  Unit u = sample_unit();
  u.un_state = RUS_ERRED;
  set(u, 1, RCS_ERRED, MD_RAID_MISSED_WRITE);
  return u;
}

/// Column 1 is rebuilt, line 2 next.
Unit rebuilding() {
  Unit u = degraded();
  set(u, 1, RCS_RESYNC, MD_RAID_MISSED_WRITE | MD_RAID_REGEN_RESYNC | MD_RAID_DEV_ERRED);
  u.un_status |= MD_UN_RESYNC_ACTIVE;
  u.un_resync_index = 1;
  u.un_resync_line_index = 2;
  u.un_resync_copysize = 8;
  return u;
}

/// Column 1 is copied back from its spare.
Unit copying() {
  Unit u = sample_unit();
  hot_spare(u, 1);
  set(u, 1, RCS_RESYNC, MD_RAID_COPY_RESYNC);
  u.columns[1].alt = u.columns[1].orig;
  u.un_status |= MD_UN_RESYNC_ACTIVE;
  u.un_resync_index = 1;
  u.un_resync_copysize = 8;
  return u;
}

// What the volume manager may show at rest breaks no rule at all.
TEST(UnitRules, LegalUnitsBreakNothing) {
  Unit created = sample_unit();
  created.un_state = RUS_INIT;
  for (size_t c = 0; c < 4; ++c) set(created, c, RCS_INIT);
  Unit last = degraded();
  set(last, 2, RCS_LAST_ERRED);
  last.un_state = RUS_LAST_ERRED;
  Unit second = rebuilding();
  set(second, 2, RCS_LAST_ERRED);
  second.un_state = RUS_LAST_ERRED;
  Unit erred_copy = copying();  // the spare failed, the thread has not noticed yet
  erred_copy.columns[1].un_devstate = RCS_ERRED;
  erred_copy.columns[1].un_devflags |= MD_RAID_MISSED_WRITE;
  erred_copy.un_state = RUS_ERRED;
  Unit spared = sample_unit();
  hot_spare(spared, 0);

  for (const Unit& u :
       {sample_unit(), degraded(), rebuilding(), copying(), created, last, second, erred_copy, spared}) {
    for (const auto rules : {structure_rules(), state_rules()}) {
      for (const UnitRule& r : rules) {
        if (r.info.when == When::quiescent) continue;
        EXPECT_EQ(r.ask(u), "") << r.info.id;
      }
    }
  }
  for (const Unit& u : {sample_unit(), degraded(), last, spared}) EXPECT_EQ(rule("RT-17").ask(u), "");
}

struct Bend {
  const char* id;
  Unit (*start)();
  void (*bend)(Unit&);
};
Unit whole() { return sample_unit(); }

const Bend bends[] = {
    {"RS-01", whole, [](Unit& u) { u.un_pwcnt = 11; }},
    {"RS-01", whole, [](Unit& u) { u.un_iosize = 8; }},
    {"RS-01", whole, [](Unit& u) { u.un_origcolumncnt = 2; }},
    {"RS-02", whole, [](Unit& u) { u.columns[2].orig.devstart += 1; }},
    {"RS-02", copying, [](Unit& u) { u.columns[1].alt.devstart += 1; }},
    {"RS-04", whole, [](Unit& u) { u.columns[2].now.dev = disk_slice(8, 0); }},
    {"RS-04", whole, [](Unit& u) { u.columns[2].un_hs_key = 5; }},
    {"RS-04", copying, [](Unit& u) { u.columns[1].now.pwstart += 1; }},
    {"RS-05", whole, [](Unit& u) { u.columns[0].alt = u.columns[0].orig; }},
    {"RS-05", copying, [](Unit& u) { u.columns[1].un_devflags = MD_RAID_REGEN_RESYNC; }},
    {"RS-06", copying, [](Unit& u) { u.columns[1].un_devflags |= MD_RAID_WRITE_ALT; }},
    {"RS-06", whole, [](Unit& u) { u.columns[1].un_devflags |= MD_RAID_ALT_ISOPEN; }},
    {"RS-07", whole, [](Unit& u) { u.columns[0].now.dev = u.columns[3].now.dev; }},
    {"RS-08", whole, [](Unit& u) { u.un_total_blocks += 1; }},
    {"RT-01", whole, [](Unit& u) { u.columns[0].un_devstate = RCS_REGEN; }},
    {"RT-01", whole, [](Unit& u) { u.un_state = RUS_UNUSED; }},
    {"RT-02", rebuilding, [](Unit& u) { set(u, 3, RCS_RESYNC, MD_RAID_REGEN_RESYNC); }},
    {"RT-03", degraded, [](Unit& u) { u.un_state = RUS_OKAY; }},
    {"RT-03", rebuilding, [](Unit& u) { u.un_state = RUS_OKAY; }},
    {"RT-04", rebuilding, [](Unit& u) { set(u, 2, RCS_ERRED, MD_RAID_MISSED_WRITE); }},
    {"RT-04", whole, [](Unit& u) { u.un_state = RUS_ERRED; }},
    {"RT-05", degraded, [](Unit& u) { set(u, 2, RCS_LAST_ERRED); }},
    {"RT-05", degraded, [](Unit& u) { u.un_state = RUS_LAST_ERRED; }},
    {"RT-06", whole, [](Unit& u) { u.un_state = RUS_INIT; }},
    {"RT-06", whole, [](Unit& u) { u.un_state = RUS_DOI; }},
    {"RT-07", degraded, [](Unit& u) { u.un_state = RUS_REGEN; }},
    {"RT-09", rebuilding, [](Unit& u) { u.un_resync_index = 2; }},
    {"RT-09", rebuilding, [](Unit& u) { u.columns[1].un_devstate = RCS_OKAY; }},
    {"RT-11", rebuilding, [](Unit& u) { u.un_status |= MD_UN_GROW_PENDING; }},
    {"RT-12", rebuilding, [](Unit& u) { u.columns[1].un_devflags |= MD_RAID_COPY_RESYNC; }},
    {"RT-12", whole, [](Unit& u) { u.columns[1].un_devflags |= MD_RAID_REGEN_RESYNC; }},
    {"RT-14", degraded, [](Unit& u) { u.columns[1].un_devflags = 0; }},
    {"RT-14", whole, [](Unit& u) { u.columns[1].un_devflags = MD_RAID_MISSED_WRITE; }},
    {"RT-17", rebuilding, [](Unit&) {}},
    {"RT-17", whole, [](Unit& u) { u.un_resync_copysize = 8; }},
};

TEST(UnitRules, EachBendIsToldByItsRule) {
  for (const Bend& b : bends) {
    Unit u = b.start();
    b.bend(u);
    EXPECT_NE(rule(b.id).ask(u), "") << b.id << ", bend " << &b - bends;
  }
}

// A grown column and a last-errored one are exceptions that the rules know.
TEST(UnitRules, ExceptionsOfTheSpecificationAreLeftAlone) {
  Unit growing = sample_unit();
  growing.un_status |= MD_UN_GROW_PENDING;
  set(growing, 3, RCS_INIT);
  EXPECT_EQ(rule("RT-03").ask(growing), "");
  Unit errored_source = copying();  // RH-17: a copy whose source is errored may count as weak or not
  errored_source.columns[1].un_devflags |= MD_RAID_DEV_ERRED;
  set(errored_source, 2, RCS_ERRED, MD_RAID_MISSED_WRITE);
  for (const UnitState state : {RUS_ERRED, RUS_LAST_ERRED}) {
    errored_source.un_state = state;
    EXPECT_EQ(rule("RT-05").ask(errored_source), "");
    EXPECT_EQ(rule("RT-04").ask(errored_source), "");
  }
}

// RT-08 over its whole domain: what 4.4 lists, and what several rows make in one hold.
TEST(ChangeRules, OnlyTheTablesTransitionsPass_RT08) {
  constexpr ColumnState all[] = {RCS_INIT, RCS_OKAY, RCS_ERRED, RCS_LAST_ERRED, RCS_RESYNC, RCS_INIT_ERRED};
  const std::map<ColumnState, uint32_t> allowed = {{RCS_INIT, RCS_OKAY | RCS_ERRED | RCS_LAST_ERRED | RCS_INIT_ERRED},
                                                   {RCS_OKAY, RCS_ERRED | RCS_LAST_ERRED | RCS_RESYNC},
                                                   {RCS_ERRED, RCS_RESYNC},
                                                   {RCS_LAST_ERRED, RCS_ERRED | RCS_RESYNC | RCS_OKAY},
                                                   {RCS_RESYNC, RCS_OKAY | RCS_ERRED | RCS_LAST_ERRED},
                                                   {RCS_INIT_ERRED, RCS_INIT}};
  for (const ColumnState from : all) {
    for (const ColumnState to : all) {
      Unit before = sample_unit(), now = sample_unit();
      set(before, 2, from);
      set(now, 2, to);
      const bool good = from == to || (allowed.at(from) & to) != 0;
      EXPECT_EQ(change("RT-08").ask(before, now).empty(), good) << word_of(from) << " to " << word_of(to);
    }
  }
  Unit regen = degraded();
  regen.un_state = RUS_REGEN;
  EXPECT_NE(change("RT-08").ask(degraded(), regen), "");
}

// K22, K24: nothing but a resync, or D-17's log, makes a column whole that missed a write.
TEST(ChangeRules, MissedWritesAreMadeGood_RT15) {
  Unit okay = sample_unit();
  EXPECT_NE(change("RT-15").ask(degraded(), okay), "");
  EXPECT_EQ(change("RT-15").ask(rebuilding(), okay), "");
  EXPECT_EQ(change("RT-15").ask(degraded(), rebuilding()), "");
  Unit last = degraded();
  set(last, 2, RCS_LAST_ERRED, MD_RAID_MISSED_WRITE);
  Unit back = degraded();
  EXPECT_NE(change("RT-15").ask(last, back), "");
  last.columns[2].un_devflags |= MD_RAID_LOG_COMPLETE;
  EXPECT_EQ(change("RT-15").ask(last, back), "");
}

TEST(ChangeRules, PwidsOnlyGrow_RL09) {
  Unit before = sample_unit(), now = sample_unit();
  before.un_pwid = 7;
  now.un_pwid = 8;
  EXPECT_EQ(change("RL-09").ask(before, now), "");
  EXPECT_NE(change("RL-09").ask(now, before), "");
}

// RT-13: the line grows, falls to 0 at the end, and goes back by one region when a copy is handed over.
TEST(ResyncLine, GrowsAndEndsAtZero_RT13) {
  ResyncLineFollower follower;
  Unit a = rebuilding(), b = rebuilding();
  b.un_resync_line_index = 3;
  EXPECT_EQ(follower.look(a, b), "");
  EXPECT_NE(follower.look(b, a), "");  // fell without an end
  Unit ended = rebuilding();
  ended.un_resync_line_index = 0;
  EXPECT_EQ(follower.look(b, ended), "");
  EXPECT_EQ(follower.look(ended, ended), "");
  EXPECT_NE(follower.look(ended, a), "");  // and rose again under the same request
  Unit none = degraded();
  none.un_resync_line_index = 1;
  EXPECT_NE(follower.look(degraded(), none), "");
  Unit beyond = rebuilding();
  beyond.un_resync_line_index = 4;
  EXPECT_NE(follower.look(a, beyond), "");
}

TEST(ResyncLine, HandOverMayRepeatOneRegion_RT13) {
  ResyncLineFollower follower;
  Unit copy = copying(), repeated = copying(), handed = rebuilding();
  copy.un_resync_line_index = 3;
  repeated.un_resync_line_index = 2;
  handed.un_resync_line_index = 2;
  EXPECT_EQ(follower.look(copy, repeated), "");
  EXPECT_EQ(follower.look(repeated, handed), "");
  Unit far = copying();
  far.un_resync_line_index = 1;
  EXPECT_NE(follower.look(copy, far), "");
}

TEST(Map, TheFormulasHoldForGrownUnitsToo_RS09) {
  EXPECT_EQ(broken_map({.original_columns = 3, .columns = 3, .segment_blocks = 2, .lines = 1}), "");
  EXPECT_EQ(broken_map({.original_columns = 4, .columns = 6, .segment_blocks = 8, .lines = 10}), "");
  EXPECT_EQ(broken_map({.original_columns = 5, .columns = 5, .segment_blocks = 17, .lines = 8}), "");
}

// K04: right in the first line, wrong below it.
TEST(Map, AWrongLineIsTold_RS09) {
  const auto shifted = [](SegmentIndex segment, const Geometry& geometry) {
    SegmentPlace place = place_of(segment, geometry);
    if (place.line.value > 0) place.data = ColumnIndex{(place.data.value + 1) % geometry.columns};
    return place;
  };
  EXPECT_EQ(broken_map({.original_columns = 4, .columns = 4, .segment_blocks = 8, .lines = 1}, shifted), "");
  EXPECT_NE(broken_map({.original_columns = 4, .columns = 4, .segment_blocks = 8, .lines = 2}, shifted), "");
}

// RC-05, K22: the record decides what a boot may make of a column.
TEST(Boot, TrustsNoColumnThatTheRecordDoesNot_RC05) {
  Column c;
  c.un_devstate = RCS_RESYNC;
  EXPECT_FALSE(may_boot_as(c, RCS_OKAY));
  EXPECT_TRUE(may_boot_as(c, RCS_ERRED));
  c.un_devstate = RCS_ERRED;
  EXPECT_FALSE(may_boot_as(c, RCS_OKAY));
  c.un_devstate = RCS_LAST_ERRED;
  EXPECT_TRUE(may_boot_as(c, RCS_OKAY));
  c.un_devflags = MD_RAID_MISSED_WRITE;
  EXPECT_FALSE(may_boot_as(c, RCS_OKAY));
}

TEST(ColumnValid, IsTheHardeningRulesDefinition_RL15) {
  const Unit u = rebuilding();
  EXPECT_TRUE(column_valid(u, u.columns[0], 2));
  EXPECT_TRUE(column_valid(u, u.columns[1], 1));
  EXPECT_FALSE(column_valid(u, u.columns[1], 2));
  EXPECT_FALSE(column_valid(degraded(), degraded().columns[1], 0));
}

TEST(InvariantTable, HasEachIdOnceInOrder) {
  const auto table = invariant_table();
  EXPECT_GT(table.size(), 50u);
  for (size_t i = 1; i < table.size(); ++i) EXPECT_NE(table[i - 1].id, table[i].id);
  for (const auto& invariant : make_invariants()) EXPECT_NE(invariant->occasions(), 0u) << invariant->info().id;
}

}  // namespace
}  // namespace raidsim::harness
