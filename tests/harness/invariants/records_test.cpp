// RC, RP, RE, RT-10, RL-08, RL-13, RL-17: records, spares, events and what is left at rest.
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "engine/simulation.h"
#include "harness/invariants/committed.h"
#include "harness/invariants/durability_rules.h"
#include "harness/invariants/event_rules.h"
#include "harness/invariants/log_entry.h"
#include "harness/invariants/media_rules.h"
#include "harness/invariants/rebuilt_rows.h"
#include "harness/invariants/spare_rules.h"
#include "harness/invariants/system_rules.h"
#include "model/raid/prewrite_header.h"
#include "model/raid/record.h"
#include "tests/model/raid/sample_unit.h"

namespace raidsim::harness {
namespace {

using md::EventSubclass;
using raid::Unit;
using raid::testing::sample_unit;

Unit degraded() {
  Unit u = sample_unit();
  u.un_state = raid::RUS_ERRED;
  u.columns[1].un_devstate = raid::RCS_ERRED;
  u.columns[1].un_devflags = raid::MD_RAID_MISSED_WRITE;
  return u;
}

Unit spared() {
  Unit u = sample_unit();
  u.un_hsp_id = 1;
  u.columns[1].un_hs_id = 77;
  u.columns[1].un_hs_key = 9;
  u.columns[1].un_hs_devstart = u.un_pwsize;
  return u;
}

hotspare::HotSpare spare(hotspare::SpareState state) {
  hotspare::HotSpare s;
  s.hs_record_id = 77;
  s.hs_key = 9;
  s.hs_number_blks = 114;  // 90 of log and 24 rows
  s.hs_state = state;
  return s;
}

// D-06: two readers that never met agree on every field.
TEST(OwnReader, ReadsWhatTheVolumeManagerWrites) {
  Unit u = spared();
  u.un_grow_tb = 5;
  u.un_resync_index = raid::no_column;
  std::vector<std::byte> bytes;
  raid::encode_record(u, bytes);
  const auto read = read_unit_record(bytes);
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, u);
  bytes.pop_back();
  EXPECT_FALSE(read_unit_record(bytes));
  std::vector<std::byte> of_spare;
  spare(hotspare::SpareState::HSS_RESERVED).encode(of_spare);
  const auto s = read_spare_record(of_spare);
  ASSERT_TRUE(s);
  EXPECT_EQ(s->id, 77);
  EXPECT_EQ(s->key, 9u);
  EXPECT_EQ(s->state, spare_reserved);
}

TEST(OwnReader, ReadsLogEntries_RL08) {
  const Unit u = sample_unit();
  std::vector<std::byte> slot(u.un_iosize * block_bytes);
  const raid::PreWriteEntry entry{
      .column = raid::ColumnIndex{2}, .partner = 1, .row = raid::RowIndex{8}, .blocks = 3, .pwid = 6, .colcount = 2};
  for (size_t i = 0; i < 3 * block_bytes; ++i) slot[block_bytes + i] = static_cast<std::byte>(i * 7);
  const std::span<const std::byte> payload(slot.data() + block_bytes, 3 * block_bytes);
  raid::encode(raid::live_header(u, entry, payload), raid::HeaderBlock(slot.data(), block_bytes));
  const auto read = valid_entry(slot, u, 2);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->row, 8u);
  EXPECT_EQ(read->blocks, 3u);
  EXPECT_EQ(read->id, 6u);
  EXPECT_EQ(read->colcount, 2u);
  EXPECT_FALSE(valid_entry(slot, u, 1));  // misdirected
  slot[block_bytes] ^= std::byte{1};
  EXPECT_FALSE(valid_entry(slot, u, 2));  // torn
  LogEntryHeader next = *read;
  next.row = 11;
  EXPECT_EQ(overlapping_entries({*read, next}), "");
  next.row = 10;
  EXPECT_NE(overlapping_entries({*read, next}), "");
}

TEST(Records, ReservationAndColumnGoTogether_RC03) {
  CommittedState state;
  state.units.push_back(spared());
  state.spares.push_back({.id = 77, .key = 9, .state = spare_reserved});
  EXPECT_EQ(broken_reservations(state), "");
  state.spares[0].state = 1;
  EXPECT_NE(broken_reservations(state), "");  // K25: the column first
  state.spares[0].state = spare_reserved;
  state.units[0] = sample_unit();
  EXPECT_NE(broken_reservations(state), "");  // K25: the spare first
  state.units = {spared(), spared()};
  EXPECT_NE(broken_reservations(state), "");
  state.spares.clear();
  EXPECT_NE(broken_reservations(state), "");
}

