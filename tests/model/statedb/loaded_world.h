// tests/model/statedb/loaded_world.h: a database with a record on N replicas, ways to spoil a replica, and what a host
// that knows nothing reads of one.
#pragma once

#include "model/statedb/format/layout.h"
#include "model/statedb/read_contents.h"
#include "tests/model/statedb/database_world.h"

namespace raidsim::testing {

/// Physical block of a logical one.
constexpr uint64_t logical(uint32_t block) { return replica_at + 1 + uint64_t{block}; }

inline void spoil(TestDisk& disk, uint64_t block, size_t offset = 100) {
  std::vector<std::byte> bytes = disk.bytes();
  bytes[static_cast<size_t>(block) * block_bytes + offset] ^= std::byte{0x10};
  disk.set_bytes(std::move(bytes));
}

/// N replicas with one record that says "new".
struct Loaded : DatabaseWorld {
  explicit Loaded(uint32_t replicas) : DatabaseWorld(replicas) {
    machine.run([&] {
      record = create("new");
      commit({record});
    });
  }
  md::RecordId record = 0;

  /// Where the block of a one-block record lies on every disk.
  uint64_t place_of(md::RecordId id) const {
    const auto& contents = set().contents;
    return logical(contents.at(*contents.find(static_cast<uint32_t>(id))).de_blks.front());
  }
  void stop() {
    machine.crash();
    machine.simulation.run();
  }
  /// The last write to replica `index` fails, and the set goes on without it: "newer" is on the others alone.
  void leave_behind(size_t index) {
    disk(index).fail_writes = EIO;
    machine.run([&] {
      notes[record]->text = "newer";
      commit({record});
    });
    disk(index).fail_writes = 0;
    stop();
  }
};

// ---- in a fiber ----

inline statedb::ContentsRead contents_on(TestDisk& disk) {
  statedb::Replica fresh(disk, replica_at, 0);
  static_cast<void>(fresh.read_master());
  fresh.read_journal();
  return statedb::read_contents(fresh, statedb::directory_first);
}

inline statedb::ReadLocatorBlock list_on(TestDisk& disk) {
  statedb::Replica fresh(disk, replica_at, 0);
  static_cast<void>(fresh.read_master());
  fresh.read_journal();
  std::vector<std::byte> bytes(statedb::locator_block_bytes);
  static_cast<void>(fresh.read_singly(statedb::locator_block_first, statedb::locator_block_blocks, bytes));
  return statedb::decode_locator_block(bytes, 0);
}

}  // namespace raidsim::testing
