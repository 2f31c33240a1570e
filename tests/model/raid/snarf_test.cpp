// tests/model/raid/snarf_test.cpp: what a boot makes of a recorded unit (raid-admin.md 11, RH-17, RH-30). Pure part.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "model/raid/snarf.h"
#include "model/raid/state.h"
#include "tests/model/raid/sample_unit.h"

namespace raidsim::raid {
namespace {

using testing::sample_unit;

constexpr md::RecordId spare_record = 77;
const DeviceNumber spare_device = disk_slice(9, 0), moved = disk_slice(30, 0);

/// Keys 1 to 4 are the columns' own; the spare is known.
Resolver resolver() {
  return {.device_of_key = [](md::NameKey key) { return disk_slice(key - 1, 0); },
          .device_of_spare = [](md::RecordId id) { return id == spare_record ? spare_device : no_device; },
          .taken = [](DeviceNumber number) { return number == moved; }};
}
std::vector<SpareToFree> settle(Unit& unit) { return settle_snarfed(unit, resolver(), 5); }

void on_spare(Unit& unit, Column& column) {
  column.un_hs_id = spare_record;
  column.un_hs_key = 9;
  column.un_hs_pwstart = 4;
  column.un_hs_devstart = 4 + unit.un_pwsize;
  column.now = {.dev = disk_slice(20, 0), .pwstart = 4, .devstart = 4 + unit.un_pwsize};
}
Unit with_column_1(ColumnState state, uint32_t flags, bool spared, UnitState unit_state = RUS_ERRED) {
  Unit unit = sample_unit();
  unit.un_state = unit_state;
  unit.columns[1].un_devstate = state;
  unit.columns[1].un_devflags = flags;
  if (spared) on_spare(unit, unit.columns[1]);
  return unit;
}
constexpr uint32_t resync_flags = MD_RAID_COPY_RESYNC | MD_RAID_REGEN_RESYNC;

// Nothing of what ran is remembered: status, progress, open devices, alternates.
TEST(Snarf, WhatRanIsForgotten_11) {
  Unit unit = with_column_1(RCS_OKAY, 0, false, RUS_OKAY);
  unit.un_status = MD_UN_RESYNC_ACTIVE | MD_UN_REPLAYED | MD_UN_GROW_PENDING | MD_UN_RESYNC_FORCED;
  unit.un_resync_line_index = 2;
  unit.un_resync_index = 1;
  unit.un_resync_copysize = 8;
  unit.un_percent_done = 300;
  unit.un_init_colcnt = 2;
  unit.un_init_iocnt = 55;
  unit.un_pwid = 900;
  unit.un_grow_tb = 96;
  unit.columns[1].alt = unit.columns[1].orig;
  unit.columns[1].un_devflags = MD_RAID_DEV_ISOPEN | MD_RAID_ALT_ISOPEN | MD_RAID_WRITE_ALT | MD_RAID_RESYNC |
                                MD_RAID_RESYNC_ERRED | MD_RAID_DEV_ERRED | MD_RAID_HAS_LABEL | resync_flags |
                                MD_RAID_MISSED_WRITE;
  EXPECT_TRUE(settle(unit).empty());
  EXPECT_EQ(unit.un_status, 0U);
  EXPECT_EQ(unit.un_resync_line_index, 0U);
  EXPECT_EQ(unit.un_resync_index, no_column);
  EXPECT_EQ(unit.un_resync_copysize, 0U);
  EXPECT_EQ(unit.un_percent_done, 0U);
  EXPECT_EQ(unit.un_init_colcnt, 0U);
  EXPECT_EQ(unit.un_init_iocnt, 0U);
  EXPECT_EQ(unit.un_pwid, 1U);
  EXPECT_EQ(unit.un_grow_tb, 96U) << "RH-26: an interrupted initialisation needs it";
  EXPECT_EQ(unit.columns[1].alt.dev, no_device);
  EXPECT_EQ(unit.columns[1].un_devflags, MD_RAID_MISSED_WRITE);
}

struct SnarfRow {
  const char* name;
  ColumnState state;
  uint32_t flags;
  bool spared;
  bool alternate;
  uint32_t kept;        ///< flags afterwards
  DeviceNumber device;  ///< un_dev afterwards
};

TEST(Snarf, ColumnTableOf11_RH17) {
  const DeviceNumber own = disk_slice(1, 0);
  const SnarfRow rows[] = {
      {"hot spared, OKAY", RCS_OKAY, MD_RAID_COPY_RESYNC, true, false, 0, spare_device},
      {"hot spared, LAST_ERRED", RCS_LAST_ERRED, MD_RAID_REGEN_RESYNC, true, false, 0, spare_device},
      {"hot spared, RESYNC COPY", RCS_RESYNC, MD_RAID_COPY_RESYNC, true, true, MD_RAID_COPY_RESYNC, spare_device},
      {"hot spared, RESYNC REGEN", RCS_RESYNC, MD_RAID_REGEN_RESYNC, true, false, MD_RAID_REGEN_RESYNC, spare_device},
      {"hot spared, RESYNC of old, alternate", RCS_RESYNC, 0, true, true, MD_RAID_COPY_RESYNC, spare_device},
      {"hot spared, RESYNC of old, none", RCS_RESYNC, 0, true, false, MD_RAID_REGEN_RESYNC, spare_device},
      {"hot spared, COPY from a bad spare", RCS_RESYNC, MD_RAID_COPY_RESYNC | MD_RAID_DEV_ERRED, true, true,
       MD_RAID_COPY_RESYNC | MD_RAID_DEV_ERRED, spare_device},
      {"hot spared, ERRED", RCS_ERRED, MD_RAID_MISSED_WRITE | MD_RAID_DEV_ERRED, true, false, MD_RAID_MISSED_WRITE,
       spare_device},
      {"own device, OKAY", RCS_OKAY, MD_RAID_HAS_LABEL | MD_RAID_DEV_ERRED, false, false, 0, own},
      {"own device, RESYNC", RCS_RESYNC, MD_RAID_COPY_RESYNC | MD_RAID_MISSED_WRITE, false, false,
       MD_RAID_REGEN_RESYNC | MD_RAID_MISSED_WRITE, own},
      {"own device, LAST_ERRED, log complete", RCS_LAST_ERRED, MD_RAID_MISSED_WRITE | MD_RAID_LOG_COMPLETE, false,
       false, MD_RAID_MISSED_WRITE | MD_RAID_LOG_COMPLETE, own},
  };
  for (const SnarfRow& row : rows) {
    Unit unit = with_column_1(row.state, row.flags, row.spared, RUS_ERRED);
    // A last-errored column has an errored one beside it.
    if (row.state == RCS_LAST_ERRED) unit.columns[3].un_devstate = RCS_ERRED;
    if (row.alternate) unit.columns[1].alt = unit.columns[1].orig;
    EXPECT_TRUE(settle(unit).empty()) << row.name;
    const Column& column = unit.columns[1];
    EXPECT_EQ(column.un_devstate, row.state) << row.name;
    EXPECT_EQ(column.un_devflags, row.kept) << row.name;
    EXPECT_EQ(column.now.dev, row.device) << row.name;
    EXPECT_EQ(column.now.devstart, column.now.pwstart + unit.un_pwsize) << row.name;  // RS-02
  }
}

// A spare that the pool does not know gives no device, not that of the column before it (RH-30).
TEST(Snarf, UnknownSpareIsNoDevice_RH30) {
  Unit unit = with_column_1(RCS_OKAY, 0, true, RUS_OKAY);
  unit.columns[1].un_hs_id = 5;
  (void)settle(unit);
  EXPECT_EQ(unit.columns[1].now.dev, no_device);
}

// What does not resolve keeps its number, in words alone, as long as no other disk has it today (MD-17).
TEST(Snarf, UnresolvedDeviceIsNotUsed_11_MD17) {
  for (const bool taken : {false, true}) {
    Unit unit = sample_unit();
    const Resolver none{.device_of_key = [](md::NameKey key) { return key == 2 ? no_device : moved; },
                        .device_of_spare = [](md::RecordId) { return no_device; },
                        .taken = [taken](DeviceNumber) { return taken; }};
    (void)settle_snarfed(unit, none, 5);
    EXPECT_EQ(unit.columns[1].orig.dev, taken ? no_device : disk_slice(1, 0));
    EXPECT_EQ(unit.columns[1].now.dev, no_device);
    EXPECT_EQ(unit.columns[0].orig.dev, moved);
    EXPECT_EQ(unit.columns[0].now.dev, moved);
  }
}

// The spare of a rebuild that is away, and another disk under its number.
TEST(Snarf, RebuildOnASpareThatIsAwayIsOnNoOtherDisk_MD17) {
  for (const bool taken : {false, true}) {
    Unit unit = with_column_1(RCS_RESYNC, MD_RAID_REGEN_RESYNC, true);
    Resolver away = resolver();
    away.device_of_spare = [](md::RecordId) { return no_device; };
    away.taken = [taken](DeviceNumber) { return taken; };
    (void)settle_snarfed(unit, away, 5);
    EXPECT_EQ(unit.columns[1].now.dev, taken ? no_device : disk_slice(20, 0));
  }
}

// A rebuild cannot go on beside an errored column: the spare goes back free, the column is errored on its own device;
// the errored column stays what it is (RH-30).
TEST(Snarf, RebuildBesideAnErroredColumnIsGivenUp_RH30) {
  for (const ColumnState other : {RCS_ERRED, RCS_LAST_ERRED}) {
    Unit unit = with_column_1(RCS_RESYNC, MD_RAID_REGEN_RESYNC | MD_RAID_DEV_ERRED, true, RUS_ERRED);
    unit.columns[2].un_devstate = other;
    const auto freed = settle(unit);
    ASSERT_EQ(freed.size(), 1U);
    EXPECT_EQ(freed[0].key, 9U);
    EXPECT_EQ(unit.columns[1].un_devstate, RCS_ERRED);
    EXPECT_EQ(unit.columns[1].un_devflags, MD_RAID_MISSED_WRITE);
    EXPECT_FALSE(unit.columns[1].hot_spared());
    EXPECT_TRUE(unit.columns[1].now == unit.columns[1].orig);
    EXPECT_EQ(unit.columns[2].un_devstate, other);
    EXPECT_EQ(unit.un_state, RUS_LAST_ERRED);
  }
}

// A copy may go on: its spare holds all the data.
TEST(Snarf, CopyBesideAnErroredColumnGoesOn_RH30) {
  Unit unit = with_column_1(RCS_RESYNC, MD_RAID_COPY_RESYNC, true, RUS_ERRED);
  unit.columns[2].un_devstate = RCS_ERRED;
  EXPECT_TRUE(settle(unit).empty());
  EXPECT_TRUE(unit.columns[1].copying());
  EXPECT_TRUE(unit.columns[1].hot_spared());
  EXPECT_EQ(unit.un_state, RUS_ERRED);
}

TEST(Snarf, InitDoiAndRegenStand_RH30) {
  for (const UnitState state : {RUS_INIT, RUS_DOI, RUS_REGEN}) {
    Unit unit = sample_unit();
    unit.un_state = state;
    (void)settle(unit);
    EXPECT_EQ(unit.un_state, state);
  }
}

// Whatever a crash left in the record, the unit that comes back is a legal one (RC-04).
RC_GTEST_PROP(Snarf, AnyRecordComesBackLegal_RC04_RT04_RT05_RT12_RT14, ()) {
  Unit unit = sample_unit(5);
  unit.un_state = *rc::gen::element(RUS_OKAY, RUS_ERRED, RUS_LAST_ERRED);
  bool resync = false;
  for (Column& column : unit.columns) {
    column.un_devstate = *rc::gen::element(RCS_OKAY, RCS_OKAY, RCS_ERRED, RCS_LAST_ERRED, RCS_RESYNC);
    if (column.un_devstate == RCS_RESYNC && std::exchange(resync, true)) column.un_devstate = RCS_OKAY;
    column.un_devflags = *rc::gen::arbitrary<uint32_t>() &
                         (resync_flags | MD_RAID_DEV_ERRED | MD_RAID_RESYNC | MD_RAID_DEV_ISOPEN | MD_RAID_WRITE_ALT);
    if ((column.un_devflags & resync_flags) == resync_flags) column.un_devflags &= ~uint32_t{MD_RAID_COPY_RESYNC};
    if (column.un_devstate == RCS_ERRED) column.un_devflags |= MD_RAID_MISSED_WRITE;
    if (*rc::gen::inRange(0, 3) == 0) on_spare(unit, column);
  }
  (void)settle(unit);
  uint32_t weak = 0;
  for (const Column& column : unit.columns) {
    weak += counts_as_weak(column) ? 1U : 0U;
    const uint32_t kind = column.un_devflags & resync_flags;
    const bool one_kind = column.un_devstate == RCS_RESYNC ? kind != 0 && kind != resync_flags : kind == 0;
    RC_ASSERT(one_kind);                                                               // RT-12
    if (column.un_devstate == RCS_ERRED) RC_ASSERT(column.has(MD_RAID_MISSED_WRITE));  // RT-14
    RC_ASSERT(column.hot_spared() || column.now == column.orig);                       // RS-04
    RC_ASSERT(column.alt.dev == no_device);
  }
  const uint32_t errored = unit.count(RCS_ERRED | RCS_LAST_ERRED);
  RC_ASSERT((unit.un_state == RUS_LAST_ERRED) == (errored >= 1 && errored + weak >= 2));  // RT-05
  if (unit.un_state == RUS_OKAY) RC_ASSERT(errored == 0U);
  if (unit.un_state != RUS_LAST_ERRED) RC_ASSERT(unit.count(RCS_LAST_ERRED) == 0U);
}

}  // namespace
}  // namespace raidsim::raid
