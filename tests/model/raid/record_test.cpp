// tests/model/raid/record_test.cpp: the unit's record leaves memory and comes back, and bad bytes do not.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "model/raid/record.h"
#include "tests/model/raid/sample_unit.h"

namespace raidsim::raid {
namespace {

using testing::sample_unit;

std::vector<std::byte> bytes_of(const Unit& unit) {
  std::vector<std::byte> bytes;
  encode_record(unit, bytes);
  return bytes;
}

TEST(Record, EveryFieldComesBack_D06) {
  Unit unit = sample_unit(5);
  unit.un_status = MD_UN_BEING_RESET;
  unit.un_flag = 1;
  unit.un_capabilities = 9;
  unit.un_timestamp_ns = -4;
  unit.un_pwid = 1'000'000'007;
  unit.un_percent_done = 500;
  unit.un_resync_copysize = 64;
  unit.un_hsp_id = 7;
  unit.un_resync_line_index = 2;
  unit.un_resync_index = 3;
  unit.un_grow_tb = 4000;
  unit.un_init_colcnt = 1;
  unit.un_init_iocnt = 12;
  unit.columns[3] = {.un_devstate = RCS_RESYNC,
                     .un_devflags = MD_RAID_COPY_RESYNC,
                     .un_devtimestamp_ns = 8,
                     .orig = {.dev = 5, .pwstart = 16, .devstart = 106},
                     .un_orig_key = 12,
                     .now = {.dev = no_device, .pwstart = 32, .devstart = 122},
                     .un_hs_id = 44,
                     .un_hs_key = 13,
                     .un_hs_pwstart = 32,
                     .un_hs_devstart = 122,
                     .alt = {.dev = 5, .pwstart = 16, .devstart = 106}};
  const char* why = nullptr;
  const auto back = decode_record(bytes_of(unit), why);
  ASSERT_TRUE(back.has_value()) << why;
  EXPECT_TRUE(*back == unit);
}

TEST(Record, NoResyncIsMinusOne) {
  const char* why = nullptr;
  const auto back = decode_record(bytes_of(sample_unit()), why);
  ASSERT_TRUE(back.has_value()) << why;
  EXPECT_EQ(back->un_resync_index, no_column);
}

// Every prefix, and the record with a byte more, is not a record.
TEST(Record, OnlyTheWholeLengthIsARecord) {
  std::vector<std::byte> bytes = bytes_of(sample_unit());
  ASSERT_EQ(bytes.size(), record_bytes(4));
  const char* why = nullptr;
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(decode_record(std::span(bytes).first(size), why).has_value()) << size;
  }
  bytes.push_back(std::byte{0});
  EXPECT_FALSE(decode_record(bytes, why).has_value());
}

// Any damage either is refused or leaves a unit whose arithmetic is safe (RS-01, RT-01).
RC_GTEST_PROP(Record, HostileBytesAreRefusedOrSafe_RS01, ()) {
  std::vector<std::byte> bytes = bytes_of(sample_unit());
  const auto damage = *rc::gen::container<std::vector<std::pair<size_t, uint8_t>>>(
      rc::gen::pair(rc::gen::inRange<size_t>(0, bytes.size()), rc::gen::arbitrary<uint8_t>()));
  for (const auto& [at, value] : damage) bytes[at] = std::byte{value};
  const char* why = nullptr;
  const auto unit = decode_record(bytes, why);
  if (!unit) {
    RC_ASSERT(why != nullptr);
    return;
  }
  RC_ASSERT(broken_structure(*unit) == nullptr);
  RC_ASSERT(unit->columns.size() == unit->un_totalcolumncnt);
  RC_ASSERT(bytes_of(*unit) == bytes);
}

}  // namespace
}  // namespace raidsim::raid
