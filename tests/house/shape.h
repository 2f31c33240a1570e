// tests/house/shape.h: how files and rooms look.
#pragma once

#include <vector>

#include "tests/house/source.h"

namespace raidsim::house {

inline constexpr size_t lines_max = 700;  ///< Source  the house's limit; about 100 is typical

Findings too_long(const SourceFile& file);

/// A header begins with a comment that names it, "// engine/time.h: what it is for", and has #pragma once.
Findings wrong_header(const SourceFile& file);

/// A room's README.md says what it is for, which file to read first, and what it must not know.
Findings wrong_room_readme(const SourceFile& file);

/// Sources, and headers of rooms, that no CMakeLists.txt or .cmake file in their folder or above names.
Findings not_built(const std::vector<SourceFile>& files);

}  // namespace raidsim::house
