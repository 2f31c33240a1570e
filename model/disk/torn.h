// model/disk/torn.h: which part of a write is on the medium when it was cut short (F16), as a pure drawing.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/choice.h"
#include "model/disk/types.h"

namespace raidsim::disk {

/// Aligned atoms that a write touches. Shape  atom_bytes 0, 512 or 4096
[[nodiscard]] uint32_t torn_atoms(uint64_t block, uint32_t blocks, uint32_t atom_bytes);

struct TornParts {
  std::vector<BlockRange> runs;  ///< blocks that hold new data, ascending
  uint64_t cut = 0;              ///< a block at the border between new and old, for a cut inside a sector
};

/// With two or more atoms at least one is new and one is old. A single atom is all new or all old.
/// Shape  rule is not `none`
[[nodiscard]] TornParts draw_torn_parts(uint64_t block, uint32_t blocks, uint32_t atom_bytes, TornRule rule,
                                        ChoiceStream& choices);

}  // namespace raidsim::disk
