// tests/model/raid/state_test.cpp: the state function against a model written from the text of its rules.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "engine/assert.h"
#include "model/raid/state.h"
#include "tests/model/raid/sample_unit.h"

namespace raidsim::raid {
namespace {

using testing::sample_unit;

constexpr auto normal = Flavour::normal;

StateChange set(Unit& unit, uint64_t column, ColumnState state, Flavour flavour = normal) {
  return raid_set_state(unit, ColumnIndex{column}, state, flavour, 77);
}

// A resync is recorded, but a boot cannot start it: the set is stale. Then the column's device is missing, and what is
// left is an errored column, no half of a resync.
TEST(State, ARecordedResyncThatNeverRanLeavesNoFlag_RT12) {
  Unit unit = sample_unit();
  unit.columns[1].un_devstate = RCS_RESYNC;
  unit.columns[1].un_devflags |= MD_RAID_REGEN_RESYNC;
  static_cast<void>(set(unit, 1, RCS_ERRED));
  EXPECT_FALSE(unit.columns[1].has(MD_RAID_REGEN_RESYNC));

  unit.columns[1].un_devstate = RCS_RESYNC;  // one that runs ends with its flags
  unit.columns[1].un_devflags |= MD_RAID_REGEN_RESYNC;
  unit.un_status |= MD_UN_RESYNC_ACTIVE;
  static_cast<void>(set(unit, 1, RCS_ERRED));
  EXPECT_TRUE(unit.columns[1].has(MD_RAID_REGEN_RESYNC));
}

// One disk fails, then another. The first is out of service at once and its device closed; the second holds the
// only copy of its data and stays open.
TEST(State, SecondFailureIsLastErred_RT05) {
  Unit unit = sample_unit();
  for (Column& column : unit.columns) column.un_devflags |= MD_RAID_DEV_ISOPEN;

  const StateChange first = set(unit, 1, RCS_ERRED);
  EXPECT_EQ(unit.columns[1].un_devstate, RCS_ERRED);
  EXPECT_TRUE(unit.columns[1].has(MD_RAID_MISSED_WRITE));  // RT-14
  EXPECT_EQ(unit.un_state, RUS_ERRED);
  ASSERT_EQ(first.effects().size(), 1U);
  EXPECT_TRUE(first.effects()[0].needs_maint && first.effects()[0].close_device);
  EXPECT_FALSE(unit.columns[1].has(MD_RAID_DEV_ISOPEN));  // RT-16

  const StateChange second = set(unit, 3, RCS_ERRED);
  EXPECT_EQ(unit.columns[3].un_devstate, RCS_LAST_ERRED);
  EXPECT_FALSE(unit.columns[3].has(MD_RAID_MISSED_WRITE));
  EXPECT_EQ(unit.columns[1].un_devstate, RCS_ERRED);
  EXPECT_EQ(unit.un_state, RUS_LAST_ERRED);
  EXPECT_FALSE(second.effects()[0].needs_maint || second.effects()[0].close_device);
}

// A disk fails while another is being rebuilt: the rebuilt one holds nothing to rely on yet (RH-03), so writes must
// stop at once and the failing one keeps its content.
TEST(State, FailureDuringARebuildIsLastErred_RH03) {
  Unit unit = sample_unit();
  unit.columns[0].un_devflags = MD_RAID_REGEN_RESYNC | MD_RAID_MISSED_WRITE;
  unit.columns[0].un_devstate = RCS_RESYNC;
  unit.un_state = RUS_ERRED;
  (void)set(unit, 2, RCS_ERRED);
  EXPECT_EQ(unit.columns[2].un_devstate, RCS_LAST_ERRED);
  EXPECT_EQ(unit.un_state, RUS_LAST_ERRED);
}

// The same during a copy: the spare holds all the data, so one failure is one failure.
TEST(State, FailureDuringACopyIsErred_RH03) {
  Unit unit = sample_unit();
  unit.columns[0].un_devstate = RCS_RESYNC;
  unit.columns[0].un_devflags = MD_RAID_COPY_RESYNC;
  (void)set(unit, 2, RCS_ERRED);
  EXPECT_EQ(unit.columns[2].un_devstate, RCS_ERRED);
  EXPECT_EQ(unit.un_state, RUS_ERRED);
}

// A half-built replacement of a healthy column fails when another column is errored already: it becomes last
// errored, but must never pass for a column with complete data.
TEST(State, HalfBuiltColumnIsNoSource_RL15) {
  Unit unit = sample_unit();
  unit.columns[0].un_devstate = RCS_RESYNC;
  unit.columns[0].un_devflags = MD_RAID_REGEN_RESYNC;
  unit.un_resync_line_index = 2;
  (void)set(unit, 1, RCS_ERRED);
  (void)set(unit, 0, RCS_ERRED);
  ASSERT_EQ(unit.columns[0].un_devstate, RCS_LAST_ERRED);
  EXPECT_FALSE(valid_for(unit, unit.columns[0], LineIndex{0}));
}

TEST(State, EndOfResyncTurnsOneLastErredColumnErred_Rule10) {
  Unit unit = sample_unit();
  unit.columns[0].un_devstate = RCS_RESYNC;
  unit.columns[0].un_devflags = MD_RAID_REGEN_RESYNC | MD_RAID_MISSED_WRITE;
  unit.columns[2].un_devstate = RCS_LAST_ERRED;
  unit.columns[2].un_devflags = MD_RAID_DEV_ISOPEN;
  unit.un_state = RUS_LAST_ERRED;
  const StateChange change = set(unit, 0, RCS_OKAY);
  EXPECT_FALSE(unit.columns[0].has(MD_RAID_MISSED_WRITE));
  EXPECT_EQ(unit.columns[2].un_devstate, RCS_ERRED);
  EXPECT_EQ(unit.un_state, RUS_ERRED);
  ASSERT_EQ(change.effects().size(), 2U);
  EXPECT_TRUE(change.effects()[1].close_device);
}

TEST(State, RowsOfTheRegionInProgressAreNoSource_RL15) {
  Unit unit = sample_unit();
  unit.columns[0].un_devstate = RCS_RESYNC;
  unit.columns[0].un_devflags = MD_RAID_REGEN_RESYNC;
  unit.un_resync_line_index = 2;
  unit.un_resync_busy_line = 1;
  EXPECT_TRUE(valid_for(unit, unit.columns[0], LineIndex{0}));
  EXPECT_FALSE(valid_for(unit, unit.columns[0], LineIndex{1}));
  EXPECT_TRUE(usable_for_write(unit, unit.columns[0], LineIndex{1}));  // the line lock keeps writers out
}

TEST(State, OnlyTheFirstMissedHomeWriteLeavesTheLogComplete_D17) {
  Unit unit = sample_unit();
  (void)set(unit, 0, RCS_ERRED);
  note_missed_home_write(unit, ColumnIndex{0});
  EXPECT_FALSE(unit.columns[0].has(MD_RAID_LOG_COMPLETE));
  (void)set(unit, 1, RCS_ERRED);
  note_missed_home_write(unit, ColumnIndex{1});
  EXPECT_TRUE(unit.columns[1].has(MD_RAID_LOG_COMPLETE | MD_RAID_MISSED_WRITE));
  EXPECT_FALSE(up_for_replay(unit.columns[1]));
  unit.columns[1].un_devflags |= MD_RAID_DEV_ISOPEN;
  EXPECT_TRUE(up_for_replay(unit.columns[1]));
}

TEST(State, TwoResyncsAreABug_RT02) {
  Unit unit = sample_unit();
  (void)set(unit, 0, RCS_RESYNC);
  EXPECT_THROW((void)set(unit, 1, RCS_RESYNC), AssertionFailure);
}

TEST(State, RegenNeedsEveryColumnOkay) {
  Unit unit = sample_unit();
  (void)set(unit, 0, RCS_REGEN);
  EXPECT_EQ(unit.un_state, RUS_REGEN);
  (void)set(unit, 2, RCS_ERRED);
  EXPECT_EQ(unit.un_state, RUS_ERRED);
  (void)set(unit, 0, RCS_REGEN);
  EXPECT_EQ(unit.un_state, RUS_ERRED);
}

TEST(State, ForcedFlavourFollowsItsTable) {
  const std::pair<ColumnState, UnitState> rows[] = {{RCS_INIT, RUS_INIT},        {RCS_OKAY, RUS_OKAY},
                                                    {RCS_RESYNC, RUS_ERRED},     {RCS_ERRED, RUS_ERRED},
                                                    {RCS_LAST_ERRED, RUS_ERRED}, {RCS_INIT_ERRED, RUS_ERRED}};
  for (const auto& [column, expected] : rows) {
    Unit unit = sample_unit();
    unit.columns[1].un_devstate = RCS_ERRED;
    const StateChange change = set(unit, 0, column, Flavour::forced);
    EXPECT_EQ(unit.un_state, expected) << name_of(column);
    EXPECT_EQ(unit.columns[0].un_devstate, column);
    EXPECT_TRUE(change.effects().empty());
  }
  Unit unit = sample_unit();
  unit.un_state = RUS_LAST_ERRED;
  (void)set(unit, 0, RCS_RESYNC, Flavour::forced);
  EXPECT_EQ(unit.un_state, RUS_LAST_ERRED);
}

/// Rules 1 to 8, written down a second time over plain lists: which states column and unit end in.
struct Model {
  std::vector<ColumnState> states;
  std::vector<bool> weak;  ///< RESYNC with REGEN
  UnitState unit = RUS_OKAY;

