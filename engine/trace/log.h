// engine/trace/log.h: what a run left behind of its events, and where two runs first differ.
//
//   events   0 ........ first_event ................ count
//                       |<- records that were kept ->|        checkpoints: hash of the first k * interval events
//
// A ring keeps the end, a full recording everything, and a recorder that is off nothing but hashes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/trace/record.h"
#include "engine/trace/recorder.h"

namespace raidsim {

struct TraceLog {
  uint64_t count = 0;                   ///< events of the run, kept or not
  uint64_t hash = TraceHash{}.value();  ///< of all of them
  uint64_t first_event = 0;             ///< number of records.front(); events are numbered from 0
  std::vector<TraceRecord> records;
  uint64_t checkpoint_interval = 0;   ///< 0: none
  std::vector<uint64_t> checkpoints;  ///< TraceHash of the first interval, 2 * interval, ... events

  /// Every event is here, so the hash of any prefix can be computed.
  [[nodiscard]] bool complete() const noexcept { return first_event == 0 && records.size() == count; }
  bool operator==(const TraceLog&) const = default;
};

[[nodiscard]] TraceLog log_of(const Recorder& recorder);

/// The first event in which two runs differ, as near as what they kept allows.
struct TraceDifference {
  uint64_t event = 0;    ///< all events before it agree
  uint64_t at_most = 0;  ///< the first difference is here at the latest; equal to `event` when it is known exactly
  std::optional<TraceRecord> left;  ///< that event in each run, where it was kept; a run that had ended has none
  std::optional<TraceRecord> right;

  [[nodiscard]] bool exact() const noexcept { return event == at_most; }
};

/// Nothing when the runs agree: equal number of events and equal hash.
///
/// Two complete logs give the exact event. Otherwise hashes of equal prefixes (checkpoints, computed ones where a
/// log is complete) bracket the difference, and records kept by both narrow it down.
[[nodiscard]] std::optional<TraceDifference> compare(const TraceLog& left, const TraceLog& right);

/// One line for people, numbers only: reports/ knows the kinds' names.
[[nodiscard]] std::string to_text(const TraceDifference& difference);

}  // namespace raidsim
