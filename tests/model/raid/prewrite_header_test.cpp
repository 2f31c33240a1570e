// tests/model/raid/prewrite_header_test.cpp: an entry of the log is believed only when every bit is right (RH-08).
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <string_view>

#include "model/raid/prewrite_header.h"
#include "tests/model/raid/sample_unit.h"

namespace raidsim::raid {
namespace {

using testing::sample_unit;
using Payload = std::vector<std::byte>;

Payload payload_of(uint32_t blocks) {
  Payload payload(size_t{blocks} * block_bytes);
  for (size_t i = 0; i < payload.size(); ++i) payload[i] = static_cast<std::byte>(i * 31 + (i >> 8));
  return payload;
}

PreWriteEntry data_entry() {
  return {.column = ColumnIndex{2}, .partner = 1, .row = RowIndex{9}, .blocks = 3, .pwid = 77, .colcount = 2};
}

TEST(PreWriteHeader, RoundTrip_D06) {
  const Unit unit = sample_unit();
  const Payload payload = payload_of(3);
  const PreWriteHeader header = live_header(unit, data_entry(), payload);
  std::array<std::byte, block_bytes> block;
  block.fill(std::byte{0xff});
  encode(header, block);
  EXPECT_EQ(decode_header(block), header);
  EXPECT_TRUE(plausible(header, unit, ColumnIndex{2}));
  EXPECT_TRUE(checksums_match(header, payload));
  for (size_t i = prewrite_header_bytes; i < block.size(); ++i) EXPECT_EQ(block[i], std::byte{0});
}

// The check value of CRC-32C ("123456789") fixes polynomial, reflection and both XORs.
TEST(PreWriteHeader, FieldsStandWhereTheTableSays) {
  const Unit unit = sample_unit();
  std::array<std::byte, block_bytes> block;
  encode(live_header(unit, data_entry(), payload_of(3)), block);
  const auto u32 = [&](size_t at) {
    uint32_t value = 0;
    for (size_t i = 0; i < 4; ++i) value |= std::to_integer<uint32_t>(block[at + i]) << (8 * i);
    return value;
  };
  EXPECT_EQ(u32(0), RAID_PWMAGIC);
  EXPECT_EQ(u32(8), 1U);    // rpw_columnnum
  EXPECT_EQ(u32(12), 9U);   // rpw_blkno
  EXPECT_EQ(u32(20), 3U);   // rpw_blkcnt
  EXPECT_EQ(u32(24), 77U);  // rpw_id
  EXPECT_EQ(u32(36), 2U);   // rpw_column
  EXPECT_EQ(u32(40), 10U);  // rpw_unit
  EXPECT_EQ(u32(44), RAID_PWMAGIC);
  EXPECT_EQ(u32(72), 90U);  // rpw_pwsize
}

// Flip any one bit of the header's 96 bytes or of the payload: the entry does not count any more.
TEST(PreWriteHeader, EveryBitFlipIsNoticed_RH08) {
  const Unit unit = sample_unit();
  Payload payload = payload_of(3);
  std::array<std::byte, block_bytes> block;
  encode(live_header(unit, data_entry(), payload), block);
  const auto counts = [&] {
    const PreWriteHeader header = decode_header(block);
    if (!plausible(header, unit, ColumnIndex{2})) return false;
    return checksums_match(header, std::span(payload).first(std::min(payload.size(), size_t{header.rpw_blkcnt} * 512)));
  };
  ASSERT_TRUE(counts());
  payload.resize(size_t{8} * block_bytes);  // a larger rpw_blkcnt reads what lies behind
  ASSERT_TRUE(counts());
  for (size_t bit = 0; bit < prewrite_header_bytes * 8; ++bit) {
    block[bit / 8] ^= std::byte{1} << static_cast<int>(bit % 8);
    EXPECT_FALSE(counts()) << "header bit " << bit;
    block[bit / 8] ^= std::byte{1} << static_cast<int>(bit % 8);
  }
  for (size_t bit = 0; bit < size_t{3} * block_bytes * 8; bit += 7) {
    payload[bit / 8] ^= std::byte{1} << static_cast<int>(bit % 8);
    EXPECT_FALSE(counts()) << "payload bit " << bit;
    payload[bit / 8] ^= std::byte{1} << static_cast<int>(bit % 8);
  }
}

TEST(PreWriteHeader, AnEmptySlotIsNoEntryButHasAGoodChecksum_D06) {
  const Unit unit = sample_unit();
  const PreWriteHeader empty = empty_header(unit, ColumnIndex{1});
  EXPECT_EQ(empty.rpw_magic, 0U);
  EXPECT_EQ(empty.rpw_crc, rpw_crc(empty, {}));
  EXPECT_TRUE(matches_geometry(empty, unit, ColumnIndex{1}));
  EXPECT_FALSE(plausible(empty, unit, ColumnIndex{1}));
}

struct Refusal {
  const char* rule;
  void (*spoil)(PreWriteHeader&);
};

// Replay R1 to R6 and RH-08, one condition at a time.
TEST(PreWriteHeader, EachConditionIsAsked_ReplayR1toR6_RH08) {
  const Unit unit = sample_unit();
  const PreWriteHeader good = live_header(unit, data_entry(), payload_of(3));
  const Refusal refusals[] = {
      {"R1", [](PreWriteHeader& h) { h.rpw_magic = 0; }},
      {"R2", [](PreWriteHeader& h) { h.rpw_column = 3; }},
      {"R3", [](PreWriteHeader& h) { h.rpw_id = 0; }},
      {"R4 low", [](PreWriteHeader& h) { h.rpw_blkcnt = 0; }},
      {"R4 high", [](PreWriteHeader& h) { h.rpw_blkcnt = 9; }},
      {"R5", [](PreWriteHeader& h) { h.rpw_blkno = 23; }},
      {"R5 wrapping", [](PreWriteHeader& h) { h.rpw_blkno = ~uint64_t{0}; }},
      {"R6 colcount", [](PreWriteHeader& h) { h.rpw_colcount = 3; }},
      {"R6 single with partner", [](PreWriteHeader& h) { h.rpw_colcount = 1; }},
      {"R6 pair without partner", [](PreWriteHeader& h) { h.rpw_columnnum = -1; }},
      {"R6 own partner", [](PreWriteHeader& h) { h.rpw_columnnum = 2; }},
      {"R6 no such partner", [](PreWriteHeader& h) { h.rpw_columnnum = 4; }},
      {"RH-08 line", [](PreWriteHeader& h) { h.rpw_blkno = 6; }},
      {"RH-08 unit", [](PreWriteHeader& h) { h.rpw_unit = 11; }},
      {"RH-08 ext", [](PreWriteHeader& h) { h.rpw_magic_ext = 0; }},
      {"RH-08 O", [](PreWriteHeader& h) { ++h.rpw_origcolumncnt; }},
      {"RH-08 N", [](PreWriteHeader& h) { ++h.rpw_totalcolumncnt; }},
      {"RH-08 S", [](PreWriteHeader& h) { ++h.rpw_segsize; }},
      {"RH-08 L", [](PreWriteHeader& h) { ++h.rpw_segsincolumn; }},
      {"RH-08 pwcnt", [](PreWriteHeader& h) { ++h.rpw_pwcnt; }},
      {"RH-08 pwsize", [](PreWriteHeader& h) { ++h.rpw_pwsize; }},
      {"RH-08 pwstart", [](PreWriteHeader& h) { ++h.rpw_pwstart; }},
  };
  ASSERT_TRUE(plausible(good, unit, ColumnIndex{2}));
  for (const Refusal& refusal : refusals) {
    PreWriteHeader header = good;
    refusal.spoil(header);
    EXPECT_FALSE(plausible(header, unit, ColumnIndex{2})) << refusal.rule;
  }
}

RC_GTEST_PROP(PreWriteHeader, AnyBlockDecodesWithoutHarm, ()) {
  std::array<std::byte, block_bytes> block;
  for (std::byte& b : block) b = std::byte{*rc::gen::arbitrary<uint8_t>()};
  const PreWriteHeader header = decode_header(block);
  const Unit unit = sample_unit();
  RC_ASSERT(!plausible(header, unit, ColumnIndex{0}) || header.rpw_blkcnt <= payload_blocks_max(unit));
}

}  // namespace
}  // namespace raidsim::raid
