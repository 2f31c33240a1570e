// harness/result.h: what one run came to: plain values, written out by cli/ and read by people.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/time.h"

namespace raidsim::harness {

/// A broken invariant, or an unmet expectation (id "EXPECT").
struct Violation {
  std::string id;     ///< as the specification writes it: "V1", "RD-02", "V11"
  std::string text;   ///< one line: place and observed values
  std::string place;  ///< short key of where it broke: two failures with equal id and place are one bug
  SimTime at{};
  uint64_t event = 0;  ///< number of trace records before it
  bool operator==(const Violation&) const = default;
};

/// Classes of spec/fault-model.md section 1, mildest first.
enum class Outcome : uint8_t {
  masked,
  degraded,
  reported,
  refused,
  detected_loss,
  exposed_silent,
  silent_bug,
  hang,
  diverged,
};
[[nodiscard]] const char* word_of(Outcome outcome) noexcept;

struct UnitResult {
  std::string state;                    ///< word of D-10, "refused" when the unit did not come up
  std::vector<std::string> columns;     ///< one word each
  std::vector<std::string> devices;     ///< the disk that serves each, "no device" where none is open
  std::optional<uint64_t> resync_line;  ///< while a column is in resync
  uint64_t requests = 0, failed = 0, reads = 0, writes = 0;
};

struct RunResult {
  std::string scenario;  ///< name
  std::string file;
  uint64_t seed = 1;
  std::vector<Violation> violations;
  std::vector<std::string> findings;  ///< allowed losses and exposures, one line each
  Outcome outcome = Outcome::masked;
  std::map<std::string, UnitResult> units;
  std::map<std::string, uint64_t> fired;  ///< script lines that acted: label or number -> times
  uint64_t events = 0;                    ///< trace records
  uint64_t steps = 0;                     ///< scheduling decisions
  uint64_t draws = 0;
  uint64_t trace_hash = 0;
  SimTime ended{};
  int64_t wall_ns = 0;  ///< filled in by the caller, never by a run
  [[nodiscard]] bool passed() const noexcept { return violations.empty(); }
};

}  // namespace raidsim::harness
