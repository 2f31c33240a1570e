// tests/house/source.h: the tree's own files as text, for the tests that read them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace raidsim::house {

struct SourceFile {
  std::string path;  ///< from the project root, with '/'
  std::string text;
};

/// Something a rule found; `line` counts from 1, 0 means the file as a whole.
struct Finding {
  std::string path;
  size_t line = 0;
  std::string text;
};
using Findings = std::vector<Finding>;

/// All readable files below `folders` (or single files), in order of path; hidden folders and build trees are left out.
std::vector<SourceFile> read_tree(const std::vector<std::string>& folders);

/// "engine" of "engine/sync/mutex.h"; empty for a file at the top.
std::string_view room_of(std::string_view path);
/// "engine/sync" of "engine/sync/mutex.h".
std::string_view folder_of(std::string_view path);
bool is_header(std::string_view path);
bool is_cpp(std::string_view path);  ///< header or source
bool starts_with_path(std::string_view path, std::string_view folder);

std::vector<std::string_view> lines_of(std::string_view text);

/// The same text with comments and the insides of literals blanked; lines keep their numbers.
std::string code_only(std::string_view text);

/// One finding a line, "path:line: text", for a test's message.
std::string printed(const Findings& findings);

}  // namespace raidsim::house
