// What inspect says of replicas: sound ones, and one story for each way to spoil them.
#include <gtest/gtest.h>

#include <array>

#include "harness/inspect/words.h"
#include "model/statedb/format/layout.h"
#include "tests/harness/inspect/set_image.h"

namespace raidsim::harness {
namespace {

using statedb::BlockFault;
using testing::block_of;
using testing::home_of;
using testing::says;
using testing::SetImage;

constexpr uint32_t at = raidsim::testing::SetWorld::replica_at;

/// Where a record's first block lies on a disk with a replica.
uint64_t record_home(const DiskImage& image, uint32_t number) {
  const Inspection seen = inspect(image);
  for (const RecordReport& r : seen.replicas.at(0).records) {
    if (r.entry.de_recid == number) return home_of(r.entry.de_blks.at(0));
  }
  return 0;
}

TEST(Inspect, ASoundSetIsToldInFull) {
  const DiskImage image = SetImage().image();
  const Inspection seen = inspect(image);

  EXPECT_TRUE(seen.sound()) << seen.damage[0];
  EXPECT_TRUE(seen.notes.empty()) << seen.notes[0];
  ASSERT_EQ(seen.replicas.size(), 3U);
  ASSERT_EQ(seen.set.others.size(), 2U);
  EXPECT_TRUE(seen.set.others[0].blocks.empty() && seen.set.others[1].blocks.empty());
  const ReplicaReport& first = seen.replicas[0];
  EXPECT_EQ(first.locators.lb_locators.size(), 3U);
  EXPECT_NE(letters_of(first.locators.lb_locators[0].l_flags).find('a'), std::string::npos);
  EXPECT_EQ(first.journal.state, JournalState::whole);
  EXPECT_EQ(first.journal.in_place, first.journal.targets.size());
  ASSERT_EQ(first.records.size(), 2U);
  EXPECT_EQ(first.records[0].image.commitcnt(), 1U);
  EXPECT_EQ(std::get<hotspare::HotSpare>(first.records[0].content.is).hs_key, 7U);
  ASSERT_EQ(seen.units.size(), 1U);
  EXPECT_EQ(seen.units[0].unit, testing::unit_d10());
}

// One bit of one replica's record: its checksum tells, and the others still give the unit.
TEST(Inspect, AFlippedBitInARecordIsFoundWhereItIs) {
  DiskImage image = SetImage().image();
  block_of(image, 0, record_home(image, SetImage::unit))[200] ^= std::byte{4};
  EXPECT_TRUE(says(inspect(image).notes, "d0:16: 1 of 3 blocks"));  // the journal still has it as it should be
  testing::clear_journal(image, 0);

  const Inspection seen = inspect(image);

  EXPECT_EQ(seen.damage, std::vector<std::string>{"d0:16: record 2: checksum does not hold"});
  EXPECT_EQ(seen.set.reference, 1U);
  EXPECT_EQ(seen.units.size(), 1U);
  ASSERT_EQ(seen.set.others[0].blocks.size(), 1U);
  EXPECT_EQ(seen.set.others[0].blocks[0].what, "record 2");
}

// A directory block of which the second half never arrived: what it listed cannot be found on this replica.
TEST(Inspect, ATornDirectoryTakesItsReplicaAlone) {
  DiskImage image = SetImage().image();
  auto block = block_of(image, 1, home_of(statedb::directory_first));
  std::fill(block.begin() + 100, block.end(), std::byte{0});

  const Inspection seen = inspect(image);

  EXPECT_EQ(seen.damage, std::vector<std::string>{"d1:16: directory block 10: checksum does not hold"});
  EXPECT_TRUE(seen.replicas[1].records.empty());
  EXPECT_FALSE(seen.replicas[1].xor_known);
  EXPECT_EQ(seen.units.size(), 1U);
}

// The master block of another set's replica over this one: all behind it belongs to set 0.
TEST(Inspect, AMasterBlockOfAnotherSetDoesNotFitWhatLiesBehindIt) {
  DiskImage image = SetImage().image();
  encode(statedb::new_master_block(at, 81, 3, {1, 2}), block_of(image, 2, at));

  const Inspection seen = inspect(image);

  EXPECT_TRUE(says(seen.damage, "d2:16: locator block: belongs to another place or set")) << seen.damage[0];
  EXPECT_EQ(seen.replicas[2].master.mb_setno, 3U);
  EXPECT_EQ(seen.set.others.size(), 1U);  // sets are not compared with one another
}

// A misdirected write of a master block: it names another block than the one it is found in.
TEST(Inspect, AMasterBlockInTheWrongPlaceIsNoReplica) {
  DiskImage image = SetImage().image();
  const auto from = block_of(image, 0, at);
  std::copy(from.begin(), from.end(), block_of(image, 5, 150).begin());
  block_of(image, 1, at)[300] ^= std::byte{1};

  const Inspection seen = inspect(image);

  EXPECT_EQ(seen.damage, (std::vector<std::string>{"d1:16: master block: checksum does not hold",
                                                   "d5:150: master block: belongs to another place or set"}));
}

// A commit of two records of which a replica has but one: each is whole, together they are not (DB-F10).
TEST(Inspect, HalfACommitIsSeenByTheGlobalXor) {
  SetImage disks;
  const DiskImage before = disks.image();
  const auto spare = std::vector<std::byte>(60, std::byte{1}), unit = testing::bytes_of(testing::unit_d10());
  disks.commit({{SetImage::spare, spare}, {SetImage::unit, unit}});
  DiskImage after = disks.image();
  const uint64_t home = record_home(before, SetImage::unit);
  DiskImage old = before;
  for (uint64_t b = home; b < home + 2; ++b) {
    const auto from = block_of(old, 0, b);
    std::copy(from.begin(), from.end(), block_of(after, 0, b).begin());
  }
  testing::clear_journal(after, 0);  // it would mend it

  const ReplicaReport seen = read_replica(after, 0, at);

  EXPECT_TRUE(says(seen.damage, "global XOR: off by 0x"));
  EXPECT_EQ(seen.records[1].fault, BlockFault::none);
}

// The host died when the journal was durable and nothing in place: the replica reads as changed (decision 0029).
TEST(Inspect, WhatTheJournalHoldsCountsAsThere) {
  SetImage disks;
  disks.world.machine.disks[0]->writes_until_cut = 1;
  disks.world.machine.disks[0]->on_cut = [&] { disks.world.machine.crash(); };
  raid::Unit errored = testing::unit_d10();
  errored.un_state = raid::RUS_ERRED;
  const auto bytes = testing::bytes_of(errored);
  disks.world.machine.run([&] {
    static_cast<void>(commit_records(disks.world.set, disks.world.services,
                                     std::array<statedb::NewData, 1>{{{SetImage::unit, bytes}}}));
  });

  const Inspection seen = inspect(disks.image());

  EXPECT_TRUE(seen.sound()) << seen.damage[0];
  EXPECT_TRUE(says(seen.notes, "d0:16: 1 of 2 blocks of its journal are not in place yet")) << seen.notes[0];
  EXPECT_TRUE(says(seen.notes, "d1:16 and d0:16 differ in 1 block"));
  EXPECT_EQ(seen.set.reference, 0U);
  EXPECT_EQ(seen.units.at(0).unit.un_state, raid::RUS_ERRED);
}

TEST(Inspect, ATornJournalCountsAsEmpty) {
  SetImage disks;
  auto& disk = *disks.world.machine.disks[1];
  disk.writes_until_cut = 0;
  disk.cut_keeps = {true, false};
  disk.on_cut = [&] { disks.world.machine.crash(); };
  const auto bytes = testing::bytes_of(testing::unit_d10());
  disks.world.machine.run([&] {
    static_cast<void>(commit_records(disks.world.set, disks.world.services,
                                     std::array<statedb::NewData, 1>{{{SetImage::unit, bytes}}}));
  });

  const Inspection seen = inspect(disks.image());

  EXPECT_EQ(seen.damage, std::vector<std::string>{"d1:16: journal: torn or damaged, counts as empty"});
  EXPECT_EQ(seen.replicas[1].records.at(1).image.commitcnt(), 1U);
}

/// The set as one in device-id style whose third replica is about to leave.
DiskImage announced_with_ids() {
  SetImage set;
  statedb::LocatorBlock& lb = set.world.set.lb;
  lb.lb_flags = statedb::MDDB_DEVID_STYLE;
  lb.lb_didfirstblk = statedb::device_ids_first;
  lb.lb_didblkcnt = statedb::device_ids_blocks;
  for (size_t i = 0; i < 3; ++i) lb.lb_locators[i].did = set.world.machine.disks[i]->id;
  lb.lb_locators[2].l_flags |= statedb::MDDB_F_LEAVING;
  set.world.machine.run([&] { EXPECT_TRUE(statedb::push_locators(set.world.set, set.world.services)); });
  return set.image();
}

TEST(Inspect, DeviceIdsAndAnAnnouncedListAreTold) {
  const Inspection seen = inspect(announced_with_ids());

  EXPECT_TRUE(seen.sound()) << seen.damage[0];
  const ReplicaReport& first = seen.replicas.at(0);
  EXPECT_TRUE(first.device_id_style());
  EXPECT_EQ(first.locators.lb_locators[1].did, 0x101U);
  EXPECT_EQ(first.locators.lb_listcnt + 1, first.locators.lb_commitcnt);
  EXPECT_EQ(letters_of(first.locators.lb_locators[2].l_flags).back(), 'v');
}

// Without its ids a locator block cannot be understood: a boot does not count this replica.
TEST(Inspect, ASpoiltBlockOfDeviceIdsIsDamage) {
  DiskImage image = announced_with_ids();
  block_of(image, 1, home_of(statedb::device_ids_first))[30] ^= std::byte{1};
  testing::clear_journal(image, 1);

  const Inspection seen = inspect(image);

  EXPECT_EQ(seen.damage, std::vector<std::string>{"d1:16: device ids: checksum does not hold"});
  EXPECT_EQ(seen.replicas[1].locators.lb_locators[1].did, 0U);
}

TEST(Inspect, ABadSectorAndALostDiskAreTold) {
  DiskImage image = SetImage().image();
  image.disks[1].unreadable = {{home_of(statedb::locator_names_first) + 2, 1}};
  image.disks[2].content.assign(image.disks[2].content.size(), std::byte{0});

  const Inspection seen = inspect(image);

  EXPECT_EQ(seen.damage, (std::vector<std::string>{"d1:16: locator names: cannot be read",
                                                   "d0:16 lists a replica on d2 at 16, and there is none"}));
}

}  // namespace
}  // namespace raidsim::harness
