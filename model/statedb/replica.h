// model/statedb/replica.h: one copy of the database on its device: logical blocks in, physical transfers out.
//
//   logical 5 6 7 12  ──>  run 5..7 | run 12      neighbours in physical order are one transfer, one at a time (DB-C1)
//
//   update ──> journal, durable ──> in place, durable       what is in use changes through the journal, and so at once
//   write_new ──> in place                                  what nothing refers to yet needs no such care
//
// A write that returns true is durable (DB-C13). Which replicas are written, in which order, and what an error makes of
// one is the database's business.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <vector>

#include "model/statedb/format/master_block.h"
#include "model/statedb/journal.h"
#include "model/statedb/store_disk.h"

namespace raidsim::statedb {

/// New content of blocks that are written one behind the other: a record, a directory block, the locator block.
struct BlockWrite {
  std::vector<uint32_t> logical;
  std::span<const std::byte> bytes;  ///< one block for each
};

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

  /// Reads the journal: what it holds is from now on what the replica reads as, though nothing is written. A journal
  /// that is torn or cannot be read counts as empty, and so does one that is all in place. Suspends.
  void read_journal();
  /// Something that the journal holds may not be in place.
  [[nodiscard]] bool unsettled() const noexcept { return !not_in_place_.empty(); }
  /// Writes in place what the journal holds. Suspends. Errors  false: a write failed
  [[nodiscard]] bool settle();

  /// Changes blocks in use, all or none after a crash; in place they are written part by part.
  /// Suspends. Errors  false: it may be changed or not, and is one or the other when it is next read
  [[nodiscard]] bool update(std::span<const BlockWrite> parts, uint32_t sequence);
  /// Writes blocks that nothing on this replica refers to. Suspends. Errors  false: as far as it came
  [[nodiscard]] bool write_new(const BlockWrite& part);
  /// Suspends. Errors  false: a run failed and those after it were not tried, or a block is not mapped
  [[nodiscard]] bool read(std::span<const uint32_t> logical, std::span<std::byte> bytes);
  /// Block by block, each a transfer of its own, as a load reads a locator block (DB-B4 step 3).
  [[nodiscard]] bool read_singly(uint32_t first, uint32_t count, std::span<std::byte> bytes);

 private:
  template <class Run>
  [[nodiscard]] bool each_run(std::span<const uint32_t> logical, Run run);
  [[nodiscard]] bool write_in_place(const BlockWrite& part);
  [[nodiscard]] bool fits(const JournalEntry& entry) const;

  StoreDisk disk_;
  uint32_t at_;
  uint32_t set_;
  MasterBlock master_;
  std::map<uint32_t, std::vector<std::byte>> not_in_place_;  ///< of the journal, by logical block
  std::vector<std::byte> buffer_;  // owned here: a transfer may be in flight when its fiber is ended
};

/// `count` logical blocks from `first` on.
[[nodiscard]] std::vector<uint32_t> block_range(uint32_t first, uint32_t count);

}  // namespace raidsim::statedb
