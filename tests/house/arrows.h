// tests/house/arrows.h: the room order, read from the #include lines.
//
//   engine <- model <- scenarios <- harness          reports -> engine/trace alone
//
//   - only harness/cli includes reports/; nothing but tests/ includes tests/
//   - inside model/ everything but disk/ is code under test: of disk/ it sees block_device.h alone, and disk/ sees
//     nothing of it
//   - Boost.Fiber and Boost.Context stay behind engine/scheduler.* and engine/worker_pool.*
//   - engine/ and model/ know no JSON, no command line, no database, no test library
//   - a quoted include names a file of this tree from its root
#pragma once

#include <set>
#include <string>

#include "tests/house/source.h"

namespace raidsim::house {

Findings wrong_arrows(const SourceFile& file, const std::set<std::string>& paths_in_tree);

}  // namespace raidsim::house
