// harness/runner.h: one run from scenario to verdict (spec/decisions.md D-09).
//
//   workload     clients and script run to their end           at most time_limit
//   faults-stop  nothing new fires, transient faults are lifted, a host that is down is booted
//   quiesce      to quiescence                                 at most 10 virtual minutes, 10^7 steps; else V11
//   judge        full read-back, media, states, spares, records
//   recheck      power cut, boot, quiesce, judge again         unless "recheck": false
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "engine/simulation.h"
#include "engine/tape.h"
#include "harness/inspect/disk_image.h"
#include "harness/result.h"
#include "harness/status/status.h"
#include "harness/world/prepared_image.h"
#include "scenarios/scenario.h"

namespace raidsim::harness {

enum class Phase : uint8_t { workload, faults_stop, quiesce, judge, recheck, done };
[[nodiscard]] const char* word_of(Phase phase) noexcept;

struct RunOptions {
  uint64_t seed = 1;
  TraceMode trace = TraceMode::off;
  size_t ring_records = 1 << 14;
  bool record_tape = false;
  const Tape* tape = nullptr;
  bool traced_points = false;           ///< protocol points in the trace, for stories
  uint64_t checkpoint_interval = 0;     ///< of the recorder
  uint64_t stop_at_event = UINT64_MAX;  ///< ends the run when the trace has so many records (replay --until)
  bool expectations = true;             ///< judge the scenario's `expect` too
  SimTime stop_at_time = sim_never;     ///< ends the run at this moment (stat --at)
  bool keep_disks = false;              ///< RunRecord::disks
  bool keep_status = false;             ///< RunRecord::status
};

/// What a run leaves besides its result.
struct RunRecord {
  RunResult result;
  std::vector<TraceRecord> records;
  uint64_t first_record = 0;
  std::vector<uint64_t> checkpoints;
  std::optional<Tape> tape;
  std::string tape_divergence;     ///< empty: none
  std::string wait_graph;          ///< of a hung run
  std::optional<DiskImage> disks;  ///< when asked for: as the run left them
  std::optional<HostStatus> status;
};

/// Runs `scenario` on `image` (its prepared start). Never throws for what the code under test does.
[[nodiscard]] RunRecord run_scenario(const scenarios::Scenario& scenario, const PreparedImage& image,
                                     const RunOptions& options);

/// Prepares and runs.
[[nodiscard]] RunRecord run_scenario(const scenarios::Scenario& scenario, const RunOptions& options);

}  // namespace raidsim::harness
