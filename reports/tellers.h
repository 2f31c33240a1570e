// reports/tellers.h: how each kind of record is told. Kinds without a teller are not part of the story.
//
// Kinds are found by name in the file's own tables, so that a file whose numbers differ still renders.
#pragma once

#include <map>

#include "reports/timeline.h"

namespace raidsim::reports {

using Teller = void (*)(Timeline& timeline, const TraceRecord& record);

[[nodiscard]] std::map<TraceKind, Teller> tellers_for(const TraceFile& file);

}  // namespace raidsim::reports
