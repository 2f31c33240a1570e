// tests/model/statedb/set_world.h: a loaded set of N replicas, one a disk, and what each disk says of it.
#pragma once

#include "model/statedb/equalise.h"
#include "model/statedb/format/layout.h"
#include "model/statedb/read_contents.h"
#include "model/statedb/replica_writes.h"
#include "tests/model/md/machine.h"

namespace raidsim::testing {

class SetWorld {
 public:
  static constexpr uint32_t replica_at = 16;

  explicit SetWorld(uint32_t replicas, uint32_t logical_blocks = 80) {
    const uint32_t physical_blocks = logical_blocks + 1;
    for (uint32_t i = 0; i < replicas; ++i) {
      format(machine.add_disk(replica_at + physical_blocks), physical_blocks);
    }
    set.contents = statedb::new_contents({1, 0});
    set.lb.lb_lnfirstblk = statedb::locator_names_first;
    set.lb.lb_lnblkcnt = statedb::locator_names_blocks;
    set.lb.lb_dbfirstblk = statedb::directory_first;
    set.lb.lb_jlfirstblk = statedb::journal_first;
    set.lb.lb_jlblkcnt = statedb::journal_blocks_for(logical_blocks);
    for (const auto& disk : machine.disks) {
      set.lb.lb_locators.push_back({.l_dev = statedb::compressed_device(disk->number()), .l_blkno = replica_at});
      set.members.push_back({std::make_unique<statedb::Replica>(*disk, replica_at, 0), 0, false, {}});
    }
  }

  /// In a fiber: the set as a load of all its replicas leaves it, every one written.
  bool start() {
    for (auto& member : set.members) {
      if (member.replica->read_master() != statedb::BlockFault::none) return false;
    }
    return statedb::full_rescan(set, services);
  }

  /// A record of one block, on all replicas as a create and a first commit leave it.
  void add_record(uint32_t number, uint32_t block) {
    statedb::RecordImage image(statedb::MDDB_REV_RB64FN, 100, services.now(), ++set.sequence);
    auto& directory = set.contents.directory.back();
    directory.entries.push_back({.de_recid = number, .de_reqsize = 100, .de_blks = {block}});
    directory.db_recsum ^= image.sum();
    directory.sequence = set.sequence;
    set.contents.images.emplace(number, std::move(image));
  }

  struct OnDisk {
    statedb::ReadLocatorBlock locators;
    statedb::ContentsRead contents;
  };
  /// What a host that knows nothing reads there.
  OnDisk read_back(size_t index) {
    statedb::Replica fresh(*machine.disks[index], replica_at, 0);
    static_cast<void>(fresh.read_master());
    fresh.read_journal();
    std::vector<std::byte> bytes(statedb::locator_block_bytes);
    static_cast<void>(fresh.read_singly(statedb::locator_block_first, statedb::locator_block_blocks, bytes));
    return {statedb::decode_locator_block(bytes, 0), statedb::read_contents(fresh, statedb::directory_first)};
  }
  bool active(size_t index) const { return set.lb.lb_locators[index].has(statedb::MDDB_F_ACTIVE); }

  Machine machine;
  statedb::Services services{machine.environment()};
  statedb::SetState set;

 private:
  static void format(TestDisk& disk, uint32_t physical_blocks) {
    std::vector<std::byte> bytes = disk.bytes();
    encode(statedb::new_master_block(replica_at, physical_blocks, 0, {1, 2}),
           std::span(bytes).subspan(replica_at * block_bytes, block_bytes));
    disk.set_bytes(std::move(bytes));
  }
};

}  // namespace raidsim::testing
