// harness/world/replica_parts.h: where the parts of a replica lie on its disk, and what they look like with a flaw.
//
//   [MB]  [LB, names, journal, directory chain, records]      as the disk has them now, newest writes included
//
// What the journal holds covers what lies in place, so a part that it holds a copy of is hit there too: a fault that
// the next load heals without noticing would be none.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "model/disk/virtual_disk.h"
#include "model/statedb/format/master_block.h"
#include "scenarios/words.h"

namespace raidsim::harness {

class ReplicaParts {
 public:
  using Bytes = std::vector<std::byte>;
  using Piece = std::pair<uint64_t, Bytes>;  ///< first block of the disk, whole blocks

  /// Shape  `at`: block of the disk where the master block lies, or should
  ReplicaParts(const disk::VirtualDisk& disk, uint64_t at);

  /// Blocks of the disk; empty where the replica cannot be read as far as that.
  [[nodiscard]] std::vector<disk::BlockRange> blocks(scenarios::ReplicaPart part) const;
  /// First block of the journal.
  [[nodiscard]] std::optional<uint64_t> journal() const;
  /// The part, sound but for its flaw. A flaw that a structure has no word for is left out of it.
  [[nodiscard]] std::vector<Piece> with_flaw(scenarios::ReplicaPart part, scenarios::ReplicaFlaw flaw) const;
  /// The master block of a replica that has only so many blocks behind those in use. Nothing: it has no more now.
  [[nodiscard]] std::optional<Bytes> master_with_room_for(uint64_t free_blocks) const;

 private:
  struct Structure {
    scenarios::ReplicaPart part;
    std::vector<uint64_t> blocks;      ///< of the disk, in order
    size_t not_summed_end;             ///< the checksum at byte 8 leaves out what is before this
    std::optional<size_t> place, set;  ///< bytes where it says them
  };
  void read();
  void read_contents(uint32_t directory);
  void add(scenarios::ReplicaPart part, const std::vector<uint32_t>& logical, size_t not_summed_end,
           std::optional<size_t> place, std::optional<size_t> set);
  void read_journal(uint32_t first, uint32_t blocks);
  [[nodiscard]] bool in_journal(scenarios::ReplicaPart part) const;
  [[nodiscard]] Bytes bytes_of(const std::vector<uint64_t>& blocks) const;
  [[nodiscard]] Bytes logical(uint32_t first, uint32_t count) const;

  const disk::VirtualDisk& disk_;
  const uint64_t at_;
  statedb::MasterBlock master_;
  std::vector<Structure> structures_;
  std::optional<uint32_t> journal_;  ///< logical
  std::set<uint64_t> covered_;       ///< blocks of the disk that the journal holds the content of
  uint32_t used_ = 0;                ///< logical blocks up to the last one that means something
};

}  // namespace raidsim::harness
