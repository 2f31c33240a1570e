// The replicated database's structures on bytes: test vectors of the specification, what was written is read back, and
// whatever else is on a disk is told apart. A torn or bit-flipped block is never taken for a good one.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "model/statedb/format/checksum.h"
#include "model/statedb/format/directory_block.h"
#include "model/statedb/format/fields.h"
#include "model/statedb/format/locator_block.h"
#include "model/statedb/format/locator_names.h"
#include "model/statedb/format/master_block.h"
#include "model/statedb/format/record_block.h"
#include "model/statedb/free_space.h"

namespace raidsim::statedb {
namespace {

using Bytes = std::vector<std::byte>;

Bytes bytes_of(std::string_view text) {
  const auto raw = std::as_bytes(std::span(text));
  return {raw.begin(), raw.end()};
}

/// Every single bit, turned, must be noticed by `is_good`, but where `nobody_looks(byte)`.
template <class IsGood, class NobodyLooks>
void expect_every_bit_counts(Bytes bytes, IsGood is_good, NobodyLooks nobody_looks) {
  ASSERT_TRUE(is_good(bytes));
  for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    bytes[bit / 8] ^= static_cast<std::byte>(1U << bit % 8);
    EXPECT_EQ(is_good(bytes), nobody_looks(bit / 8)) << "byte " << bit / 8 << " bit " << bit % 8;
    bytes[bit / 8] ^= static_cast<std::byte>(1U << bit % 8);
  }
}
constexpr auto nowhere = [](size_t) { return false; };

// ---- checksum (DB-F2, B.1) ----

TEST(Checksum, TestVectorsOfTheSpecification_DBF2) {
  EXPECT_EQ(checksum({}), 0x000f1206U);
  EXPECT_EQ(checksum(Bytes(1)), 0x0f120600U);
  EXPECT_EQ(checksum(bytes_of("123456789")), 0xf9a5577eU);
  EXPECT_EQ(checksum(Bytes(512)), 0x993ba5f5U);

  Bytes record(512);
  put32(record, 0, MDDB_MAGIC_RB);
  put32(record, 4, MDDB_REV_RB64);
  EXPECT_EQ(checksum(record, {{8, 24}}), 0xc6123d10U);
  put32(record, 24, 1);
  EXPECT_EQ(checksum(record, {{8, 24}}), 0xb6a11544U);

  Bytes locators(1536);
  put32(locators, 0, MDDB_MAGIC_LB);
  put32(locators, 4, MDDB_REV_LB);
  EXPECT_EQ(checksum(locators, {{8, 12}}), 0x59e13666U);
}

TEST(Revision, AMinorMayBeOlderAMajorMayNotDiffer_DBF1) {
  EXPECT_TRUE(acceptable_revision(0x0201, 0x0201));
  EXPECT_TRUE(acceptable_revision(0x0200, 0x0201));
  EXPECT_FALSE(acceptable_revision(0x0202, 0x0201));
  EXPECT_FALSE(acceptable_revision(0x0101, 0x0201));
  EXPECT_FALSE(acceptable_revision(0x10201, 0x0201));
}

// ---- master block (1.3) ----

MasterBlock some_master() { return new_master_block(16, 1024, 0, {7, 8}, bytes_of("id1,sd@n5000")); }

Bytes encoded(const MasterBlock& master) {
  Bytes out(MDDB_BSIZE);
  encode(master, out);
  return out;
}

TEST(MasterBlock, MapsLogicalBlocksBehindItself_DBF5) {
  const MasterBlock master = some_master();
  EXPECT_EQ(master.physical(0), 17U);
  EXPECT_EQ(master.physical(1022), 1039U);
  EXPECT_EQ(master.physical(1023), std::nullopt);
  EXPECT_EQ(decode_master_block(encoded(master), 16, 0).block, master);
}

TEST(MasterBlock, EveryTurnedBitIsNoticed) {
  expect_every_bit_counts(
      encoded(some_master()),
      [](const Bytes& bytes) { return decode_master_block(bytes, 16, 0).fault == BlockFault::none; }, nowhere);
}

// A copy at another place, or of another set, must not be taken for a replica (DB-B4 step 2).
TEST(MasterBlock, IsGoodOnlyWhereItSaysAndForItsSet) {
  const Bytes bytes = encoded(some_master());
  EXPECT_EQ(decode_master_block(bytes, 17, 0).fault, BlockFault::place);
  EXPECT_EQ(decode_master_block(bytes, 16, 1).fault, BlockFault::place);
  MasterBlock over_itself = some_master();
  over_itself.m_firstblk = 10;
  EXPECT_EQ(decode_master_block(encoded(over_itself), 16, 0).fault, BlockFault::place);
}

// ---- locator block (1.4) ----

Bytes encoded(const LocatorBlock& lb) {
  Bytes out(locator_block_bytes);
  encode(lb, out);
  return out;
}

LocatorBlock some_locators() {
  LocatorBlock lb;
  lb.lb_commitcnt = 5;
  lb.lb_inittime = {100, 1};
  lb.lb_lnfirstblk = 3;
  lb.lb_lnblkcnt = 7;
  lb.lb_dbfirstblk = 10;
  lb.lb_drvnm = {"sd"};
  std::copy_n("host-1", 6, lb.lb_ident.begin());
  for (uint32_t i = 0; i < 3; ++i) {
    lb.lb_locators.push_back({.l_dev = compressed_device(disk_slice(i, 7)),
                              .l_blkno = 16,
                              .l_flags = MDDB_F_ACTIVE,
                              .drvnm_index = 0,
                              .minor = minor_of(disk_slice(i, 7))});
  }
  return lb;
}

RC_GTEST_PROP(LocatorBlock, ComesBackWhole, ()) {
  LocatorBlock lb = some_locators();
  lb.lb_commitcnt = *rc::gen::arbitrary<uint32_t>();
  const auto flags = *rc::gen::container<std::vector<uint32_t>>(rc::gen::arbitrary<uint32_t>());
  for (size_t i = 0; i < flags.size() && lb.lb_locators.size() < MDDB_NLB; ++i) {
    lb.lb_locators.push_back(
        {.l_dev = flags[i], .l_blkno = flags[i] >> 3, .l_flags = flags[i], .drvnm_index = 1, .minor = flags[i] & 7});
  }
  RC_ASSERT(decode_locator_block(encoded(lb), 0).block == lb);
}

TEST(LocatorBlock, EveryTurnedBitIsNoticed) {
  expect_every_bit_counts(
      encoded(some_locators()),
      [](const Bytes& bytes) { return decode_locator_block(bytes, 0).fault == BlockFault::none; }, nowhere);
}

TEST(LocatorBlock, OfAnotherSetOrSizeIsPassedOver_DBB4) {
  Bytes bytes = encoded(some_locators());
  EXPECT_EQ(decode_locator_block(bytes, 1).fault, BlockFault::place);
  put32(bytes, 104, 8);  // the size of a shared set's
  EXPECT_EQ(decode_locator_block(bytes, 0).fault, BlockFault::place);
}

// The checksum is right and the content is not: what a broken program would write.
TEST(LocatorBlock, CountsThatCannotBeAreRefused) {
  for (const auto& [at, value] : {std::pair<size_t, uint32_t>{24, 51}, {24, ~0U}, {120, 17}}) {
    Bytes bytes = encoded(some_locators());
    put32(bytes, at, value);
    put32(bytes, 8, checksum(bytes, {{8, 12}}));
    EXPECT_EQ(decode_locator_block(bytes, 0).fault, BlockFault::content) << at;
  }
}

TEST(LocatorBlock, DeviceNumbersComeBackFromTheirShortForm) {
  EXPECT_EQ(expanded_device(compressed_device(disk_slice(99, 7))), disk_slice(99, 7));
}

// ---- locator names (1.5) ----

TEST(LocatorNames, NamesShareTheirPrefixes) {
  LocatorNames names;
  EXPECT_TRUE(names.enter(0, "/dev/dsk/c0t0d0s7"));
  EXPECT_TRUE(names.enter(2, "/dev/dsk/c0t2d0s7"));
  EXPECT_TRUE(names.enter(1, "loose"));
  EXPECT_EQ(names.prefixes.size(), 2U);
  Bytes bytes(locator_names_bytes);
  encode(names, bytes);
  const LocatorNames back = decode_locator_names(bytes).names;
  EXPECT_EQ(back.name(0), "/dev/dsk/c0t0d0s7");
  EXPECT_EQ(back.name(1), "loose");
  EXPECT_EQ(back.name(2), "/dev/dsk/c0t2d0s7");
  EXPECT_EQ(back.name(3), "");
}

TEST(LocatorNames, WhatDoesNotFitChangesNothing) {
  LocatorNames names;
  for (uint32_t i = 0; i < MDDB_PREFIXCNT; ++i) ASSERT_TRUE(names.enter(i, "/dev/" + std::to_string(i) + "/x"));
  const LocatorNames before = names;
  EXPECT_FALSE(names.enter(20, "/dev/another/x"));
  EXPECT_FALSE(names.enter(20, "/dev/0/" + std::string(MD_MAXSUFFIX + 1, 'x')));
  EXPECT_FALSE(names.enter(MDDB_NLB, "/dev/0/x"));
  EXPECT_EQ(names, before);
}

TEST(LocatorNames, EveryTurnedBitIsNoticed) {
  LocatorNames names;
  ASSERT_TRUE(names.enter(49, "/dev/dsk/c0t0d0s7"));
  Bytes bytes(locator_names_bytes);
  encode(names, bytes);
  expect_every_bit_counts(
      bytes, [](const Bytes& b) { return decode_locator_names(b).fault == BlockFault::none; }, nowhere);
}

// ---- directory block (1.6) ----

DirectoryEntry entry_of(uint32_t number, uint32_t blocks) {
  DirectoryEntry entry;
  entry.de_recid = number;
  entry.de_type1 = 1;
  entry.de_type2 = 2;
  entry.de_flags = MDDB_F_RAID;
  entry.de_reqsize = static_cast<uint32_t>(blocks * MDDB_BSIZE - record_header_bytes);
  for (uint32_t i = 0; i < blocks; ++i) entry.de_blks.push_back(100 + i);
  return entry;
}

DirectoryBlock directory_at_10(std::vector<DirectoryEntry> entries = {}) {
  DirectoryBlock directory;
  directory.db_blknum = 10;
  directory.entries = std::move(entries);
  return directory;
}

Bytes encoded(const DirectoryBlock& directory) {
  Bytes out(MDDB_BSIZE);
  encode(directory, out);
  return out;
}

TEST(DirectoryBlock, EightOneBlockRecordsFitNotNine_B3) {
  DirectoryBlock directory = directory_at_10();
  for (uint32_t i = 1; directory.has_room(entry_of(i, 1).bytes()); ++i) directory.entries.push_back(entry_of(i, 1));
  EXPECT_EQ(directory.entries.size(), 8U);
  EXPECT_EQ(decode_directory_block(encoded(directory), 10).block, directory);
}

TEST(DirectoryBlock, TheLargestRecordHasABlockOfItsOwn_B3) {
  DirectoryBlock directory = directory_at_10();
  EXPECT_TRUE(directory.has_room(entry_of(1, record_blocks_most).bytes()));
  directory.entries.push_back(entry_of(1, 1));
  EXPECT_FALSE(directory.has_room(entry_of(2, record_blocks_most).bytes()));
  directory.entries = {entry_of(1, record_blocks_most)};
  EXPECT_EQ(directory.bytes(), MDDB_BSIZE);
  EXPECT_EQ(decode_directory_block(encoded(directory), 10).block, directory);
}

TEST(DirectoryBlock, EveryTurnedBitIsNoticed) {
  DirectoryBlock directory = directory_at_10({entry_of(1, 2), entry_of(7, 3)});
  directory.db_nextblk = 44;
  directory.db_recsum = MDDB_GLOBAL_XOR;
  expect_every_bit_counts(
      encoded(directory), [](const Bytes& b) { return decode_directory_block(b, 10).fault == BlockFault::none; },
      nowhere);
  EXPECT_EQ(decode_directory_block(encoded(directory), 11).fault, BlockFault::place);
}

RC_GTEST_PROP(DirectoryBlock, SealedNonsenseIsReadWithoutHarm, ()) {
  Bytes bytes = encoded(directory_at_10({entry_of(1, 2), entry_of(7, 3)}));
  const auto places = *rc::gen::container<std::vector<size_t>>(rc::gen::inRange<size_t>(9, MDDB_BSIZE / 4));
  for (const size_t at : places) put32(bytes, at * 4, *rc::gen::element<uint32_t>(0, 1, 105, 106, 512, ~0U));
  put32(bytes, 8, checksum(bytes, {{8, 12}}));
  const ReadDirectoryBlock read = decode_directory_block(bytes, 10);
  if (read.fault == BlockFault::none) RC_ASSERT(read.block.bytes() <= MDDB_BSIZE);
}

// ---- records and their balance (1.7, 1.8) ----

TEST(RecordImage, OnlyWhatACommitChangesIsUnderTheChecksum_DBF8) {
  RecordImage record(MDDB_REV_RB64FN, 100, {1, 2});
  record.commit(bytes_of("some unit"), {3, 4});
  EXPECT_EQ(record.commitcnt(), 1U);
  EXPECT_EQ(record.user_data(9).size(), 9U);
  const Bytes bytes(record.bytes().begin(), record.bytes().end());
  expect_every_bit_counts(
      bytes, [](const Bytes& b) { return RecordImage(b).check() == BlockFault::none; },
      [](size_t byte) { return byte >= 12 && byte < 24; });
}

/// What the global XOR makes of a replica that holds these records; zero is good.
uint32_t global_xor(uint32_t recsum, std::initializer_list<const RecordImage*> records) {
  uint32_t sum = MDDB_GLOBAL_XOR ^ recsum;
  for (const RecordImage* record : records) sum ^= record->share();
  return sum;
}

// B.2: with one record of two written the replica is refused, with none or both it is good.
TEST(RecordImage, APartOfACommitBreaksTheBalance_DBF9_DBF10) {
  RecordImage a(MDDB_REV_RB64FN, 60, {}), b(MDDB_REV_RB64FN, 700, {});
  const uint32_t recsum = MDDB_GLOBAL_XOR ^ a.share() ^ b.share();  // two creates
  ASSERT_EQ(global_xor(recsum, {&a, &b}), 0U);
  const RecordImage old_a = a, old_b = b;

  a.commit(bytes_of("column 2 errored"), {1, 1});
  b.commit(bytes_of("spare reserved"), {1, 1});
  RecordImage* const list[] = {&a, &b};
  balance(list, old_a.share() ^ old_b.share());

  EXPECT_EQ(a.fiddle(), 0U);
  EXPECT_EQ(global_xor(recsum, {&a, &b}), 0U);
  EXPECT_NE(global_xor(recsum, {&a, &old_b}), 0U);
  EXPECT_NE(global_xor(recsum, {&old_a, &b}), 0U);
}

TEST(RecordImage, ARecordThatIsNamedTwiceDoesNoHarm_DBC4) {
  RecordImage a(MDDB_REV_RB64FN, 60, {}), b(MDDB_REV_RB64FN, 60, {});
  const uint32_t before = a.share() ^ b.share();
  for (RecordImage* record : {&a, &b, &a}) record->commit(bytes_of("x"), {1, 1});
  RecordImage* const list[] = {&a, &b, &a};
  balance(list, before);
  EXPECT_EQ(a.share() ^ b.share(), before);
  EXPECT_EQ(a.commitcnt(), 2U);
}

RC_GTEST_PROP(RecordImage, AnyHistoryOfCommitsKeepsTheBalance_INVD3, ()) {
  std::vector<RecordImage> records;
  const auto count = *rc::gen::inRange<size_t>(1, 6);
  for (size_t i = 0; i < count; ++i) records.emplace_back(MDDB_REV_RB64FN, 40 + 300 * i, Timeval32{});
  const auto all = [&] {
    uint32_t sum = 0;
    for (const RecordImage& record : records) sum ^= record.share();
    return sum;
  };
  const uint32_t balanced = all();
  const auto lists = *rc::gen::container<std::vector<std::vector<size_t>>>(
      rc::gen::container<std::vector<size_t>>(rc::gen::inRange<size_t>(0, count)));
  uint32_t now = 0;
  for (const std::vector<size_t>& named : lists) {
    std::vector<size_t> distinct = named;
    std::sort(distinct.begin(), distinct.end());
    distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
    uint32_t before = 0;
    for (const size_t i : distinct) before ^= records[i].share();
    std::vector<RecordImage*> list;
    ++now;
    for (const size_t i : named) {
      records[i].commit(bytes_of(std::to_string(now)), {now, 0});
      list.push_back(&records[i]);
    }
    balance(list, before);
    RC_ASSERT(all() == balanced);
    for (const RecordImage& record : records) RC_ASSERT(record.check() == BlockFault::none);
  }
}

// ---- free space (1.10) ----

TEST(FreeSpace, TheLowestRunThenTheLowestSingles_DBF14) {
  FreeSpace space(12);
  for (const uint32_t used : {3U, 6U, 9U}) ASSERT_TRUE(space.take(used));
  EXPECT_EQ(space.allocate(2), (std::vector<uint32_t>{1, 2}));
  EXPECT_EQ(space.allocate(3), (std::vector<uint32_t>{4, 5, 7}));  // no run of three is left
  EXPECT_EQ(space.allocate(4), std::vector<uint32_t>{});
  EXPECT_EQ(space.free(), 3U);
  EXPECT_FALSE(space.take(0));
  EXPECT_FALSE(space.take(12));
}

RC_GTEST_PROP(FreeSpace, NoBlockHasTwoOwners_INVD8, ()) {
  FreeSpace space(*rc::gen::inRange<uint32_t>(1, 64));
  std::vector<std::vector<uint32_t>> owned;
  const auto steps = *rc::gen::container<std::vector<uint32_t>>(rc::gen::inRange<uint32_t>(0, 12));
  for (const uint32_t step : steps) {
    if (step == 0 && !owned.empty()) {
      for (const uint32_t block : owned.back()) space.give_back(block);
      owned.pop_back();
      continue;
    }
    const uint32_t free_before = space.free();
    owned.push_back(space.allocate(step));
    RC_ASSERT(owned.back().size() == (step <= free_before ? step : 0));
    std::vector<uint32_t> all;
    for (const auto& blocks : owned) all.insert(all.end(), blocks.begin(), blocks.end());
    std::sort(all.begin(), all.end());
    RC_ASSERT(std::adjacent_find(all.begin(), all.end()) == all.end());
    if (all.empty()) continue;
    RC_ASSERT(all.front() > 0U);
    RC_ASSERT(all.back() < space.blocks());
  }
}

}  // namespace
}  // namespace raidsim::statedb
