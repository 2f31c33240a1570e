// scenarios/workload_spec.h: who sends which requests to a unit
// (spec/decisions.md D-08).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "engine/time.h"
#include "scenarios/disk_spec.h"
#include "scenarios/words.h"

namespace raidsim::scenarios {

inline constexpr uint64_t request_bytes_max = uint64_t{64} << 20;

/// `share` of the requests fall on the first `space` of the range, the others
/// on the rest.
struct HotSpot {
  double share = 0.9;
  double space = 0.1;
  bool operator==(const HotSpot&) const = default;
};

/// A recorded fio iolog instead of generated requests; scenarios/iolog.h reads
/// it.
struct TraceSource {
  std::string path;      ///< as in the file; the loader resolves it into `resolved`
  std::string resolved;  ///< absolute, or relative to the working directory; not
                         ///< part of the saved form
  TraceTiming timing = TraceTiming::as_fast_as_possible;
  double speed = 1.0;               ///< as recorded only: 2.0 halves the gaps
  TraceFit fit = TraceFit::refuse;  ///< what becomes of requests beyond the unit's end
  std::optional<uint64_t> limit;    ///< stop after so many reads and writes
  bool operator==(const TraceSource& other) const {
    return path == other.path && timing == other.timing && speed == other.speed && fit == other.fit &&
           limit == other.limit;
  }
};

struct Workload {
  std::string unit;
  uint32_t clients = 4;     ///< a trace is sent with this many requests outstanding at most
  uint64_t requests = 200;  ///< per client
  uint64_t size_min_blocks = 1;
  uint64_t size_max_blocks = 128;
  double reads = 0.5;
  Pattern pattern = Pattern::random;
  HotSpot hot_spot;
  std::optional<BlockRange> range;  ///< of the unit; all of it by default
  Duration start{};
  Duration think_min{};
  Duration think_max{};  ///< uniform between both, before each request
  bool verify = false;   ///< each write is read back after its acknowledge and compared
  std::optional<TraceSource> trace;
  bool operator==(const Workload&) const = default;
};

}  // namespace raidsim::scenarios