TEST(Records, AreWhatIsInCore_RT18) {
  Unit u = degraded();
  Unit record = u;
  record.un_pwid = 99;
  record.un_timestamp_ns = 5;
  record.un_percent_done = 3;
  record.columns[0].un_devflags |= raid::MD_RAID_DEV_ISOPEN;
  EXPECT_EQ(difference(u, record), "");
  EXPECT_NE(difference(u, sample_unit()), "");
  record.columns[1].un_devflags = 0;
  EXPECT_NE(difference(u, record), "");
}

// K23: a write survives a column and is acknowledged before the record knows.
TEST(Records, KnowTheErrorBeforeTheAnswer_RC01_RL13) {
  EXPECT_NE(unrecorded_error(degraded(), sample_unit()), "");
  EXPECT_EQ(unrecorded_error(degraded(), degraded()), "");
  Unit missed = sample_unit();
  missed.columns[1].un_devflags = raid::MD_RAID_MISSED_WRITE;
  EXPECT_NE(unrecorded_error(missed, sample_unit()), "");
  const Unit okay = sample_unit();
  EXPECT_FALSE(failure_recorded(okay, 1, okay.columns[1].now.dev));
  EXPECT_TRUE(failure_recorded(degraded(), 1, okay.columns[1].now.dev));
  EXPECT_TRUE(failure_recorded(okay, 1, disk_slice(9, 0)));  // replaced since
}

TEST(Records, DecideWhatABootTrusts_RC05) {
  EXPECT_NE(wrong_boot(degraded(), degraded(), sample_unit()), "");
  EXPECT_EQ(wrong_boot(degraded(), degraded(), degraded()), "");
  EXPECT_EQ(wrong_boot(degraded(), sample_unit(), sample_unit()), "");  // the commit on its way arrived
}

TEST(Spares, ServeOneColumn_RP01_RP02) {
  const auto reserved = spare(hotspare::SpareState::HSS_RESERVED);
  const auto broken = spare(hotspare::SpareState::HSS_BROKEN);
  hotspare::Pool pool;
  pool.hsp_self_id = 1;
  pool.hsp_hotspares = {77};
  const Unit u = spared(), other = spared(), none = sample_unit();
  EXPECT_EQ(broken_owners({{&u}, {&reserved}, {&pool}}), "");
  EXPECT_NE(broken_owners({{&u}, {&broken}, {&pool}}), "");
  EXPECT_NE(broken_owners({{&u}, {}, {&pool}}), "");
  EXPECT_NE(broken_owners({{&u}, {&reserved}, {}}), "");
  EXPECT_EQ(broken_sharing({{&u}, {&reserved}, {&pool}}), "");
  EXPECT_NE(broken_sharing({{&u, &other}, {&reserved}, {&pool}}), "");
  EXPECT_NE(broken_sharing({{&none}, {&reserved}, {&pool}}), "");
  EXPECT_EQ(broken_sharing({{&none}, {&broken}, {&pool}}), "");
}

// K01: exactly as large as needed, one block less.
TEST(Spares, Fit_RP04) {
  const Unit u = spared();
  auto s = spare(hotspare::SpareState::HSS_RESERVED);
  EXPECT_EQ(broken_fit(u, u.columns[1], s), "");
  s.hs_number_blks -= 1;
  EXPECT_NE(broken_fit(u, u.columns[1], s), "");
}

TEST(Spares, AreTakenWhenNeeded_RP05) {
  Unit u = degraded();
  EXPECT_FALSE(column_without_spare(u));  // no pool
  u.un_hsp_id = 1;
  EXPECT_EQ(column_without_spare(u), 1u);
  auto s = spare(hotspare::SpareState::HSS_AVAILABLE);
  EXPECT_TRUE(would_fit(u, u.columns[1], s));
  s.hs_number_blks -= 1;
  EXPECT_FALSE(would_fit(u, u.columns[1], s));
  EXPECT_FALSE(would_fit(u, u.columns[1], spare(hotspare::SpareState::HSS_BROKEN)));
  u.columns[2].un_devstate = raid::RCS_LAST_ERRED;
  EXPECT_FALSE(column_without_spare(u));
}

md::SvmEvent event(EventSubclass subclass) {
  return {.event_class = md::EventClass::EC_SVM_STATE, .subclass = subclass, .device = 10};
}

