// reports/story.h: a run told in field words, from its trace file alone.
//
//   setting      one sentence: units, disks, users, seed
//   what happened   script lines, faults that bit, states, resyncs, messages, boots, with times
//   where it broke  each broken rule: id, what should have been true, what was seen
//   allowed      losses and exposures that the fault model permits, alike ones as one line
//   repeat       the command that replays the run
#pragma once

#include <string>

#include "engine/trace/file.h"

namespace raidsim::reports {

struct StoryOptions {
  size_t most_lines = 120;  ///< of what happened; the middle is left out beyond it
};

[[nodiscard]] std::string story(const TraceFile& file, const StoryOptions& options = {});

}  // namespace raidsim::reports
