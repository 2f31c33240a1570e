// tests/house/citations.h: ids of the specification, as the tree cites them.
//
//   comments, text, JSON   RL-11  INV-H03  DB-C13  F24b  V6  K07  D-12
//   test names             WriteHole_RL11  WholeOrNot_INVD20_DBC8
#pragma once

#include <set>
#include <string>
#include <vector>

#include "tests/house/source.h"

namespace raidsim::house {

/// The ids in tests/data/spec_ids.txt.
std::set<std::string> read_spec_ids(std::string_view text);

/// Everything in `text` that has the form of an id, in the form of the list ("RL-11" for "RL11").
std::vector<std::string> cited_ids(std::string_view text);

Findings unknown_ids(const SourceFile& file, const std::set<std::string>& known);

/// Paths in `...` that begin with a room's name and lead nowhere; a path that ends in '/' names a folder.
Findings wrong_paths(const SourceFile& file, const std::set<std::string>& paths_in_tree);

}  // namespace raidsim::house
