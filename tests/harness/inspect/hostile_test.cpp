// Images that nobody's volume manager left: any bytes may stand anywhere, checksums included. inspect goes on, in
// bounded time and memory, and says what is damaged.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <tuple>

#include "harness/inspect/inspection_json.h"
#include "model/statedb/format/layout.h"
#include "tests/harness/inspect/set_image.h"

namespace raidsim::harness {
namespace {

using testing::block_of;
using testing::home_of;
using testing::SetImage;

constexpr uint32_t at = raidsim::testing::SetWorld::replica_at;

const DiskImage& sound_image() {
  static const DiskImage image = SetImage().image();
  return image;
}

RC_GTEST_PROP(HostileImage, AnyBytesInTheReplicasAreTold, ()) {
  DiskImage image = sound_image();
  const auto changes = *rc::gen::container<std::vector<std::tuple<uint32_t, uint64_t, uint8_t>>>(
      rc::gen::tuple(rc::gen::inRange<uint32_t>(0, 3), rc::gen::inRange<uint64_t>(at * block_bytes, 97 * block_bytes),
                     rc::gen::arbitrary<uint8_t>()));
  for (const auto& [disk, byte, value] : changes) image.disks[disk].content[byte] = static_cast<std::byte>(value);
  const Inspection seen = inspect(image);
  RC_ASSERT(seen.replicas.size() <= 3U);
  RC_ASSERT(to_json(image, seen).dump().size() > 100U);  // all of it is valid UTF-8
}

// Bytes of one replica's fixed blocks and records, one after the other: whatever is in use is covered by a check.
TEST(HostileImage, AFlippedByteOfWhatIsInUseIsDamage) {
  DiskImage image = sound_image();
  testing::clear_journal(image, 0);
  const Inspection sound = inspect(image);
  ASSERT_TRUE(sound.sound());
  std::set<uint64_t> used{at};
  const auto take = [&](uint32_t first, uint32_t count) {
    for (uint32_t i = 0; i < count; ++i) used.insert(home_of(first + i));
  };
  take(statedb::locator_block_first, statedb::locator_block_blocks);
  take(statedb::locator_names_first, statedb::locator_names_blocks);
  take(statedb::directory_first, 1);
  for (const RecordReport& r : sound.replicas[0].records)
    take(r.entry.de_blks[0], static_cast<uint32_t>(r.entry.de_blks.size()));
  for (const uint64_t block : used) {
    for (size_t i = 0; i < block_bytes; i += block == at ? 1 : 13) {
      block_of(image, 0, block)[i] ^= std::byte{0x20};
      EXPECT_FALSE(inspect(image).sound()) << "block " << block << " byte " << i;
      block_of(image, 0, block)[i] ^= std::byte{0x20};
    }
  }
}

// Blocks whose checksums hold and whose numbers promise more than there is.
RC_GTEST_PROP(HostileImage, ForgedNumbersAreTold, ()) {
  DiskImage image = sound_image();
  statedb::MasterBlock master = statedb::new_master_block(at, 81, 0, {1, 2});
  if (*rc::gen::arbitrary<bool>()) master.m_consecutive = *rc::gen::arbitrary<uint32_t>();
  if (*rc::gen::arbitrary<bool>()) master.m_firstblk = *rc::gen::arbitrary<uint32_t>();
  encode(master, block_of(image, 0, at));
  statedb::DirectoryBlock directory;
  directory.db_blknum = statedb::directory_first;
  directory.db_nextblk = *rc::gen::element<uint32_t>(0, statedb::directory_first, 3, UINT32_MAX);
  const auto entries = *rc::gen::inRange<size_t>(0, 4);
  for (size_t i = 0; i < entries; ++i) {
    auto& entry = directory.entries.emplace_back();
    entry.de_recid = 1 + *rc::gen::inRange<uint32_t>(0, 3);
    entry.de_type1 = *rc::gen::element<uint32_t>(0, 1, 1001, 1002, 1003, 1004, 1257, UINT32_MAX);
    entry.de_reqsize = 400;
    entry.de_blks = {*rc::gen::element<uint32_t>(1, 46, 47, 48, 79, 80, UINT32_MAX)};
  }
  encode(directory, block_of(image, 0, home_of(statedb::directory_first)));
  const Inspection seen = inspect(image);
  RC_ASSERT(!seen.sound());
  RC_ASSERT(to_json(image, seen)["damage"].size() == seen.damage.size());
}

// Thousands of master blocks that all map the same replica.
TEST(HostileImage, ManyReplicasAreNotAllLookedAt) {
  DiskImage image = sound_image();
  for (uint64_t block = 20; block < 200; ++block) {
    statedb::MasterBlock master = statedb::new_master_block(static_cast<uint32_t>(block), 81, 0, {1, 2});
    master.m_firstblk = UINT32_MAX - 8;
    encode(master, block_of(image, 4, block));
  }
  const Inspection seen = inspect(image);
  EXPECT_EQ(seen.replicas.size(), replicas_most);
  EXPECT_TRUE(testing::says(seen.damage, "119 more replicas were not looked at")) << seen.damage[0];
}

// Several master blocks, all over one database in which thousands of records are the same two blocks,
// and all those units have one log: whatever is shared is paid for each time, and still that is bounded.
TEST(HostileImage, WhatIsSharedAThousandTimesIsBounded) {
  constexpr uint32_t mapped = statedb::MDDB_MAXBLKS, unit_at = 20, chain_at = 30, chain_blocks = 600, masters = 6;
  DiskImage image = sound_image();
  for (const uint32_t other : {1U, 2U}) image.disks[other].pages.clear();  // no sound replica that would be preferred
  ImageDisk& disk = image.disks[0];
  disk.blocks = 16384;
  for (uint64_t page = disk.pages.size(); page * disk::page_blocks < disk.blocks; ++page) disk.pages.push_back(page);
  disk.content.assign(disk.pages.size() * disk::page_bytes, std::byte{0});
  for (uint32_t block = at; block < at + masters; ++block) {
    statedb::MasterBlock master = statedb::new_master_block(block, mapped + 1, 0, {1, 2});
    master.m_firstblk = 1000;
    encode(master, block_of(image, 0, block));
  }
  statedb::RecordImage record(statedb::MDDB_REV_RB64FN, 652, {1, 2});
  record.commit(testing::bytes_of(testing::unit_d10()), {1, 3});
  std::copy(record.bytes().begin(), record.bytes().end(), block_of(image, 0, 1000 + unit_at).begin());
  for (uint32_t i = 0; i < chain_blocks; ++i) {
    statedb::DirectoryBlock directory;
    directory.db_blknum = i == 0 ? statedb::directory_first : chain_at + i;
    directory.db_nextblk = i + 1 == chain_blocks ? 0 : chain_at + i + 1;
    for (uint32_t e = 0; e < 7; ++e) {
      auto& entry = directory.entries.emplace_back();
      entry.de_recid = 1 + i * 7 + e;
      entry.de_type1 = 1001;
      entry.de_reqsize = 652;
      entry.de_blks = {unit_at, unit_at + 1};
    }
    encode(directory, block_of(image, 0, 1000 + directory.db_blknum));
  }
  const Inspection seen = inspect(image);
  EXPECT_EQ(seen.replicas.size(), masters);
  EXPECT_EQ(seen.units.size(), mapped / 2);
  EXPECT_FALSE(seen.sound());
}

RC_GTEST_PROP(RecordContent, AnyBytesAreReadOrRefused, (uint8_t type)) {
  auto bytes = testing::bytes_of(testing::unit_d10());
  const auto changes = *rc::gen::inRange<size_t>(0, 6);
  for (size_t i = 0; i < changes; ++i) {
    bytes[*rc::gen::inRange<size_t>(0, bytes.size())] = static_cast<std::byte>(*rc::gen::arbitrary<uint8_t>());
  }
  bytes.resize(bytes.size() + *rc::gen::inRange<size_t>(0, 40));  // zeroes behind are the record's padding
  const RecordContent unit = decode_content(1, bytes);
  if (changes == 0) RC_ASSERT(unit.wrong.empty() && std::get<raid::Unit>(unit.is) == testing::unit_d10());
  const RecordContent other = decode_content(type, bytes);
  RC_ASSERT(other.wrong.empty() || other.wrong.find('\n') == std::string::npos);
  static_cast<void>(decode_content(type, *rc::gen::arbitrary<bool>() ? std::span<const std::byte>() : bytes));
}

}  // namespace
}  // namespace raidsim::harness
