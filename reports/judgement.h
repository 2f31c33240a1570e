// reports/judgement.h: what the judges said, as META keeps it.
//
//   "violations"   one line each:  id TAB event TAB time in ns TAB place TAB sentence TAB observed
//   "findings"     one line each, an allowed loss or exposure
//
// Both texts come from a file that may be hostile: lines of another shape are shown as they are.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/trace/file.h"

namespace raidsim::reports {

struct BrokenRule {
  std::string id;
  uint64_t event = 0;
  int64_t time_ns = 0;
  std::string place;
  std::string sentence;  ///< what should have been true
  std::string observed;  ///< what was seen instead
};

[[nodiscard]] std::string line_of(const BrokenRule& rule);  ///< without the end of line
[[nodiscard]] std::vector<BrokenRule> violations_of(const TraceFile& file);

/// Lines that differ in their numbers only, as one: the first, and how many there were.
struct Alike {
  std::string first;
  uint64_t count = 0;
};
[[nodiscard]] std::vector<Alike> grouped(const std::vector<std::string>& lines);
[[nodiscard]] std::vector<std::string> lines_of(std::string_view text);

}  // namespace raidsim::reports
