// The hash is what two runs are compared by: it must see every byte, and be the same everywhere.
#include "engine/trace/recorder.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <set>

#include <rapidcheck/gtest.h>

#include "engine/trace/log.h"
#include "tests/engine/trace_rig.h"

namespace raidsim {
namespace {

uint64_t hash_of(const TraceRecord& record) {
  TraceHash hash;
  hash.add(record);
  return hash.value();
}

// A changed value here means that every recorded hash is void: a new major version of trace files.
TEST(TraceHash, ValuesAreFixedForEver) {
  Recorder recorder(TraceMode::off);
  EXPECT_EQ(recorder.hash(), 0x92574bc58ac21ab1u);
  add_events(recorder, 0, 1000);
  EXPECT_EQ(recorder.hash(), 0x234f1c6a15f056afu);
}

RC_GTEST_PROP(TraceHash, EveryBitOfARecordCounts,
              (int64_t time, uint16_t kind, uint32_t actor, uint64_t a, uint64_t b)) {
  const TraceRecord record{time, kind, static_cast<uint16_t>(kind ^ 5), actor, a, b};
  std::set<uint64_t> hashes{hash_of(record)};
  for (size_t bit = 0; bit < 8 * sizeof record; ++bit) {
    unsigned char bytes[sizeof record];
    std::memcpy(bytes, &record, sizeof record);
    bytes[bit / 8] = static_cast<unsigned char>(bytes[bit / 8] ^ (1u << (bit % 8)));
    TraceRecord flipped;
    std::memcpy(&flipped, bytes, sizeof flipped);
    hashes.insert(hash_of(flipped));
  }
  RC_ASSERT(hashes.size() == 8 * sizeof record + 1);
}

// Two runs that differed once and then went on alike must stay told apart: nothing may be hashed over.
TEST(TraceHash, ADifferenceIsNeverForgotten) {
  Recorder left(TraceMode::off);
  Recorder right(TraceMode::off);
  add_event(left, 0);
  add_event(right, 1);
  for (uint64_t number = 2; number < 200'000; ++number) {
    add_event(left, number);
    add_event(right, number);
    ASSERT_NE(left.hash(), right.hash());
  }
}

TEST(TraceHash, OrderCounts) {
  Recorder left(TraceMode::off);
  Recorder right(TraceMode::off);
  add_event(left, 1);
  add_event(left, 2);
  add_event(right, 2);
  add_event(right, 1);
  EXPECT_NE(left.hash(), right.hash());
}

TEST(Recorder, ModesKeepDifferentRecordsAndOneHash) {
  Recorder off(TraceMode::off);
  Recorder ring(TraceMode::ring, 100);  // rounded up to 128
  Recorder full(TraceMode::full);
  for (Recorder* each : {&off, &ring, &full}) add_events(*each, 0, 300'000);
  EXPECT_EQ(off.hash(), full.hash());
  EXPECT_EQ(ring.hash(), full.hash());
  EXPECT_EQ(off.kept().size(), 0u);
  EXPECT_EQ(off.first_kept(), 300'000u);

  const auto all = full.kept();
  const auto last = ring.kept();
  ASSERT_EQ(all.size(), 300'000u);
  ASSERT_EQ(last.size(), 128u);
  EXPECT_EQ(full.first_kept(), 0u);
  EXPECT_EQ(ring.first_kept(), 300'000u - 128u);
  EXPECT_TRUE(std::equal(last.begin(), last.end(), all.end() - 128));
  for (size_t i = 0; i < all.size(); ++i) ASSERT_EQ(all[i].a, i);
}

RC_GTEST_PROP(Recorder, ARingKeepsTheLastOnesInOrder, ()) {
  const auto size = *rc::gen::inRange<size_t>(0, 40);
  const auto events = *rc::gen::inRange<uint64_t>(0, 200);
  Recorder ring(TraceMode::ring, size);
  add_events(ring, 0, events);
  const auto kept = ring.kept();
  RC_ASSERT(ring.first_kept() + kept.size() == events);
  RC_ASSERT(kept.size() >= std::min<uint64_t>(events, size));
  for (size_t i = 0; i < kept.size(); ++i) RC_ASSERT(kept[i].a == ring.first_kept() + i);
}

TEST(Recorder, CheckpointsAreHashesOfPrefixes) {
  Recorder recorder(TraceMode::off);
  recorder.keep_checkpoints(10);
  add_events(recorder, 0, 35);
  ASSERT_EQ(recorder.checkpoints().size(), 3u);
  Recorder prefix(TraceMode::off);
  add_events(prefix, 0, 20);
  EXPECT_EQ(recorder.checkpoints()[1], prefix.hash());
}

}  // namespace
}  // namespace raidsim
