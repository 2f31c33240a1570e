// reports/story.h: a run told in field words, from its trace file alone.
//
//   setting         units, disks, users, seed; script lines that never acted
//   what happened   script lines, faults that bit, states, resyncs, messages, boots, with times; repeats counted
//   faults          how often each bit
//   allowed         losses and exposures that the fault model permits, alike ones as one line
//   where it broke  each broken rule: id, what should have been true, what was seen
//   just before     the last records before the first of them, of every kind
//   replay          the command that repeats the run, last
#pragma once

#include <string>

#include "engine/trace/file.h"
#include "reports/ink.h"

namespace raidsim::reports {

struct StoryOptions {
  size_t most_lines = 80;    ///< of what happened; the middle is left out beyond it
  size_t last_records = 12;  ///< shown before the first broken rule
  std::string replay = {};   ///< instead of the command that the file names
  Ink ink = {};
};

[[nodiscard]] std::string story(const TraceFile& file, const StoryOptions& options = {});

}  // namespace raidsim::reports
