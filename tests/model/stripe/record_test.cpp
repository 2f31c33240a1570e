// The unit's record as bytes (D-06).
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "model/stripe/layout.h"
#include "model/stripe/record.h"

namespace raidsim::stripe {
namespace {

Unit sample() {
  Unit unit;
  const Extent row[] = {{.start = 0, .size = 100}, {.start = 4, .size = 100}};
  EXPECT_TRUE(add_row(unit, row, 16) && add_row(unit, std::span(row).first(1), 16));
  set_totals(unit);
  unit.un_self_id = 30;
  unit.un_record_id = 7;
  unit.un_parent = 12;
  unit.un_hsp_id = md::make_pool_id(0, 1);
  unit.components.resize(3);
  unit.components[1] = {.un_key = 9,
                        .un_dev = disk_slice(4, 0),
                        .un_start_block = 4,
                        .un_mirror = {.ms_flags = MDM_S_WRTERR,
                                      .ms_state = CS_LAST_ERRED,
                                      .ms_lasterrcnt = 3,
                                      .ms_orig_dev = disk_slice(1, 0),
                                      .ms_orig_blk = 2,
                                      .ms_hs_key = 11,
                                      .ms_hs_id = 5,
                                      .ms_timestamp_ns = -1}};
  return unit;
}

std::vector<std::byte> bytes_of(const Unit& unit) {
  std::vector<std::byte> bytes;
  encode_record(unit, bytes);
  return bytes;
}

TEST(StripeRecord, ComesBackAsItWent) {
  const std::vector<std::byte> bytes = bytes_of(sample());
  EXPECT_EQ(bytes.size(), record_bytes(2, 3));
  EXPECT_EQ(components_offset(2) % 8, 0u);
  const char* why = nullptr;
  const auto back = decode_record(bytes, why);
  ASSERT_TRUE(back) << why;
  EXPECT_EQ(*back, sample());
}

TEST(StripeRecord, WhatCannotBeAUnitIsRefusedWithAReason) {
  const auto refused = [](void (*bend)(Unit&)) {
    Unit unit = sample();
    bend(unit);
    const char* why = nullptr;
    return !decode_record(bytes_of(unit), why) && why != nullptr;
  };
  EXPECT_TRUE(refused([](Unit& u) { u.rows[1].un_icomp = 1; }));        // INV-S01
  EXPECT_TRUE(refused([](Unit& u) { u.rows[1].un_cum_blocks += 1; }));  // INV-S02
  EXPECT_TRUE(refused([](Unit& u) { u.rows[0].un_ncomp = 0; }));
  EXPECT_TRUE(refused([](Unit& u) { u.rows[0].un_interlace = 15; }));
  EXPECT_TRUE(refused([](Unit& u) { u.rows[0].un_interlace = 20; }));              // INV-S03
  EXPECT_TRUE(refused([](Unit& u) { u.un_total_blocks = u.un_actual_tb + 1; }));   // INV-M07
  EXPECT_TRUE(refused([](Unit& u) { u.components[1].un_mirror.ms_hs_key = 0; }));  // INV-S06
  EXPECT_TRUE(refused([](Unit& u) { u.components[0].un_mirror.ms_state = static_cast<ComponentState>(3); }));
  EXPECT_TRUE(refused([](Unit& u) { u.components.pop_back(); }));
}

// Bytes of a rotten replica: no crash, and nothing accepted that the structure rules would not allow.
RC_GTEST_PROP(StripeRecord, HostileBytesAreReadOrRefused, ()) {
  std::vector<std::byte> bytes = bytes_of(sample());
  const auto changes = *rc::gen::inRange(1, 6);
  for (int i = 0; i < changes; ++i) {
    bytes[*rc::gen::inRange<size_t>(0, bytes.size())] = static_cast<std::byte>(*rc::gen::inRange(0, 256));
  }
  bytes.resize(*rc::gen::inRange<size_t>(0, bytes.size() + 1));
  const char* why = nullptr;
  const auto unit = decode_record(bytes, why);
  if (unit) RC_ASSERT(broken_structure(*unit) == nullptr);  // RC_ASSERT evaluates both sides of an ||
}

}  // namespace
}  // namespace raidsim::stripe
