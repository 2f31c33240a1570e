// Distributions come from integer tables; here they are held against the C library, which the run never uses.
#include "engine/distributions.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <rapidcheck/gtest.h>

#include "engine/choice.h"
#include "engine/choice_source.h"
#include "engine/fixed_math.h"
#include "engine/normal_quantile.h"

namespace raidsim::distributions {
namespace {

constexpr double range = 4294967296.0;

// An error of one unit in any entry of the tables moves seeds; one number over all of them notices it.
TEST(FixedMath, TablesAreTheOnesThatSeedsWereRecordedWith) {
  uint64_t sum = 0;
  for (const uint64_t entry : fixed::log2_table) sum = sum * 31 + entry;
  for (const uint64_t entry : fixed::exp2_table) sum = sum * 31 + entry;
  for (const uint32_t entry : fixed::normal_quantile_q30) sum = sum * 31 + entry;
  EXPECT_EQ(sum, 17884473868696978935u);
}

RC_GTEST_PROP(FixedMath, LogarithmIsTheLibrarysToSevenDigits, (uint64_t any)) {
  const uint64_t x = any | 1;
  RC_ASSERT(std::abs(static_cast<double>(fixed::log2_q32(x)) / range - std::log2(static_cast<double>(x))) < 3e-7);
}

RC_GTEST_PROP(FixedMath, PowerOfTwoIsTheLibrarysToSixDigits, ()) {
  const auto exponent = *rc::gen::inRange<int64_t>(-(int64_t{20} << 32), int64_t{20} << 32);
  const uint64_t value = uint64_t{1} << 40;
  const double expected = 1099511627776.0 * std::exp2(static_cast<double>(exponent) / range);
  RC_ASSERT(std::abs(static_cast<double>(fixed::times_exp2(value, exponent)) / expected - 1.0) < 2e-6);
}

TEST(FixedMath, PowersSaturateInsteadOfWrapping) {
  EXPECT_EQ(fixed::times_exp2(1, int64_t{62} << 32), static_cast<uint64_t>(INT64_MAX));
  EXPECT_EQ(fixed::times_exp2(2, int64_t{61} << 32), uint64_t{1} << 62);
  EXPECT_EQ(fixed::times_exp2(UINT64_MAX, int64_t{5} << 32), static_cast<uint64_t>(INT64_MAX));
  EXPECT_EQ(fixed::times_exp2(0, int64_t{100} << 32), 0u);
  EXPECT_EQ(fixed::times_exp2(UINT64_MAX, -(int64_t{100} << 32)), 0u);
}

TEST(Exponential, HasItsMeanAndMedian) {
  ChoiceStream stream("s", 11, nullptr, false);
  constexpr int draws = 400'000;
  double sum = 0;
  int below_median = 0;
  for (int i = 0; i < draws; ++i) {
    const Duration each = stream.exponential(1ms);
    sum += static_cast<double>(each.count());
    below_median += each < Duration{693'147} ? 1 : 0;
  }
  EXPECT_NEAR(sum / draws, 1e6, 6e3);  // four deviations of the mean
  EXPECT_NEAR(below_median, draws / 2, 1300);
}

TEST(Lognormal, MedianAndPercentileAreThoseAskedFor) {
  ChoiceStream stream("s", 12, nullptr, false);
  constexpr int draws = 400'000;
  int above_median = 0;
  int above_p99 = 0;
  for (int i = 0; i < draws; ++i) {
    const Duration each = stream.lognormal(3ms, 30ms);
    above_median += each > Duration{3ms} ? 1 : 0;
    above_p99 += each > Duration{30ms} ? 1 : 0;
  }
  EXPECT_NEAR(above_median, draws / 2, 1300);
  EXPECT_NEAR(above_p99, draws / 100, 260);
}

TEST(Lognormal, QuantilesFollowTheNormalDistribution) {
  const double z99 = 2.3263478740408408;
  for (const double z : {-5.0, -3.0, -1.0, -0.1, 0.1, 1.0, 3.0, 5.0}) {
    const double share = 0.5 * std::erfc(-z / std::sqrt(2.0));
    const auto draw = static_cast<uint64_t>(share * range);
    const double expected = 1e6 * std::exp(std::log(10.0) * z / z99);
    EXPECT_NEAR(static_cast<double>(lognormal(1ms, 10ms, draw).count()) / expected, 1.0, 2e-3) << "z " << z;
  }
}

TEST(Geometric, MeanIsFailuresPerSuccess) {
  for (const uint64_t parts : {ppb / 2, ppb / 10, ppb / 1000, uint64_t{50}}) {
    ChoiceStream stream("s", parts, nullptr, false);
    constexpr int draws = 200'000;
    double sum = 0;
    for (int i = 0; i < draws; ++i) sum += static_cast<double>(stream.geometric(parts));
    const double p = static_cast<double>(parts) / 1e9;
    EXPECT_NEAR(sum / draws / ((1 - p) / p), 1.0, 0.015) << parts;
  }
  EXPECT_EQ(geometric(ppb, draw_bound - 1), 0u);
  EXPECT_EQ(geometric(ppb - 1, draw_bound - 1), 1u);  // ln of 1e-9 goes beyond 64 bits in the rate's unit
}

TEST(Pareto, TailFallsWithItsShape) {
  ChoiceStream stream("s", 5, nullptr, false);
  constexpr int draws = 200'000;
  int ten_or_more = 0;
  for (int i = 0; i < draws; ++i) {
    const uint64_t each = stream.pareto(900, 10'000);
    ASSERT_GE(each, 1u);
    ASSERT_LE(each, 10'000u);
    ten_or_more += each >= 10 ? 1 : 0;
  }
  EXPECT_NEAR(ten_or_more / double{draws}, std::pow(10.0, -0.9), 0.003);
}

TEST(Zipf, FirstTenthTakesTheShareOfItsExponent) {
  for (const uint32_t exponent : {0u, 500u, 990u, 1000u, 1500u}) {
    ChoiceStream stream("s", exponent, nullptr, false);
    int head = 0;
    for (int i = 0; i < 100'000; ++i) head += stream.zipf(999, exponent) < 99 ? 1 : 0;
    const double a = 1.0 - exponent / 1000.0;
    const double share =
        exponent == 1000 ? std::log(100.0) / std::log(1000.0) : (std::pow(100.0, a) - 1) / (std::pow(1000.0, a) - 1);
    EXPECT_NEAR(head / 1e5, share, 0.007) << exponent;
  }
}

TEST(HotSpot, EightyOfAHundredGoToTheFirstFifth) {
  ChoiceStream stream("s", 1, nullptr, false);
  int hot = 0;
  int hottest = 0;
  for (int i = 0; i < 100'000; ++i) {
    const uint64_t rank = stream.hot_spot(10'000, 80);
    hot += rank < 2000 ? 1 : 0;
    hottest += rank < 400 ? 1 : 0;
  }
  EXPECT_NEAR(hot, 80'000, 600);
  EXPECT_NEAR(hottest, 64'000, 700);
}

// Shrinking replaces draws by smaller ones and hopes for simpler runs.
RC_GTEST_PROP(Distributions, ASmallerDrawNeverGivesMore, ()) {
  const auto draw = *rc::gen::inRange<uint64_t>(0, draw_bound);
  const auto less = *rc::gen::inRange<uint64_t>(0, draw + 1);
  const auto parts = *rc::gen::inRange<uint64_t>(1, ppb + 1);
  const auto items = *rc::gen::inRange<uint64_t>(1, 1'000'000);
  const auto exponent = *rc::gen::inRange<uint32_t>(0, 2001);
  const auto hot = *rc::gen::inRange<uint32_t>(50, 100);
  RC_ASSERT(exponential(1ms, less) <= exponential(1ms, draw));
  RC_ASSERT(lognormal(1ms, 7ms, less) <= lognormal(1ms, 7ms, draw));
  RC_ASSERT(geometric(parts, less) <= geometric(parts, draw));
  RC_ASSERT(pareto(900, 1000, less) <= pareto(900, 1000, draw));
  RC_ASSERT(zipf(items, exponent, less) <= zipf(items, exponent, draw));
  RC_ASSERT(zipf(items, exponent, draw) < items);
  RC_ASSERT(hot_spot(items, hot, less) <= hot_spot(items, hot, draw));
  RC_ASSERT(hot_spot(items, hot, draw) < items);
}

TEST(Distributions, ExtremesStayInsideTheirType) {
  const uint64_t last = draw_bound - 1;
  EXPECT_EQ(exponential(1ms, 0), Duration{0});
  EXPECT_NEAR(static_cast<double>(exponential(1s, last).count()), 22.18e9, 1e7);
  EXPECT_EQ(exponential(Duration::max(), last), Duration::max());
  EXPECT_EQ(lognormal(1ns, Duration::max(), last), Duration::max());
  EXPECT_EQ(lognormal(1ns, Duration::max(), 0), Duration{0});
  EXPECT_EQ(lognormal(5ms, 5ms, last), Duration{5ms});
  EXPECT_EQ(pareto(1, UINT64_MAX, last), static_cast<uint64_t>(INT64_MAX));
  EXPECT_EQ(zipf(uint64_t{1} << 31, 2000, last) < (uint64_t{1} << 31), true);
  EXPECT_EQ(zipf(1, 1000, last), 0u);
}

TEST(ToPpb, RoundsOnceAndClamps) {
  EXPECT_EQ(to_ppb(0.1), 100'000'000u);
  EXPECT_EQ(to_ppb(1e-9), 1u);
  EXPECT_EQ(to_ppb(4.9e-10), 0u);
  EXPECT_EQ(to_ppb(5.1e-10), 1u);
  EXPECT_EQ(to_ppb(0.5), 500'000'000u);
  EXPECT_EQ(to_ppb(1.0), ppb);
  EXPECT_EQ(to_ppb(1e300), ppb);
  EXPECT_EQ(to_ppb(-0.5), 0u);
  EXPECT_EQ(to_ppb(5e-324), 0u);
  EXPECT_EQ(to_ppb(std::numeric_limits<double>::infinity()), ppb);
  EXPECT_EQ(to_ppb(std::numeric_limits<double>::quiet_NaN()), 0u);
}

RC_GTEST_PROP(ToPpb, EveryPartSurvivesTheWayThroughADouble, ()) {
  const auto parts = *rc::gen::inRange<uint64_t>(0, ppb + 1);
  RC_ASSERT(to_ppb(static_cast<double>(parts) / 1e9) == parts);
}

}  // namespace
}  // namespace raidsim::distributions
