// tests/model/statedb/replica_disk.h: a test disk with room for a replica of the state database at its front.
#pragma once

#include <gtest/gtest.h>

#include "model/statedb/format/master_block.h"
#include "model/statedb/replica_admin.h"
#include "tests/model/md/machine.h"

namespace raidsim::testing {

inline constexpr uint32_t replica_at = 16;

/// What the administrator's tool writes first.
inline void write_master_block(TestDisk& disk, uint32_t blocks, uint32_t at = replica_at) {
  std::vector<std::byte> bytes = disk.bytes();
  statedb::encode(statedb::new_master_block(at, blocks, 0, {1, 2}),
                  std::span(bytes).subspan(size_t{at} * block_bytes, block_bytes));
  disk.set_bytes(std::move(bytes));
}

/// A replica from block 16 to the disk's end, and its name.
inline statedb::NewReplica replica_on(TestDisk& disk) {
  write_master_block(disk, static_cast<uint32_t>(disk.blocks()) - replica_at);
  return {
      .place = {.device = disk.number(), .id = disk.id, .block = replica_at}, .path = "/dev/dsk/s7", .driver = "sd"};
}

inline statedb::BootList boot_list_of(const TestDisk& disk) {
  return {{.device = disk.number(), .id = disk.id, .block = replica_at}};
}

}  // namespace raidsim::testing
