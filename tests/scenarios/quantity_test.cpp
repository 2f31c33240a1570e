// Sizes and times: each has few spellings, none overflows, and the saved form reads back as the same value.
#include "scenarios/quantity.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "scenarios/names.h"

namespace raidsim::scenarios {
namespace {

TEST(Quantity, PlainDigitsAreBytesAndUnitsAreBinary) {
  EXPECT_EQ(parse_size("512"), 512U);
  EXPECT_EQ(parse_size("64KiB"), 65536U);
  EXPECT_EQ(parse_size("2TiB"), uint64_t{1} << 41);
  EXPECT_EQ(parse_time("40ms"), Duration(40'000'000));
  EXPECT_EQ(parse_time("2h"), Duration(7'200'000'000'000));
}

TEST(Quantity, WhatOnlyLooksLikeOneIsRefused) {
  for (const auto* text :
       {"", "KiB", "-1", "+1", " 1", "1 KiB", "1.5KiB", "064", "0x10", "8MB", "8kib", "1e3", "64KiBx"}) {
    EXPECT_FALSE(parse_size(text)) << text;
  }
  for (const auto* text : {"", "0", "40", "ms", "1.5ms", "-1s", "1S", "01s", "1ms ", "1d"}) {
    EXPECT_FALSE(parse_time(text)) << text;
  }
}

// 2^63 - 1 is the last value of both; one more, or one unit too many, must not wrap around to something small.
TEST(Quantity, NothingWrapsAround) {
  EXPECT_TRUE(parse_size("9223372036854775807"));
  EXPECT_FALSE(parse_size("9223372036854775808"));
  EXPECT_FALSE(parse_size("99999999999999999999999"));
  EXPECT_TRUE(parse_size("8388607TiB"));
  EXPECT_FALSE(parse_size("8388608TiB"));
  EXPECT_TRUE(parse_time("2562047h"));
  EXPECT_FALSE(parse_time("2562048h"));
}

RC_GTEST_PROP(Quantity, SavedFormReadsBack, (uint64_t any)) {
  const uint64_t value = any >> 1;
  RC_ASSERT(parse_size(size_text(value)) == value);
  RC_ASSERT(parse_time(time_text(Duration(static_cast<int64_t>(value)))) == Duration(static_cast<int64_t>(value)));
}

TEST(Names, ARangeStandsForItsDisks) {
  EXPECT_EQ(expand_names("d8..d11"), (std::vector<std::string>{"d8", "d9", "d10", "d11"}));
  EXPECT_EQ(expand_names("c1t0d0"), std::vector<std::string>{"c1t0d0"});
  for (const auto* text :
       {"d5..d0", "d0..e5", "d0..", "..d5", "d0..d5..d9", "d00..d5", "d", "d0..d99999", "0d", "d 0", ""}) {
    if (std::string_view(text) == "d") continue;  // a plain name
    EXPECT_FALSE(expand_names(text)) << text;
  }
}

TEST(Names, UnitsAndPoolsCarryTheirNumbers_D08) {
  EXPECT_EQ(unit_minor("d10"), 10U);
  EXPECT_EQ(unit_minor("d8191"), 8191U);
  EXPECT_FALSE(unit_minor("d8192"));
  EXPECT_FALSE(unit_minor("d010"));
  EXPECT_EQ(pool_id("hsp001"), 1U);
  EXPECT_FALSE(pool_id("hsp1"));
}

TEST(Names, NearestFindsTheSlipAndNotMore) {
  const std::vector<std::string_view> known{"disks", "units", "script"};
  EXPECT_EQ(nearest("diskz", known), "disks");
  EXPECT_FALSE(nearest("workload", known));
}

}  // namespace
}  // namespace raidsim::scenarios
