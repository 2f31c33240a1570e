// harness/inspect/replica_report.h: all that one replica says, and what of it is damaged.
//
//   [MB] ──> journal ──laid over──> LB, names, directory chain ──> records ──> contents
//
// A boot gives up at the first fault (DB-B12); this goes on and keeps what can be read.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/inspect/disk_image.h"
#include "harness/inspect/logical_blocks.h"
#include "harness/inspect/record_content.h"
#include "model/statedb/format/device_ids.h"
#include "model/statedb/format/directory_block.h"
#include "model/statedb/format/locator_block.h"
#include "model/statedb/format/locator_names.h"
#include "model/statedb/format/record_block.h"

namespace raidsim::harness {

enum class JournalState : uint8_t { empty, whole, torn, unreadable };

struct JournalReport {
  JournalState state = JournalState::empty;
  uint32_t sequence = 0;          ///< whole: of the operation
  std::vector<uint32_t> targets;  ///< whole: logical blocks
  size_t in_place = 0;            ///< how many of them hold what the entry holds
};

struct DirectoryReport {
  uint32_t logical = 0;
  statedb::BlockFault fault = statedb::BlockFault::none;
  statedb::DirectoryBlock block;
};

struct RecordReport {
  statedb::DirectoryEntry entry;
  statedb::BlockFault fault = statedb::BlockFault::none;  ///< of the image
  statedb::RecordImage image;                             ///< of no meaning when unread
  RecordContent content;                                  ///< decoded when the image is good
};

struct ReplicaReport {
  uint32_t disk = 0;                                             ///< index
  uint64_t block = 0;                                            ///< of the disk: where the master block lies
  statedb::BlockFault master_fault = statedb::BlockFault::none;  ///< with one, nothing below has meaning
  statedb::MasterBlock master;
  JournalReport journal;
  statedb::BlockFault locators_fault = statedb::BlockFault::none;
  statedb::LocatorBlock locators;
  /// In device-id style: of the block with the disks' ids, which are in `locators`.
  statedb::BlockFault device_ids_fault = statedb::BlockFault::none;
  statedb::BlockFault names_fault = statedb::BlockFault::none;
  statedb::LocatorNames names;
  std::vector<DirectoryReport> directory;  ///< in chain order, up to the first that cannot be followed
  std::vector<RecordReport> records;       ///< in record order
  bool xor_known = false;                  ///< all that is in the equation could be read
  uint32_t imbalance = 0;                  ///< 0: the global XOR holds
  std::vector<std::string> damage;         ///< one line each

  [[nodiscard]] bool sound() const noexcept { return damage.empty(); }
  [[nodiscard]] bool device_id_style() const noexcept {
    return locators_fault == statedb::BlockFault::none && (locators.lb_flags & statedb::MDDB_DEVID_STYLE) != 0;
  }
  [[nodiscard]] bool deleted() const noexcept {
    return locators_fault == statedb::BlockFault::none && locators.lb_commitcnt == 0;
  }
  /// Of the last operation that it has seen.
  [[nodiscard]] uint32_t sequence() const noexcept;
};

/// Every block of every disk that begins as a master block does, decoded; in order of disk and block.
struct ReplicasFound {
  std::vector<ReplicaReport> replicas;
  size_t left_out = 0;  ///< more than replicas_most: not looked at
};
inline constexpr size_t replicas_most = 64;  ///< Source  chosen: a set has 50 (MDDB_NLB), and there is one set (D-01)
[[nodiscard]] ReplicasFound find_replicas(const DiskImage& image);

/// The replica whose master block is at `block`. Shape  a block on the disk
[[nodiscard]] ReplicaReport read_replica(const DiskImage& image, uint32_t disk, uint64_t block);

/// The replica as its owner reads it. Shape  no master fault
[[nodiscard]] LogicalBlocks logical_blocks(const DiskImage& image, const ReplicaReport& replica);

}  // namespace raidsim::harness
