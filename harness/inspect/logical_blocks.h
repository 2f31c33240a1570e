// harness/inspect/logical_blocks.h: one replica on a disk image as its owner would read it: journal over what lies in
// place.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "harness/inspect/disk_image.h"
#include "model/statedb/format/master_block.h"
#include "model/statedb/journal.h"

namespace raidsim::harness {

class LogicalBlocks {
 public:
  /// `disk` outlives this. Shape  a master block that decoded; what it maps may lie anywhere
  LogicalBlocks(const ImageDisk& disk, const statedb::MasterBlock& master) : disk_(&disk), master_(master) {}

  /// Logical blocks that may be in use: what the master block maps, as far as a database uses it (DB-F12).
  [[nodiscard]] uint32_t size() const noexcept;

  /// Errors  false: a block is not mapped, not on the disk, or a sector cannot be read
  [[nodiscard]] bool read_in_place(std::span<const uint32_t> logical, std::span<std::byte> out) const;
  [[nodiscard]] bool read(std::span<const uint32_t> logical, std::span<std::byte> out) const;
  /// The same for `count` blocks from `first` on.
  [[nodiscard]] std::vector<std::byte> read_run(uint32_t first, uint32_t count, bool& readable) const;

  /// From now on what the entry holds is what read() finds.
  void lay_over(const statedb::JournalEntry& entry);

 private:
  const ImageDisk* disk_;
  statedb::MasterBlock master_;
  std::map<uint32_t, std::vector<std::byte>> over_;
};

}  // namespace raidsim::harness
