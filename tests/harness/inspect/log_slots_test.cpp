// What inspect says of pre-write slots: live entries in full, and whatever is neither live nor empty.
#include "harness/inspect/log_slots.h"

#include <gtest/gtest.h>

#include "tests/harness/inspect/set_image.h"

namespace raidsim::harness {
namespace {

using testing::block_of;
using testing::says;
using testing::SetImage;

constexpr uint64_t slot_blocks = 9;  // un_iosize

raid::HeaderBlock header_block(DiskImage& image, uint32_t column, uint32_t slot) {
  return block_of(image, testing::columns_begin + column, slot * slot_blocks).first<block_bytes>();
}

void put_entry(DiskImage& image, const raid::Unit& unit, uint32_t column, uint32_t slot, uint64_t row) {
  auto payload = std::vector<std::byte>(2 * block_bytes, std::byte{0x5a});
  payload[7] = std::byte{1};
  const raid::PreWriteEntry entry{.column = raid::ColumnIndex{column},
                                  .partner = 3,
                                  .row = raid::RowIndex{row},
                                  .blocks = 2,
                                  .pwid = 41,
                                  .colcount = 2};
  encode(live_header(unit, entry, payload), header_block(image, column, slot));
  for (uint32_t b = 0; b < 2; ++b) {
    std::copy_n(payload.begin() + b * block_bytes, block_bytes,
                block_of(image, testing::columns_begin + column, slot * slot_blocks + 1 + b).begin());
  }
}

/// Column 1 with initialised slots, slot 3 live; the others blank.
DiskImage with_a_log(const raid::Unit& unit) {
  DiskImage image = SetImage().image();
  for (uint32_t slot = 0; slot < unit.un_pwcnt; ++slot) {
    encode(empty_header(unit, raid::ColumnIndex{1}), header_block(image, 1, slot));
  }
  put_entry(image, unit, 1, 3, 8);
  return image;
}

TEST(LogSlots, ALiveEntryIsToldInFull) {
  const raid::Unit unit = testing::unit_d10();
  const Inspection seen = inspect(with_a_log(unit));

  EXPECT_TRUE(seen.sound()) << seen.damage[0];
  const ColumnLog& log = seen.units.at(0).logs.at(1);
  EXPECT_EQ(log.empty, 9U);
  ASSERT_EQ(log.entries.size(), 1U);
  EXPECT_EQ(log.entries[0].slot, 3U);
  EXPECT_EQ(log.entries[0].state, SlotState::live);
  EXPECT_EQ(log.entries[0].header.rpw_id, 41);
  EXPECT_EQ(log.entries[0].header.rpw_blkno, 8U);
  EXPECT_EQ(seen.units[0].logs[0].blank, 10U);
}

// The power failed in the pre-write: its header is there, of the payload a part.
TEST(LogSlots, ATornEntryIsDamage) {
  DiskImage image = with_a_log(testing::unit_d10());
  const auto second = block_of(image, testing::columns_begin + 1, 3 * slot_blocks + 2);
  std::fill(second.begin(), second.end(), std::byte{0});

  EXPECT_EQ(inspect(image).damage, std::vector<std::string>{"d10 column 1 slot 3: torn or damaged"});
}

// A whole entry of another unit, as a disk that was moved may have: a replay passes it over (RH-08).
TEST(LogSlots, AnEntryOfAnotherUnitIsForeign) {
  raid::Unit other = testing::unit_d10();
  DiskImage image = with_a_log(other);
  other.un_self_id = 11;
  put_entry(image, other, 1, 3, 8);

  EXPECT_EQ(inspect(image).damage, std::vector<std::string>{"d10 column 1 slot 3: of another unit or shape"});
}

TEST(LogSlots, ASpoiltEmptyHeaderABadSectorAndAMissingDiskAreTold) {
  DiskImage image = with_a_log(testing::unit_d10());
  header_block(image, 1, 5)[60] ^= std::byte{1};
  image.disks[testing::columns_begin + 1].unreadable = {{7 * slot_blocks, 1}};
  image.disks[testing::columns_begin + 2].blocks = 50;

  EXPECT_EQ(inspect(image).damage,
            (std::vector<std::string>{"d10 column 1 slot 5: torn or damaged", "d10 column 1 slot 7: cannot be read",
                                      "d10 column 2: its log is not on d5"}));
}

// The log of an errored column is not what a replay goes by: what it holds is told, and harms nobody.
TEST(LogSlots, TheLogOfAnErroredColumnIsNoDamage) {
  SetImage disks;
  raid::Unit unit = testing::unit_d10();
  unit.un_state = raid::RUS_ERRED;
  unit.columns[1].un_devstate = raid::RCS_ERRED;
  unit.columns[1].un_devflags |= raid::MD_RAID_MISSED_WRITE;
  const auto bytes = testing::bytes_of(unit);
  disks.commit({{SetImage::unit, bytes}});
  DiskImage image = disks.image();
  put_entry(image, unit, 1, 3, 8);
  header_block(image, 1, 3)[8] ^= std::byte{1};

  const Inspection seen = inspect(image);

  EXPECT_TRUE(seen.sound()) << seen.damage[0];
  EXPECT_EQ(seen.units.at(0).logs.at(1).entries.at(0).state, SlotState::damaged);
}

}  // namespace
}  // namespace raidsim::harness
