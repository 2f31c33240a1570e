// tests/house/words.h: what must not stand in the text of a file.
#pragma once

#include "tests/house/source.h"

namespace raidsim::house {

/// For engine/ and model/: whatever makes two runs of one seed differ (wall clock, threads, addresses as keys or order,
/// `std::` distributions, libm, the environment). Comments and literals do not count. engine/assert.cpp alone may lock:
/// the list of RAIDSIM_SOMETIMES sites belongs to the process, and simulations run side by side in threads.
Findings leaks_of_chance(const SourceFile& file);

/// For engine/ and model/: loops over hash containers, whose order is not the program's. Names are those declared in
/// `file` or in `header`, the header of the same name (null when there is none).
Findings walks_over_hashes(const SourceFile& file, const SourceFile* header);

/// Words that promise less than a name does, in code and comments.
Findings hollow_words(const SourceFile& file);

/// Paths of one person's machine.
Findings machine_paths(const SourceFile& file);

}  // namespace raidsim::house
