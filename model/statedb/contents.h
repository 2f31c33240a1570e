// model/statedb/contents.h: all that one replica holds: directory and records, in memory. Pure; no I/O.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "model/statedb/format/directory_block.h"
#include "model/statedb/format/record_block.h"
#include "model/statedb/free_space.h"

namespace raidsim::statedb {

struct Contents {
  std::vector<DirectoryBlock> directory;   ///< in chain order, which with the entries' is the record order (DB-F7)
  std::map<uint32_t, RecordImage> images;  ///< by record number, as last committed
  bool operator==(const Contents&) const = default;

  struct Place {
    size_t block = 0;  ///< of the directory
    size_t entry = 0;
  };
  [[nodiscard]] std::optional<Place> find(uint32_t number) const;
  [[nodiscard]] const DirectoryEntry& at(Place place) const { return directory[place.block].entries[place.entry]; }
  [[nodiscard]] uint32_t lowest_unused_number() const;

  /// The equation of the global XOR; 0 when it holds (DB-F9).
  [[nodiscard]] uint32_t imbalance() const;
  /// Blocks of directory and records.
  [[nodiscard]] uint32_t blocks() const;
  [[nodiscard]] uint32_t highest_block() const;
  /// Marks what is in use. False: a block has two owners, or lies outside (INV-D8).
  [[nodiscard]] bool take_blocks(FreeSpace& space) const;
};

/// An empty database: one directory block, its share the whole of the equation (1.8).
[[nodiscard]] Contents new_contents(Timeval32 now);

/// Whether `one` misses an operation that `other` has, and has none that `other` misses: it is never to be preferred
/// (D-16). Two replicas of which each misses something of the other are neither older nor fresher.
[[nodiscard]] bool older(const Contents& one, const Contents& other);

}  // namespace raidsim::statedb
