// harness/trace_output.h: a run as a trace file that stands alone (engine/trace/file.h).
//
//   META   "scenario" as scenarios/save.h writes it, "folder" where its iologs lie, "seed", "file", "name", "setup",
//          "verdict", "outcome", "result" (JSON), "violations" and "findings" (reports/judgement.h), "points",
//          "expectations", "version", "replay"
//   KIND   of all rooms
//   NAME   disks, units, clients, script lines, and the word of every number that a story needs
//   TAPE   when it was recorded
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "engine/trace/file.h"
#include "harness/runner.h"
#include "scenarios/scenario.h"

namespace raidsim::harness {

struct TraceSource {
  std::string file;    ///< scenario file as the user named it
  std::string replay;  ///< the one command that repeats the run
};

/// Shape  `record` is what a run of `scenario` with `options` left
[[nodiscard]] TraceFile trace_of(const scenarios::Scenario& scenario, const RunOptions& options,
                                 const RunRecord& record, const TraceSource& source);

/// The log alone, for comparing.
[[nodiscard]] TraceLog log_of(const RunOptions& options, const RunRecord& record);

/// The object that `--json` prints (design.md section 6).
[[nodiscard]] nlohmann::ordered_json to_json(const RunResult& result);

/// The sentence of an invariant; of an unmet expectation, "EXPECT", and of a failed assertion, "ASSERT", too.
[[nodiscard]] std::string sentence_of(const std::string& id);

}  // namespace raidsim::harness