TEST(Events, ComeInPairs_RE01_RE02) {
  EventPairs pairs;
  EXPECT_EQ(pairs.on_event(event(EventSubclass::ESC_SVM_RESYNC_START)), "");
  EXPECT_NE(pairs.at_rest(), "");
  EXPECT_EQ(pairs.on_event(event(EventSubclass::ESC_SVM_INIT_FAILED)), "");  // its open failed: it never began
  EXPECT_EQ(pairs.on_event(event(EventSubclass::ESC_SVM_RESYNC_FAILED)), "");
  EXPECT_EQ(pairs.at_rest(), "");
  EXPECT_NE(pairs.on_event(event(EventSubclass::ESC_SVM_RESYNC_DONE)), "");
  EXPECT_EQ(pairs.on_event(event(EventSubclass::ESC_SVM_REGEN_START)), "");
  EXPECT_NE(pairs.on_event(event(EventSubclass::ESC_SVM_REGEN_START)), "");
}

TEST(Events, FollowTheRecord_RE03) {
  EXPECT_EQ(unrecorded_event(EventSubclass::ESC_SVM_ERRED, degraded()), "");
  EXPECT_NE(unrecorded_event(EventSubclass::ESC_SVM_ERRED, sample_unit()), "");
  EXPECT_NE(unrecorded_event(EventSubclass::ESC_SVM_LASTERRED, sample_unit()), "");
  EXPECT_EQ(unrecorded_event(EventSubclass::ESC_SVM_RESYNC_DONE, sample_unit()), "");
}

TEST(AtRest, NothingIsHeld_RL17) {
  EXPECT_EQ(not_returned({}), "");
  EXPECT_NE(not_returned({.reserve_present = false}), "");
  EXPECT_NE(not_returned({.wait_flags = 8}), "");
  EXPECT_NE(not_returned({.queue = 1}), "");
  EXPECT_NE(not_returned({.slots_taken = 1}), "");
  EXPECT_NE(not_returned({.parents = 1}), "");
  EXPECT_NE(not_returned({.internal_opens = 1}), "");
  EXPECT_NE(not_returned({.locks_held = 1}), "");
}

TEST(AtRest, NoResyncIsLeftBehind_RT10) {
  Unit u = degraded();
  EXPECT_EQ(resync_left_behind(u, 0, true), "");
  u.columns[1].un_devstate = raid::RCS_RESYNC;
  EXPECT_NE(resync_left_behind(u, 0, true), "");
  EXPECT_EQ(resync_left_behind(u, 0, false), "");
  u.un_status |= raid::MD_UN_RESYNC_ACTIVE;
  EXPECT_NE(resync_left_behind(u, 0, false), "");
  EXPECT_EQ(resync_left_behind(u, 1, true), "");
}

TEST(Media, RebuiltContentIsALegalValue_RD03) {
  LegalValues legal(16);
  const WriteId first = legal.begin_write(4, 1);
  legal.end_write(first, WriteEnd::acknowledged);
  const WriteId second = legal.begin_write(4, 1);
  legal.end_write(second, WriteEnd::acknowledged);
  std::vector<std::byte> block(block_bytes);
  fill_pattern(block, second, 4);
  EXPECT_EQ(broken_rebuilt(legal, 4, block), "");
  fill_pattern(block, first, 4);
  EXPECT_NE(broken_rebuilt(legal, 4, block), "");  // old data
  block[100] ^= std::byte{1};
  EXPECT_NE(broken_rebuilt(legal, 4, block), "");   // nobody's
  EXPECT_EQ(broken_rebuilt(legal, 99, block), "");  // past the end: no block of the unit
}

// K14, K15: reads from a column that is not valid there, or from a device that is not in use.
TEST(Media, SourcesAreValid_RL15) {
  Unit u = degraded();
  Place place{.role = Role::data, .group = Group::original, .current = true, .unit = 0, .column = 1, .offset = 8};
  EXPECT_NE(broken_source(u, place, 1), "");
  u.columns[1].un_devstate = raid::RCS_RESYNC;
  u.columns[1].un_devflags = raid::MD_RAID_REGEN_RESYNC;
  u.un_resync_line_index = 2;
  EXPECT_EQ(broken_source(u, place, 8), "");
  EXPECT_NE(broken_source(u, place, 9), "");  // reaches into line 2
  place.column = 0;
  EXPECT_EQ(broken_source(u, place, 9), "");
  place.current = false;
  EXPECT_NE(broken_source(u, place, 1), "");
}

