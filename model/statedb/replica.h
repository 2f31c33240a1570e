// model/statedb/replica.h: one copy of the database on its device: logical blocks in, physical transfers out.
//
//   logical 5 6 7 12  ──>  run 5..7 | run 12      neighbours in physical order are one transfer, one at a time (DB-C1)
//
// A write that returns true is durable (DB-C13). Which replicas are written, in which order, and what an error makes of
// one is the database's business.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "model/statedb/locator_block.h"
#include "model/statedb/locator_names.h"
#include "model/statedb/master_block.h"
#include "model/statedb/store_disk.h"

namespace raidsim::statedb {

class Replica {
 public:
  /// `device` stays open while the replica is there; `at` is the physical block of the master block.
  Replica(BlockDevice& device, uint32_t at, uint32_t set) : at_(at), set_(set) { disk_.attach(&device); }

  /// Reads and checks the master block; nothing else works before it is good.
  /// Suspends. Errors  BlockFault::unread: it could not be read
  [[nodiscard]] BlockFault read_master();
  [[nodiscard]] const MasterBlock& master() const noexcept { return master_; }
  [[nodiscard]] BlockDevice& device() const noexcept { return *disk_.device(); }
  [[nodiscard]] uint32_t at() const noexcept { return at_; }

  /// Shape  `bytes` one block for each of `logical`
  /// Suspends. Errors  false: a run failed and those after it were not tried, or a block is not mapped
  [[nodiscard]] bool write(std::span<const uint32_t> logical, std::span<std::byte> bytes);
  [[nodiscard]] bool read(std::span<const uint32_t> logical, std::span<std::byte> bytes);
  /// `count` logical blocks from `first` on.
  [[nodiscard]] bool write_range(uint32_t first, uint32_t count, std::span<std::byte> bytes);
  /// Block by block, each a transfer of its own, as a load reads a locator block (DB-B4 step 3).
  [[nodiscard]] bool read_singly(uint32_t first, uint32_t count, std::span<std::byte> bytes);

 private:
  template <class Run>
  [[nodiscard]] bool each_run(std::span<const uint32_t> logical, std::span<std::byte> bytes, Run run);

  StoreDisk disk_;
  uint32_t at_;
  uint32_t set_;
  MasterBlock master_;
};

}  // namespace raidsim::statedb
