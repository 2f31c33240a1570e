// model/statedb/read_contents.h: reads the whole database from one replica, and believes nothing (DB-B12).
#pragma once

#include "model/statedb/contents.h"
#include "model/statedb/replica.h"

namespace raidsim::statedb {

struct ContentsRead {
  BlockFault fault = BlockFault::none;  ///< unread, or what is wrong with the first bad block
  Contents contents;                    ///< of no meaning with a fault
};

/// Directory chain from logical block `first` on, every record, and the equation over all of them.
/// Suspends. Errors  content: a chain without end, two owners of a block, records twice, or the XOR is off
[[nodiscard]] ContentsRead read_contents(Replica& replica, uint32_t first);

}  // namespace raidsim::statedb
