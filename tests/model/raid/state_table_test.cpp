// tests/model/raid/state_table_test.cpp: the transition tables raid-data-model.md 4.4 and 4.5, row by row, as far as
// the state function makes them; the operations that call it have their own tests.
#include <gtest/gtest.h>

#include "model/raid/state.h"
#include "tests/model/raid/sample_unit.h"

namespace raidsim::raid {
namespace {

using testing::sample_unit;

constexpr auto n = Flavour::normal;
constexpr auto f = Flavour::forced;

/// States of the four columns: I init, O okay, E errored, L last errored, C copied, W rebuilt (weak), X init errored.
ColumnState state_of(char letter) {
  switch (letter) {
    case 'I':
      return RCS_INIT;
    case 'E':
      return RCS_ERRED;
    case 'L':
      return RCS_LAST_ERRED;
    case 'C':
    case 'W':
      return RCS_RESYNC;
    case 'X':
      return RCS_INIT_ERRED;
    default:
      return RCS_OKAY;
  }
}
Unit unit_of(const char* letters, UnitState state) {
  Unit unit = sample_unit();
  unit.un_state = state;
  for (size_t i = 0; i < 4; ++i) {
    Column& column = unit.columns[i];
    column.un_devstate = state_of(letters[i]);
    column.un_devflags = MD_RAID_DEV_ISOPEN;
    if (letters[i] == 'C') column.un_devflags |= MD_RAID_COPY_RESYNC;
    if (letters[i] == 'W') column.un_devflags |= MD_RAID_REGEN_RESYNC | MD_RAID_MISSED_WRITE;
    if (letters[i] == 'E') column.un_devflags |= MD_RAID_MISSED_WRITE;
    if (letters[i] == 'E') column.un_devflags &= ~uint32_t{MD_RAID_DEV_ISOPEN};
  }
  return unit;
}
std::string letters_of(const Unit& unit) {
  std::string letters;
  for (const Column& column : unit.columns) {
    switch (column.un_devstate) {
      case RCS_INIT:
        letters += 'I';
        break;
      case RCS_ERRED:
        letters += 'E';
        break;
      case RCS_LAST_ERRED:
        letters += 'L';
        break;
      case RCS_RESYNC:
        letters += column.weak() ? 'W' : 'C';
        break;
      case RCS_INIT_ERRED:
        letters += 'X';
        break;
      default:
        letters += 'O';
        break;
    }
  }
  return letters;
}

struct Row {
  const char* name;
  const char* before;
  UnitState unit_before;
  uint64_t column;
  ColumnState newstate;
  Flavour flavour;
  const char* after;
  UnitState unit_after;
  const char* closed = "";  ///< columns whose device is closed, as digits
  bool maint = false;       ///< NEEDS_MAINT
};

const Row rows[] = {
    // 4.4, columns
    {"INIT zeroed, others pending", "IIII", RUS_INIT, 0, RCS_OKAY, n, "OIII", RUS_INIT},
    {"INIT zeroed, last of a grow", "OOOI", RUS_OKAY, 3, RCS_OKAY, n, "OOOO", RUS_OKAY},
    {"INIT zeroing failed", "IIII", RUS_INIT, 2, RCS_INIT_ERRED, n, "IIXI", RUS_ERRED, "2", true},
    {"INIT zeroing failed, of a grow", "OOOI", RUS_OKAY, 3, RCS_INIT_ERRED, n, "OOOX", RUS_ERRED, "3", true},
    {"unit could not be opened, first", "IIII", RUS_INIT, 0, RCS_ERRED, n, "EIII", RUS_ERRED, "0", true},
    {"unit could not be opened, second", "EIII", RUS_ERRED, 1, RCS_ERRED, n, "ELII", RUS_LAST_ERRED},
    {"INIT_ERRED enabled", "OOOX", RUS_ERRED, 3, RCS_INIT, n, "OOOI", RUS_ERRED},
    {"re-initialisation did not start", "OOOI", RUS_ERRED, 3, RCS_INIT_ERRED, f, "OOOX", RUS_ERRED},
    {"I/O error, no other", "OOOO", RUS_OKAY, 1, RCS_ERRED, n, "OEOO", RUS_ERRED, "1", true},
    {"I/O error, another errored", "OEOO", RUS_ERRED, 2, RCS_ERRED, n, "OELO", RUS_LAST_ERRED},
    {"I/O error, a third", "OELO", RUS_LAST_ERRED, 3, RCS_ERRED, n, "OELL", RUS_LAST_ERRED},
    {"LAST_ERRED again, others errored", "OELO", RUS_LAST_ERRED, 2, RCS_ERRED, n, "OELO", RUS_LAST_ERRED},
    {"LAST_ERRED again, no other", "OOLO", RUS_LAST_ERRED, 2, RCS_ERRED, n, "OOEO", RUS_ERRED, "2"},
    {"RESYNC, error on un_dev, no other", "WOOO", RUS_ERRED, 0, RCS_ERRED, n, "EOOO", RUS_ERRED},
    {"RESYNC of a healthy column, error", "WOOO", RUS_OKAY, 0, RCS_ERRED, n, "EOOO", RUS_ERRED, "0", true},
    {"RESYNC, error on un_dev, another errored", "WOLO", RUS_LAST_ERRED, 0, RCS_ERRED, n, "LOLO", RUS_LAST_ERRED},
    {"another column while one is rebuilt (RH-03)", "WOOO", RUS_ERRED, 2, RCS_ERRED, n, "WOLO", RUS_LAST_ERRED},
    {"another column while one is copied", "COOO", RUS_OKAY, 2, RCS_ERRED, n, "COEO", RUS_ERRED, "2", true},
    {"resync request of ERRED", "OEOO", RUS_ERRED, 1, RCS_RESYNC, n, "OCOO", RUS_ERRED},
    {"resync request of LAST_ERRED", "OELO", RUS_LAST_ERRED, 2, RCS_RESYNC, n, "OECO", RUS_ERRED},
    {"resync request of OKAY", "OOOO", RUS_OKAY, 2, RCS_RESYNC, n, "OOCO", RUS_OKAY},
    {"no spare available", "OWOO", RUS_ERRED, 1, RCS_ERRED, f, "OEOO", RUS_ERRED},
    {"resync thread not started", "OWOO", RUS_ERRED, 1, RCS_ERRED, n, "OEOO", RUS_ERRED},
    {"resync complete", "OWOO", RUS_ERRED, 1, RCS_OKAY, n, "OOOO", RUS_OKAY},
    {"copy target failed, spare good", "OCOO", RUS_OKAY, 1, RCS_OKAY, n, "OOOO", RUS_OKAY},
    {"copy, another column errored meanwhile", "OCEO", RUS_ERRED, 1, RCS_OKAY, n, "OOEO", RUS_ERRED},
    {"resync complete, one LAST_ERRED (rule 10)", "OWLO", RUS_LAST_ERRED, 1, RCS_OKAY, n, "OOEO", RUS_ERRED, "2"},
    {"resync complete, two LAST_ERRED (rule 10)", "OWLL", RUS_LAST_ERRED, 1, RCS_OKAY, n, "OOLL", RUS_LAST_ERRED},
    {"clean-up: another column, forced", "OEOO", RUS_ERRED, 3, RCS_LAST_ERRED, f, "OEOL", RUS_ERRED},
    {"LAST_ERRED opens again", "OELO", RUS_LAST_ERRED, 2, RCS_OKAY, n, "OEOO", RUS_ERRED},
    {"first open: one device away", "OOOO", RUS_OKAY, 3, RCS_ERRED, n, "OOOE", RUS_ERRED, "3", true},
    {"same state again", "OEOO", RUS_ERRED, 1, RCS_ERRED, n, "OEOO", RUS_ERRED},
    // 4.5, units
    {"DOI stays", "OOXO", RUS_DOI, 2, RCS_OKAY, n, "OOOO", RUS_DOI},
    {"REGEN, first error", "OOOO", RUS_REGEN, 1, RCS_ERRED, n, "OEOO", RUS_ERRED, "1", true},
    {"OKAY to REGEN", "OOOO", RUS_OKAY, 0, RCS_REGEN, n, "OOOO", RUS_REGEN},
    {"REGEN needs all columns", "OOCO", RUS_OKAY, 0, RCS_REGEN, n, "OOCO", RUS_OKAY},
};

TEST(StateTable, RowsOf4_4And4_5_RT08) {
  for (const Row& row : rows) {
    Unit unit = unit_of(row.before, row.unit_before);
    const Unit before = unit;
    const StateChange change = raid_set_state(unit, ColumnIndex{row.column}, row.newstate, row.flavour, 77);
    EXPECT_EQ(letters_of(unit), row.after) << row.name;
    EXPECT_EQ(unit.un_state, row.unit_after) << row.name;
    std::string closed;
    bool maint = false;
    for (const StateEffect& effect : change.effects()) {
      if (effect.close_device) closed += static_cast<char>('0' + effect.column.value);
      maint = maint || effect.needs_maint;
    }
    EXPECT_EQ(closed, row.closed) << row.name;
    EXPECT_EQ(maint, row.maint) << row.name;
    for (size_t c = 0; c < 4; ++c) {
      if (c == row.column) continue;
      const bool rule_10 = unit.columns[c].un_devstate != before.columns[c].un_devstate;
      EXPECT_TRUE(unit.columns[c] == before.columns[c] || rule_10 || before.columns[c].un_devstate == RCS_LAST_ERRED)
          << row.name << ": column " << c;
    }
  }
}

// Rule 1: nothing changes, not even a time stamp. Rule 2: REGEN touches the unit's state alone.
TEST(StateTable, TimesAreStampedOnlyByChanges_Rule1_Rule2) {
  Unit unit = unit_of("OEOO", RUS_ERRED);
  const Unit before = unit;
  (void)raid_set_state(unit, ColumnIndex{1}, RCS_ERRED, n, 77);
  EXPECT_TRUE(unit == before);
  Unit okay = unit_of("OOOO", RUS_OKAY);
  Unit expected = okay;
  expected.un_state = RUS_REGEN;
  (void)raid_set_state(okay, ColumnIndex{0}, RCS_REGEN, n, 77);
  EXPECT_TRUE(okay == expected);
  (void)raid_set_state(unit, ColumnIndex{2}, RCS_ERRED, n, 78);
  EXPECT_EQ(unit.columns[2].un_devtimestamp_ns, 78);
  EXPECT_EQ(unit.un_timestamp_ns, 78);
}

// Whose log counts in a replay (RH-09), who is read as a source (RH-01), who is written (raid-io.md 7.3, RH-17). A
// rebuilt column's log will be made empty before it is used, and its rows count only below the resync line.
TEST(StateTable, WhatAColumnIsGoodFor_RH01_RH09_RH17) {
  struct Good {
    ColumnState state;
    uint32_t flags;
    bool replay, source, written;
  };
  const Good table[] = {
      {RCS_OKAY, 0, true, true, true},
      {RCS_ERRED, MD_RAID_MISSED_WRITE, false, false, false},
      {RCS_LAST_ERRED, 0, true, true, false},
      {RCS_LAST_ERRED, MD_RAID_MISSED_WRITE, false, false, false},
      {RCS_LAST_ERRED, MD_RAID_MISSED_WRITE | MD_RAID_LOG_COMPLETE, false, false, false},
      {RCS_LAST_ERRED, MD_RAID_MISSED_WRITE | MD_RAID_LOG_COMPLETE | MD_RAID_DEV_ISOPEN, true, false, false},
      {RCS_RESYNC, MD_RAID_COPY_RESYNC, true, true, true},
      {RCS_RESYNC, MD_RAID_COPY_RESYNC | MD_RAID_DEV_ERRED, false, false, false},
      {RCS_RESYNC, MD_RAID_REGEN_RESYNC, false, false, false},
  };
  Unit unit = sample_unit();
  for (const Good& good : table) {
    Column& column = unit.columns[0];
    column.un_devstate = good.state;
    column.un_devflags = good.flags;
    EXPECT_EQ(up_for_replay(column), good.replay) << name_of(good.state) << std::hex << good.flags;
    EXPECT_EQ(valid_for(unit, column, LineIndex{1}), good.source) << name_of(good.state) << std::hex << good.flags;
    EXPECT_EQ(usable_for_write(unit, column, LineIndex{1}), good.written)
        << name_of(good.state) << std::hex << good.flags;
  }
  unit.un_resync_line_index = 2;  // line 1 is rebuilt: the last row of the table
  EXPECT_FALSE(up_for_replay(unit.columns[0]));
  EXPECT_TRUE(valid_for(unit, unit.columns[0], LineIndex{1}));
  EXPECT_TRUE(usable_for_write(unit, unit.columns[0], LineIndex{1}));
}

// The mark of a missed write: set with every ERRED of either flavour, cleared by a finished resync or initialisation,
// and by nothing else (RT-14, RT-15).
TEST(StateTable, MissedWriteMark_RT14_RT15) {
  const auto missed_after = [](const char* letters, UnitState state, ColumnState next, Flavour flavour) {
    Unit unit = unit_of(letters, state);
    (void)raid_set_state(unit, ColumnIndex{0}, next, flavour, 1);
    return unit.columns[0].has(MD_RAID_MISSED_WRITE);
  };
  EXPECT_TRUE(missed_after("OOOO", RUS_OKAY, RCS_ERRED, n));
  EXPECT_TRUE(missed_after("OOOO", RUS_OKAY, RCS_ERRED, f));
  EXPECT_TRUE(missed_after("WOOO", RUS_ERRED, RCS_ERRED, f));
  EXPECT_FALSE(missed_after("WOOO", RUS_ERRED, RCS_OKAY, n));
  EXPECT_FALSE(missed_after("IIII", RUS_INIT, RCS_OKAY, n));
  EXPECT_TRUE(missed_after("EOOO", RUS_ERRED, RCS_RESYNC, n));
  EXPECT_FALSE(missed_after("OEOO", RUS_ERRED, RCS_ERRED, n)) << "a last-errored column has its data";
  EXPECT_TRUE(missed_after("WOLO", RUS_LAST_ERRED, RCS_ERRED, n)) << "a half-built one has not";
}

}  // namespace
}  // namespace raidsim::raid
