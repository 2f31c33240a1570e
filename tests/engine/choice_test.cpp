// Draws are the run: they must be the same on every machine, and none may move another stream's.
#include "engine/choice.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <rapidcheck/gtest.h>

#include "engine/tape.h"

namespace raidsim {
namespace {

std::vector<uint64_t> draw_some(ChoiceStream& stream, size_t count) {
  std::vector<uint64_t> values;
  for (size_t i = 0; i < count; ++i) values.push_back(stream.below(1'000'000));
  return values;
}

// The generator is part of every recorded seed's meaning. These numbers come from an independent program.
TEST(Random, IsXoshiroSeededBySplitMix) {
  Random random(0);
  EXPECT_EQ(random.next(), 0x99ec5f36cb75f2b4u);
  EXPECT_EQ(random.next(), 0xbf6e1f784956452au);
  EXPECT_EQ(random.next(), 0x1a5f849d4933e6e0u);
}

TEST(Random, SmallBoundsAreUniformByChiSquare) {
  Random random(7);
  constexpr size_t draws = 210'000;
  std::array<double, 7> seen{};
  for (size_t i = 0; i < draws; ++i) seen[random.below(seen.size())] += 1;
  double chi_square = 0;
  const double expected = double{draws} / seen.size();
  for (const double count : seen) chi_square += (count - expected) * (count - expected) / expected;
  EXPECT_LT(chi_square, 22.5);  // 6 degrees of freedom, one in a thousand
}

// Without the redraw, values of the lower half would come twice as often for this bound.
TEST(Random, ABoundOfThreeQuartersOfTheRangeIsNotBiased) {
  Random random(7);
  constexpr uint64_t bound = 3 * (uint64_t{1} << 62);
  int low = 0;
  for (int i = 0; i < 30'000; ++i) low += random.below(bound) < bound / 3 ? 1 : 0;
  EXPECT_NEAR(low, 10'000, 400);
}

TEST(Choices, AStreamIsTheSameWhateverOthersDraw) {
  Choices alone(42, nullptr, false);
  const auto expected = draw_some(alone.stream("disk/2/latency"), 100);

  Choices crowded(42, nullptr, false);
  draw_some(crowded.stream("disk/1/latency"), 17);
  draw_some(crowded.stream("schedule"), 1);
  EXPECT_EQ(draw_some(crowded.stream("disk/2/latency"), 100), expected);
}

TEST(Choices, SeedAndNameBothMatter) {
  EXPECT_NE(stream_seed(1, "a"), stream_seed(2, "a"));
  EXPECT_NE(stream_seed(1, "a"), stream_seed(1, "b"));
  EXPECT_EQ(stream_seed(1, "disk/2/latency"), stream_seed(1, "disk/2/latency"));
}

TEST(Choices, ReferencesStayValidWhileStreamsAreMade) {
  Choices choices(3, nullptr, false);
  std::map<std::string, ChoiceStream*> first;
  for (int i = 0; i < 500; ++i) first["s" + std::to_string(i)] = &choices.stream("s" + std::to_string(i));
  for (const auto& [name, stream] : first) {
    EXPECT_EQ(&choices.stream(name), stream);
    EXPECT_EQ(stream->name(), name);
  }
}

TEST(Choices, CertaintiesDrawNothing) {
  Choices choices(1, nullptr, false);
  ChoiceStream& stream = choices.stream("s");
  EXPECT_EQ(stream.below(1), 0u);
  EXPECT_EQ(stream.between(5, 5), 5u);
  EXPECT_FALSE(stream.chance(0.0));
  EXPECT_TRUE(stream.chance(1.0));
  EXPECT_EQ(stream.duration_between(3ms, 3ms), Duration{3ms});
  EXPECT_EQ(choices.draws(), 0u);
  stream.below(2);
  EXPECT_EQ(choices.draws(), 1u);
}

TEST(Choices, ABoundOfZeroIsTheCallersBug) {
  Choices choices(1, nullptr, false);
  EXPECT_THROW(choices.stream("s").below(0), AssertionFailure);
  EXPECT_THROW(choices.stream("s").between(2, 1), AssertionFailure);
}

TEST(Choices, BytesDoNotDependOnTheirAlignmentOrLength) {
  Choices choices(9, nullptr, false);
  std::array<unsigned char, 16> whole{};
  choices.stream("s").bytes(whole.data(), whole.size());
  Choices again(9, nullptr, false);
  std::array<unsigned char, 17> shifted{};
  again.stream("s").bytes(shifted.data() + 1, 16);
  EXPECT_TRUE(std::equal(whole.begin(), whole.end(), shifted.begin() + 1));
  EXPECT_EQ(again.draws(), 2u);
}

RC_GTEST_PROP(Choices, EveryDrawStaysInItsRange, (uint64_t seed, uint64_t a, uint64_t b)) {
  Choices choices(seed, nullptr, false);
  ChoiceStream& stream = choices.stream("s");
  const uint64_t low = std::min(a, b);
  const uint64_t high = std::max(a, b);
  for (int i = 0; i < 20; ++i) {
    const uint64_t value = stream.between(low, high);
    RC_ASSERT(value >= low);
    RC_ASSERT(value <= high);
    if (b > 0) RC_ASSERT(stream.below(b) < b);
  }
}

}  // namespace
}  // namespace raidsim