// A resync line that runs ahead of the writes would make the code under test read rows that nobody has rebuilt.
TEST(Media, OnlyRowsThatAreWrittenAreRebuilt_RL15) {
  RebuiltRows rebuilt;
  rebuilt.began(0);
  EXPECT_NE(rebuilt.broken_read(0, 1, 0, 1), "");
  rebuilt.written(0, 0, 8);
  rebuilt.written(0, 8, 8);
  EXPECT_EQ(rebuilt.broken_read(0, 1, 4, 12), "");
  EXPECT_NE(rebuilt.broken_read(0, 1, 4, 13), "");
  rebuilt.written(0, 24, 8);  // rows 16..23 were left out
  EXPECT_NE(rebuilt.broken_read(0, 1, 24, 1), "");
  rebuilt.written(0, 8, 8);  // a region once more
  EXPECT_EQ(rebuilt.broken_read(0, 1, 15, 1), "");
  EXPECT_EQ(rebuilt.broken_read(1, 1, 0, 0), "");  // another unit has its own
  rebuilt.began(0);
  EXPECT_NE(rebuilt.broken_read(0, 1, 0, 1), "");
}

TEST(Media, WritesStayInTheirColumn_RD12) {
  const disk::DeviceTree numbers(4);
  DiskRoles roles({{.slice0 = 16, .blocks = 200},
                   {.slice0 = 0, .blocks = 200},
                   {.slice0 = 0, .blocks = 200},
                   {.slice0 = 0, .blocks = 200}},
                  numbers);
  roles.add(0, sample_unit());
  const auto target = [&](uint32_t disk, uint64_t block, uint32_t blocks) {
    return broken_target(roles, roles.find(disk, block), disk, block, blocks);
  };
  EXPECT_EQ(target(0, 16, 9), "");
  EXPECT_EQ(target(0, 16 + 90, 24), "");
  EXPECT_EQ(target(0, 16 + 88, 4), "");   // zeroing runs from the log into the data
  EXPECT_NE(target(0, 16 + 90, 25), "");  // K07's neighbour: one block too far
  EXPECT_NE(target(0, 12, 8), "");        // from slice 7 into the log
  EXPECT_EQ(target(0, 0, 4), "");         // replicas are not the columns' business
  EXPECT_NE(target(1, 150, 1), "");
}

// Three disks whose rows add up, but for row 9 of the second piece. Then a sector that cannot be read: its stretch is
// not judged at all.
TEST(Media, RowsAreSummedPieceByPiece_RD01) {
  Simulation simulation({.seed = 1});
  disk::PagePool pool;
  disk::DiskOptions small;
  small.blocks = 64;
  const std::vector<disk::DiskOptions> options(3, small);
  disk::DiskBay bay(simulation, pool, options);
  const DiskRoles roles(std::vector<SliceLayout>(3, SliceLayout{.slice0 = 0, .blocks = 64}), bay.tree());
  std::vector<raid::DeviceGroup> groups;
  std::vector<std::byte> block(block_bytes);
  for (uint32_t d = 0; d < 3; ++d) {
    groups.push_back({.dev = disk_slice(d, 0), .pwstart = 0, .devstart = 4});
    for (uint64_t row = 0; row < 16; ++row) {
      const auto value = static_cast<std::byte>(d == 2 ? 0x30 : 0x10 << d);
      std::fill(block.begin(), block.end(), row == 9 && d == 1 ? std::byte{0x21} : value);
      bay[d].poke(4 + row, 1, block.data());
    }
  }
  RowSums sums(bay, roles);
  EXPECT_TRUE(sums.readable(groups, 0, 16));
  EXPECT_FALSE(sums.readable(groups, 50, 11));  // beyond the end
  ASSERT_TRUE(sums.sum(groups, 0, RowSums::piece_rows));
  EXPECT_TRUE(sums.all_zero());
  ASSERT_TRUE(sums.sum(groups, 8, RowSums::piece_rows));
  EXPECT_FALSE(sums.all_zero());
  EXPECT_TRUE(sums.zero(0));
  EXPECT_FALSE(sums.zero(1));
  EXPECT_EQ(sums.row(1)[0], std::byte{1});
  bay[1].mark_damaged(4 + 12, 1, disk::DamageKind::unreadable, 1, 7);
  EXPECT_FALSE(sums.readable(groups, 0, 16));
  EXPECT_TRUE(sums.readable(groups, 0, 12));
}

}  // namespace
}  // namespace raidsim::harness
