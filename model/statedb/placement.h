// model/statedb/placement.h: where records go, in memory alone: new ones, and ones that change their size.
//
// Two limits make a database full: free blocks, and the journal, which must hold a copy of everything
// (docs/decisions/0029).
#pragma once

#include <set>

#include "model/statedb/set_state.h"

namespace raidsim::statedb {

/// Places in the chain of directory blocks that a change concerns; they are written with it.
using TouchedBlocks = std::set<size_t>;

/// Whether so many blocks more have room.
[[nodiscard]] bool has_room(SetState& set, size_t more_blocks);

/// Enters a record with its image, and appends a directory block when the chain has no room for the entry (DB-C8).
/// Errors  false: no space; nothing changed. Shape  the entry's blocks are chosen here
[[nodiscard]] bool enter_record(SetState& set, DirectoryEntry entry, RecordImage image, TouchedBlocks& touched);

/// Gives a record other blocks for so many user bytes; its image keeps no good sum until the commit that follows.
/// Errors  false: no space; nothing changed
[[nodiscard]] bool resize_record(SetState& set, uint32_t number, size_t user_bytes, TouchedBlocks& touched);

/// Takes a record out. Shape  it is there
void take_out_record(SetState& set, uint32_t number, TouchedBlocks& touched);

}  // namespace raidsim::statedb
