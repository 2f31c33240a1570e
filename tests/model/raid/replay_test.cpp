// tests/model/raid/replay_test.cpp: which entries a replay believes (raid-replay.md 3 to 5, 7).
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "model/raid/replay_plan.h"
#include "tests/model/raid/sample_unit.h"

namespace raidsim::raid {
namespace {

using testing::sample_unit;
using Halves = std::vector<size_t>;

LogEntry entry(uint64_t column, int64_t id, uint32_t colcount, int32_t partner, uint64_t row = 0, uint32_t blocks = 8) {
  const Unit unit = sample_unit();
  const std::vector<std::byte> payload(size_t{blocks} * block_bytes);
  const PreWriteEntry write{.column = ColumnIndex{column},
                            .partner = partner,
                            .row = RowIndex{row},
                            .blocks = blocks,
                            .pwid = static_cast<uint64_t>(id),
                            .colcount = colcount};
  return {.header = live_header(unit, write, payload), .column = ColumnIndex{column}, .slot = SlotIndex{0}};
}

std::vector<ReplayElement> group(std::vector<LogEntry> entries) { return group_entries(entries, sample_unit()); }

Halves decide(const ReplayElement& element, std::vector<HalfState> halves, std::array<bool, 4> up) {
  return halves_to_write(element, halves, up);
}

constexpr HalfState good{.up = true, .good = true};
constexpr HalfState bad{.up = true, .good = false};
constexpr HalfState down{};

TEST(ReplayPlan, PairTableOf4A) {
  const auto elements = group({entry(0, 5, 2, 1), entry(1, 5, 2, 0)});
  ASSERT_EQ(elements.size(), 1U);
  ASSERT_EQ(elements[0].kind, ReplayElement::Kind::pair);
  const std::array all{true, true, true, true};
  EXPECT_EQ(decide(elements[0], {good, good}, all), (Halves{0, 1}));
  EXPECT_EQ(decide(elements[0], {good, down}, {true, false, true, true}), (Halves{0}));
  EXPECT_EQ(decide(elements[0], {down, good}, {false, true, true, true}), (Halves{1}));
  EXPECT_EQ(decide(elements[0], {good, bad}, all), Halves{});
  EXPECT_EQ(decide(elements[0], {bad, good}, all), Halves{});
  EXPECT_EQ(decide(elements[0], {bad, down}, {true, false, true, true}), Halves{});
  EXPECT_EQ(decide(elements[0], {down, down}, {false, false, true, true}), Halves{});
}

// Half a pair whose partner is up: the home writes had not begun (RL-11), so the old line is whole.
TEST(ReplayPlan, HalfAPairNeedsItsPartnerDown_RL11) {
  const auto elements = group({entry(0, 5, 2, 1)});
  ASSERT_EQ(elements.size(), 1U);
  EXPECT_EQ(decide(elements[0], {good}, {true, true, true, true}), Halves{});
  EXPECT_EQ(decide(elements[0], {good}, {true, false, true, true}), (Halves{0}));
  EXPECT_EQ(decide(elements[0], {bad}, {true, false, true, true}), Halves{});
}

TEST(ReplayPlan, DegradedEntryStandsAlone) {
  const auto elements = group({entry(2, 9, 1, -1)});
  EXPECT_EQ(decide(elements[0], {good}, {true, false, true, true}), (Halves{0}));
  EXPECT_EQ(decide(elements[0], {bad}, {true, false, true, true}), Halves{});
}

std::vector<LogEntry> full_line(int64_t id) {
  return {entry(0, id, 4, 3), entry(1, id, 4, 3), entry(2, id, 4, 3), entry(3, id, 4, 0)};
}

// Other ids between the entries of a line do not tear it apart, and one missing entry of an up column kills it.
TEST(ReplayPlan, LineIsJudgedAsAWhole_RH10) {
  std::vector<LogEntry> entries = full_line(7);
  entries.insert(entries.begin() + 2, entry(1, 6, 1, -1, 8));
  const auto elements = group(entries);
  ASSERT_EQ(elements.size(), 2U);
  const ReplayElement& line = elements[1];
  ASSERT_EQ(line.halves.size(), 4U);
  EXPECT_EQ(decide(line, {good, good, good, good}, {true, true, true, true}), (Halves{0, 1, 2, 3}));
  EXPECT_EQ(decide(line, {good, down, good, good}, {true, false, true, true}), (Halves{0, 2, 3}));
  EXPECT_EQ(decide(line, {good, bad, good, good}, {true, true, true, true}), Halves{});
  EXPECT_EQ(decide(line, {good, down, good, down}, {true, false, true, false}), Halves{});

  const auto incomplete = group({full_line(7)[0], full_line(7)[2], full_line(7)[3]});
  EXPECT_EQ(decide(incomplete[0], {good, good, good}, {true, true, true, true}), Halves{});
  EXPECT_EQ(decide(incomplete[0], {good, good, good}, {true, false, true, true}), (Halves{0, 1, 2}));
}

TEST(ReplayPlan, LineWithDifferentRowsIsDropped_RH10) {
  std::vector<LogEntry> entries = full_line(7);
  entries[2] = entry(2, 7, 4, 3, 8);
  EXPECT_EQ(decide(group(entries)[0], {good, good, good, good}, {true, true, true, true}), Halves{});
}

TEST(ReplayPlan, HalvesThatDoNotNameEachOtherAreNoPair) {
  EXPECT_EQ(group({entry(0, 5, 2, 1), entry(2, 5, 2, 0)}).size(), 2U);
  EXPECT_EQ(group({entry(0, 5, 2, 1, 0, 8), entry(1, 5, 2, 0, 0, 4)}).size(), 2U);
  EXPECT_EQ(group({entry(0, 5, 2, 1), entry(1, 6, 2, 0)}).size(), 2U);
}

// Whatever order the slots give them in: elements ascend by id and every entry is in exactly one.
RC_GTEST_PROP(ReplayPlan, GroupingLosesNothingAndAscends, ()) {
  std::vector<LogEntry> entries;
  const auto writes = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 3));
  int64_t id = 1;
  for (const int kind : writes) {
    if (kind == 0) entries.push_back(entry(1, id, 1, -1));
    if (kind == 1) entries.insert(entries.end(), {entry(0, id, 2, 1), entry(1, id, 2, 0)});
    if (kind == 2) {
      for (const LogEntry& part : full_line(id)) entries.push_back(part);
    }
    ++id;
  }
  for (size_t i = entries.size(); i > 1; --i) {
    std::swap(entries[i - 1], entries[*rc::gen::inRange<size_t>(0, i)]);
  }
  const auto elements = group(entries);
  RC_ASSERT(elements.size() == writes.size());
  size_t found = 0;
  for (size_t i = 0; i < elements.size(); ++i) {
    RC_ASSERT(elements[i].id() == static_cast<int64_t>(i) + 1);
    found += elements[i].halves.size();
  }
  RC_ASSERT(found == entries.size());
}

}  // namespace
}  // namespace raidsim::raid
