// tests/model/raid/region_test.cpp: one region of a resync (raid-resync.md 4.4).
#include <gtest/gtest.h>

#include "model/raid/region.h"
#include "model/raid/scoped_hold.h"
#include "tests/model/raid/volume.h"

namespace raidsim::raid {
namespace {

using testing::Volume;

RegionEnd rebuild(Volume& v, uint64_t column, const Region& region, bool single_read = false) {
  v.un().un_resync_copysize = 5;  // no divisor of the region: the last chunk is short (K07)
  RegionBuffers buffers(*v.unit().system.env.memory, 5);
  ScopedRead held(v.unit().unit_lock.read());
  const RegionEnd end =
      raid_resync_region(v.unit(), held, ColumnIndex{column}, Target::now, single_read, region, buffers);
  held.release();
  return end;
}

TEST(Region, ShortLastChunkIsRight_K07) {
  Volume v;
  ASSERT_TRUE(v.run([&] {
    ASSERT_EQ(v.open(), 0);
    v.fill();
    const auto whole = v.disk(1).content();
    const auto at = static_cast<std::ptrdiff_t>((v.un().un_pwsize + 8) * block_bytes);
    std::fill_n(v.disk(1).content().begin() + at, 16 * block_bytes, std::byte{0x77});
    v.column(1).un_devstate = RCS_RESYNC;
    v.column(1).un_devflags |= MD_RAID_REGEN_RESYNC;
    EXPECT_EQ(rebuild(v, 1, {.first_line = 1, .lines = 2}).result, ResyncResult::OKAY);
    EXPECT_EQ(v.disk(1).content(), whole);
  }));
}

// RH-01: a column that missed a write is no source, and its name comes back.
TEST(Region, InvalidSourceEndsIt_RH01) {
  Volume v;
  ASSERT_TRUE(v.run([&] {
    ASSERT_EQ(v.open(), 0);
    v.column(1).un_devstate = RCS_RESYNC;
    v.column(1).un_devflags |= MD_RAID_REGEN_RESYNC;
    v.column(3).un_devstate = RCS_LAST_ERRED;
    v.column(3).un_devflags |= MD_RAID_MISSED_WRITE;
    const RegionEnd end = rebuild(v, 1, {.first_line = 0, .lines = 1});
    EXPECT_EQ(end.result, ResyncResult::RDERROR);
    EXPECT_EQ(end.err_col, 3);
    v.column(3).un_devflags &= ~uint32_t{MD_RAID_MISSED_WRITE};
    EXPECT_EQ(rebuild(v, 1, {.first_line = 0, .lines = 1}).result, ResyncResult::OKAY);
  }));
}

// RH-02: an INIT column counts as zero and is not asked.
TEST(Region, AbsentColumnsAreNotTouched_RH02) {
  Volume v;
  ASSERT_TRUE(v.run([&] {
    ASSERT_EQ(v.open(), 0);
    v.column(1).un_devstate = RCS_RESYNC;
    v.column(1).un_devflags |= MD_RAID_REGEN_RESYNC;
    v.column(2).un_devstate = RCS_INIT;
    v.disk(2).log.clear();
    EXPECT_EQ(rebuild(v, 1, {.first_line = 0, .lines = 1}).result, ResyncResult::OKAY);
    EXPECT_TRUE(v.disk(2).log.empty());
  }));
}

TEST(Region, UnreadableSpareIsHandedOver_RH16) {
  Volume v;
  ASSERT_TRUE(v.run([&] {
    ASSERT_EQ(v.open(), 0);
    v.disk(1).on_request = [](const IoRequest& r) { return r.op == IoOp::read ? EIO : 0; };
    EXPECT_TRUE(rebuild(v, 1, {.first_line = 0, .lines = 1}, true).hand_over);
  }));
}

}  // namespace
}  // namespace raidsim::raid
