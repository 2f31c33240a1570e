// A replay that leaves its recording must name the first event that differs, or say how near it can come.
#include <gtest/gtest.h>

#include <cstdint>

#include <rapidcheck/gtest.h>

#include "engine/trace/log.h"
#include "tests/engine/trace_rig.h"

namespace raidsim {
namespace {

/// A run of `events` events that goes another way in event `odd` and takes the same way again after it.
TraceLog run(uint64_t events, uint64_t odd, TraceMode mode, uint64_t interval, size_t ring = 8) {
  Recorder recorder(mode, ring);
  recorder.keep_checkpoints(interval);
  for (uint64_t number = 0; number < events; ++number) add_event(recorder, number, number == odd ? 99 : 0);
  return log_of(recorder);
}

constexpr uint64_t never = UINT64_MAX;

TEST(TraceCompare, EqualRunsAgreeWhateverTheyKept) {
  const TraceLog full = run(50, never, TraceMode::full, 0);
  EXPECT_FALSE(compare(full, full).has_value());
  EXPECT_FALSE(compare(full, run(50, never, TraceMode::off, 7)).has_value());
  EXPECT_FALSE(compare(run(0, never, TraceMode::off, 0), run(0, never, TraceMode::full, 0)).has_value());
}

TEST(TraceCompare, TwoFullTracesNameTheEventAndBothRecords) {
  const TraceLog left = run(50, never, TraceMode::full, 0);
  const TraceLog right = run(50, 31, TraceMode::full, 0);
  const auto difference = compare(left, right);
  ASSERT_TRUE(difference.has_value());
  EXPECT_TRUE(difference->exact());
  EXPECT_EQ(difference->event, 31u);
  EXPECT_EQ(difference->left, left.records[31]);
  EXPECT_EQ(difference->right, right.records[31]);
  EXPECT_EQ(to_text(*difference).rfind("event 31 differs: ", 0), 0u);
}

// The replay ran with hashes only, as a campaign does: a full recording is hashed to its checkpoints.
TEST(TraceCompare, CheckpointsBracketTheEvent) {
  const auto difference = compare(run(50, never, TraceMode::full, 0), run(50, 31, TraceMode::off, 10));
  ASSERT_TRUE(difference.has_value());
  EXPECT_EQ(difference->event, 30u);
  EXPECT_EQ(difference->at_most, 39u);
  EXPECT_EQ(to_text(*difference), "the first difference lies between events 30 and 39");
}

TEST(TraceCompare, ARingThatReachesTheBracketFindsTheEvent) {
  const auto difference = compare(run(50, never, TraceMode::full, 0), run(50, 45, TraceMode::ring, 44));
  ASSERT_TRUE(difference.has_value());
  EXPECT_TRUE(difference->exact());
  EXPECT_EQ(difference->event, 45u);
}

TEST(TraceCompare, OneRunThatEndsEarlierDiffersWhereItEnds) {
  const TraceLog longer = run(50, never, TraceMode::full, 0);
  const auto difference = compare(run(20, never, TraceMode::full, 0), longer);
  ASSERT_TRUE(difference.has_value());
  EXPECT_EQ(difference->event, 20u);
  EXPECT_TRUE(difference->exact());
  EXPECT_FALSE(difference->left.has_value());
  EXPECT_EQ(difference->right, longer.records[20]);
}

RC_GTEST_PROP(TraceCompare, TheBracketAlwaysHoldsTheFirstDifference, ()) {
  const auto any_mode = rc::gen::element(TraceMode::off, TraceMode::ring, TraceMode::full);
  const auto events = *rc::gen::inRange<uint64_t>(1, 120);
  const auto other_events = *rc::gen::inRange<uint64_t>(1, 120);
  const auto odd = *rc::gen::inRange<uint64_t>(0, events);
  const auto left_interval = *rc::gen::inRange<uint64_t>(0, 20);
  const auto right_interval = *rc::gen::inRange<uint64_t>(0, 20);
  const TraceLog left = run(events, odd, *any_mode, left_interval);
  const TraceLog right = run(other_events, never, *any_mode, right_interval);
  const uint64_t first = std::min(odd, other_events);

  const auto difference = compare(left, right);
  RC_ASSERT(difference.has_value());
  RC_ASSERT(difference->event <= first);
  RC_ASSERT(first <= difference->at_most);
  if (left.complete() && right.complete()) RC_ASSERT(difference->exact());
}

}  // namespace
}  // namespace raidsim