  [[nodiscard]] size_t n(uint32_t mask) const {
    size_t count = 0;
    for (const ColumnState state : states) count += (state & mask) != 0;
    return count;
  }
  [[nodiscard]] size_t weak_now() const {
    size_t count = 0;
    for (size_t i = 0; i < states.size(); ++i) count += states[i] == RCS_RESYNC && weak[i];
    return count;
  }
  void set(size_t col, ColumnState wanted) {
    const ColumnState was = states[col];
    if (was == wanted) return;
    const UnitState before = unit;
    states[col] = wanted;
    const size_t errored = n(RCS_ERRED | RCS_LAST_ERRED);
    const bool two = errored >= 1 && errored + weak_now() > 1;
    if (n(RCS_OKAY) == states.size()) {
      unit = RUS_OKAY;
    } else if (two) {
      unit = RUS_LAST_ERRED;
      if (wanted == RCS_ERRED) states[col] = RCS_LAST_ERRED;
    } else if (n(RCS_ERRED | RCS_LAST_ERRED | RCS_INIT_ERRED) == 1 && before != RUS_LAST_ERRED) {
      unit = RUS_ERRED;
    }
    if (before == RUS_DOI) unit = RUS_DOI;
    if (unit != RUS_DOI && n(RCS_LAST_ERRED) == 0 && n(RCS_ERRED) == 1 && weak_now() == 0) unit = RUS_ERRED;
    if (unit == RUS_LAST_ERRED && n(RCS_ERRED | RCS_LAST_ERRED) == 0) {
      unit = n(RCS_INIT_ERRED | RCS_RESYNC) != 0 ? RUS_ERRED : RUS_OKAY;
    }
    if (was != RCS_RESYNC || states[col] != RCS_OKAY) return;
    for (size_t other = 0; other < states.size(); ++other) {
      if (states[other] == RCS_LAST_ERRED) return set(other, RCS_ERRED);
    }
  }
};

RC_GTEST_PROP(State, FollowsTheRulesOverAnyHistory_RT08, ()) {
  const auto columns = *rc::gen::inRange<uint32_t>(3, 6);
  Unit unit = sample_unit(columns);
  Model model{.states = std::vector<ColumnState>(columns, RCS_OKAY), .weak = std::vector<bool>(columns, false)};
  const auto steps = *rc::gen::container<std::vector<std::tuple<uint32_t, ColumnState, bool>>>(
      rc::gen::tuple(rc::gen::inRange<uint32_t>(0, columns),
                     rc::gen::element(RCS_OKAY, RCS_ERRED, RCS_RESYNC, RCS_INIT, RCS_INIT_ERRED, RCS_LAST_ERRED),
                     rc::gen::arbitrary<bool>()));
  for (const auto& [col, state, regen] : steps) {
    if (state == RCS_RESYNC) {
      if (unit.count(RCS_RESYNC) != 0) continue;
      unit.columns[col].un_devflags &= ~uint32_t{MD_RAID_COPY_RESYNC | MD_RAID_REGEN_RESYNC};
      unit.columns[col].un_devflags |= regen ? MD_RAID_REGEN_RESYNC : MD_RAID_COPY_RESYNC;
      model.weak[col] = regen;
    }
    (void)set(unit, col, state);
    model.set(col, state);
    for (uint32_t i = 0; i < columns; ++i) {
      RC_ASSERT(unit.columns[i].un_devstate == model.states[i]);
      if (unit.columns[i].un_devstate == RCS_ERRED) RC_ASSERT(unit.columns[i].has(MD_RAID_MISSED_WRITE));
    }
    RC_ASSERT(unit.un_state == model.unit);
  }
}

// Whatever the columns are, the recomputed unit satisfies RT-04 and RT-05.
RC_GTEST_PROP(State, RecomputedUnitIsLegal_RT04_RT05, ()) {
  Unit unit = sample_unit(5);
  bool resync = false;
  for (Column& column : unit.columns) {
    column.un_devstate = *rc::gen::element(RCS_OKAY, RCS_ERRED, RCS_LAST_ERRED, RCS_RESYNC, RCS_INIT_ERRED);
    if (column.un_devstate == RCS_RESYNC && resync) column.un_devstate = RCS_OKAY;
    if (column.un_devstate != RCS_RESYNC) continue;
    resync = true;
    column.un_devflags = *rc::gen::element<uint32_t>(MD_RAID_COPY_RESYNC, MD_RAID_REGEN_RESYNC);
  }
  recompute_state(unit, 5);
  uint32_t weak = 0;
  for (const Column& column : unit.columns) weak += column.weak() ? 1U : 0U;
  const uint32_t errored = unit.count(RCS_ERRED | RCS_LAST_ERRED);
  RC_ASSERT((unit.un_state == RUS_LAST_ERRED) == (errored >= 1 && errored + weak >= 2));
  if (unit.un_state == RUS_ERRED) RC_ASSERT(errored + weak <= 1);
  if (unit.un_state == RUS_OKAY) RC_ASSERT(unit.count(RCS_ERRED | RCS_LAST_ERRED | RCS_INIT_ERRED) == 0);
}

}  // namespace
}  // namespace raidsim::raid
