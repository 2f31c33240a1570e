// tests/model/raid/resync_test.cpp: what becomes of column and spare at the end of a resync (raid-resync.md 5.5).
#include <gtest/gtest.h>

#include "model/raid/resync_outcome.h"
#include "model/raid/resync_request.h"
#include "tests/model/raid/sample_unit.h"

namespace raidsim::raid {
namespace {

using hotspare::ReleaseAs;
using OfColumn = ResyncOutcome::OfColumn;
using testing::sample_unit;

constexpr auto free_it = ReleaseAs::HS_FREE;
constexpr auto broken = ReleaseAs::HS_BAD;

enum class Spare { none, reserved, back_free, back_broken };

struct Row {
  const char* name;
  ResyncFacts facts;
  ResyncResult result;
  OfColumn column;
  Spare spare;
  bool adopt = false;
  bool err_read = false;
  ResyncMessage message = ResyncMessage::none;
};

const ResyncFacts regen{.hs_state = free_it};
const ResyncFacts regen_to_spare{.hot_spared = true};
const ResyncFacts copy{.hot_spared = true, .alternate = true, .single_read = true, .copy = true};
/// After the hand-over (RH-16): the alternate is un_dev, the spare was released as broken then.
const ResyncFacts handed_over{.hs_state = broken};

ResyncFacts with(ResyncFacts facts, ResyncResult result) {
  facts.result = result;
  return facts;
}
ResyncFacts bad(ResyncFacts facts) {
  facts.hs_state = broken;
  return facts;
}

Spare spare_after(const ResyncFacts& facts, const ResyncOutcome& out) {
  if (!out.release_spare) return facts.hot_spared ? Spare::reserved : Spare::none;
  return out.release_as == free_it ? Spare::back_free : Spare::back_broken;
}

std::vector<Row> outcome_table() {
  using enum ResyncResult;
  ResyncFacts changed = copy;
  changed.state_changed = true;
  ResyncFacts spoilt = copy;
  spoilt.alternate_failed = true;
  ResyncFacts spare_failed = with(copy, STATE);
  spare_failed.still_resync = false;
  ResyncFacts rebuilt_spare_failed = with(regen_to_spare, STATE);
  rebuilt_spare_failed.still_resync = false;
  ResyncFacts column_failed = with(regen, STATE);
  column_failed.still_resync = false;
  ResyncFacts copy_log = with(copy, WRERROR);
  ResyncFacts errored_copy_log = bad(with(copy, WRERROR));
  errored_copy_log.single_read = false;
  return {
      {"REGEN, all well", regen, OKAY, OfColumn::okay, Spare::none},
      {"REGEN to spare, all well", regen_to_spare, OKAY, OfColumn::okay, Spare::reserved},
      {"COPY, all well", copy, OKAY, OfColumn::okay, Spare::back_free, true},
      {"COPY, spare unreadable, rest rebuilt", handed_over, OKAY, OfColumn::okay, Spare::none},
      {"target write fails, REGEN, no spare", with(regen, WRERROR), WRERROR, OfColumn::errored, Spare::none, false,
       false, ResyncMessage::RESYNC_WRITE_ERROR},
      {"target write fails, REGEN to spare", bad(with(regen_to_spare, WRERROR)), WRERROR, OfColumn::errored,
       Spare::back_broken, false, false, ResyncMessage::RESYNC_WRITE_ERROR},
      {"alternate write fails, still copying", with(copy, WRERROR), WRERROR, OfColumn::okay, Spare::reserved, false,
       false, ResyncMessage::COPY_WRITE_ERROR},
      {"alternate write fails, rebuilding", with(handed_over, WRERROR), WRERROR, OfColumn::errored, Spare::none, false,
       false, ResyncMessage::RESYNC_WRITE_ERROR},
      {"log area of the alternate, copying", copy_log, WRERROR, OfColumn::okay, Spare::reserved, false, false,
       ResyncMessage::COPY_WRITE_ERROR},
      {"log area of the alternate, spare errored before", errored_copy_log, WRERROR, OfColumn::errored,
       Spare::back_broken, false, false, ResyncMessage::RESYNC_WRITE_ERROR},
      {"read of X fails, REGEN to spare", with(regen_to_spare, RDERROR), RDERROR, OfColumn::errored, Spare::back_free,
       false, true},
      {"read of X fails, REGEN", with(regen, RDERROR), RDERROR, OfColumn::errored, Spare::none, false, true},
      {"X fails in normal I/O, REGEN to spare", with(regen_to_spare, STATE), STATE, OfColumn::errored,
       Spare::back_free},
      {"X fails in normal I/O, still copying", with(copy, STATE), STATE, OfColumn::okay, Spare::reserved, false, false,
       ResyncMessage::COPY_STATE_CHANGED},
      {"R fails in normal I/O, REGEN", column_failed, STATE, OfColumn::errored, Spare::none},
      {"R's spare fails in normal I/O, REGEN (RH-19)", rebuilt_spare_failed, STATE, OfColumn::errored,
       Spare::back_broken},
      {"R's spare fails in normal I/O, still copying (RH-15)", spare_failed, STATE, OfColumn::as_recorded,
       Spare::reserved},
      {"last check sees a change (RH-14)", changed, STATE, OfColumn::okay, Spare::reserved, false, false,
       ResyncMessage::COPY_STATE_CHANGED},
      {"last check sees the alternate fail (RH-14)", spoilt, WRERROR, OfColumn::okay, Spare::reserved, false, false,
       ResyncMessage::COPY_WRITE_ERROR},
  };
}

TEST(ResyncOutcome, TableOf5_5_RowByRow_RH14_RH15_RH19) {
  for (const Row& row : outcome_table()) {
    const ResyncOutcome out = outcome_of(row.facts);
    EXPECT_EQ(out.result, row.result) << row.name;
    EXPECT_EQ(out.column, row.column) << row.name;
    EXPECT_EQ(spare_after(row.facts, out), row.spare) << row.name;
    EXPECT_EQ(out.adopt_alternate, row.adopt) << row.name;
    EXPECT_EQ(out.err_read_column, row.err_read) << row.name;
    EXPECT_EQ(out.message, row.message) << row.name;
  }
}

// Over the whole domain: a column is called okay after a failed resync only on a spare that never failed, and a
// spare goes back as free only if no error was recorded for it (RP-07).
TEST(ResyncOutcome, NoFactsMakeAFailedSpareGood_RP07) {
  for (unsigned bits = 0; bits < 1U << 8; ++bits) {
    for (const ResyncResult result :
         {ResyncResult::OKAY, ResyncResult::RDERROR, ResyncResult::WRERROR, ResyncResult::STATE}) {
      const ResyncFacts facts{.result = result,
                              .still_resync = (bits & 1) != 0,
                              .hot_spared = (bits & 2) != 0,
                              .alternate = (bits & 4) != 0,
                              .single_read = (bits & 8) != 0,
                              .copy = (bits & 16) != 0,
                              .state_changed = (bits & 32) != 0,
                              .alternate_failed = (bits & 64) != 0,
                              .hs_state = (bits & 128) != 0 ? broken : free_it};
      const ResyncOutcome out = outcome_of(facts);
      const bool failed = out.result != ResyncResult::OKAY;
      EXPECT_TRUE(out.column != OfColumn::okay || facts.still_resync);
      EXPECT_TRUE(!failed || out.column != OfColumn::okay || (facts.single_read && facts.copy && facts.hot_spared));
      EXPECT_TRUE(!out.release_spare || facts.still_resync || out.release_as == broken);
      EXPECT_FALSE(failed && out.adopt_alternate);
      EXPECT_TRUE(failed || !(facts.state_changed || facts.alternate_failed));
    }
  }
}

TEST(ResyncRequest, ClaimsTheUnitOnce_RT10) {
  Unit unit = sample_unit();
  (void)raid_set_state(unit, ColumnIndex{1}, RCS_ERRED, Flavour::normal, 1);
  ASSERT_TRUE(resync_request(unit, ColumnIndex{1}, ResyncKind::regen, 2).granted);
  EXPECT_TRUE(unit.has(MD_UN_RESYNC_ACTIVE));
  EXPECT_TRUE(unit.columns[1].has(MD_RAID_DEV_ERRED) && unit.columns[1].weak());  // RT-12
  EXPECT_EQ(unit.un_state, RUS_ERRED);
  const Unit claimed = unit;
  EXPECT_FALSE(resync_request(unit, ColumnIndex{2}, ResyncKind::regen, 3).granted);
  EXPECT_TRUE(unit == claimed);

  release_resync_request(unit);
  EXPECT_FALSE(unit.has(MD_UN_RESYNC_ACTIVE));
  EXPECT_EQ(unit.columns[1].un_devstate, RCS_RESYNC);
  EXPECT_EQ(unit.un_resync_index, no_column);
}

// RH-17: a restart after boot must not forget that the recorded source was errored.
TEST(ResyncRequest, RestartKeepsDevErred_RH17) {
  Unit unit = sample_unit();
  unit.un_state = RUS_ERRED;
  unit.columns[1].un_devstate = RCS_RESYNC;
  unit.columns[1].un_devflags = MD_RAID_COPY_RESYNC | MD_RAID_DEV_ERRED | MD_RAID_RESYNC;
  ASSERT_TRUE(resync_request(unit, ColumnIndex{1}, ResyncKind::copy, 2).granted);
  EXPECT_TRUE(unit.columns[1].has(MD_RAID_DEV_ERRED));
  EXPECT_FALSE(usable_for_write(unit, unit.columns[1], LineIndex{0}));
}

TEST(ResyncRequest, RefusedWhileGrowing_RT11) {
  Unit unit = sample_unit();
  unit.un_status = MD_UN_GROW_PENDING;
  EXPECT_FALSE(resync_request(unit, ColumnIndex{1}, ResyncKind::regen, 2).granted);
}

}  // namespace
}  // namespace raidsim::raid
