// scenarios/expect_spec.h: what must be true at the end of a run
// (spec/decisions.md D-09 d), beyond the invariants.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/words.h"

namespace raidsim::scenarios {

/// At least `low`, at most `high`; written as 3 or [1, 5].
struct CountRange {
  uint64_t low = 0;
  uint64_t high = std::numeric_limits<uint64_t>::max();
  [[nodiscard]] bool contains(uint64_t n) const { return low <= n && n <= high; }
  bool operator==(const CountRange&) const = default;
};

struct ColumnExpectation {
  std::optional<ColumnState> state;
  std::optional<std::string> on;  ///< disk that serves the column (un_dev): the spare while hot spared
  bool operator==(const ColumnExpectation&) const = default;
};

struct UnitExpectation {
  std::optional<UnitState> state;
  std::map<uint32_t, ColumnExpectation> columns;
  bool operator==(const UnitExpectation&) const = default;
};

struct PoolExpectation {
  std::optional<CountRange> available;
  std::optional<CountRange> reserved;
  std::optional<CountRange> broken;
  bool operator==(const PoolExpectation&) const = default;
};

/// The state database at the end.
struct ReplicasExpectation {
  std::optional<CountRange> active;  ///< in use and without an error
  std::optional<CountRange> listed;  ///< in the set's list, working or not
  std::optional<bool> stale;
  bool operator==(const ReplicasExpectation&) const = default;
};

/// Number of times an event was emitted in all epochs; "resync-done" alone
/// means at least once, count 0 never.
struct EventExpectation {
  EventName event{};
  std::optional<std::string> unit;
  CountRange count{1, std::numeric_limits<uint64_t>::max()};
  bool operator==(const EventExpectation&) const = default;
};

struct Expect {
  std::map<std::string, UnitExpectation> units;
  std::map<std::string, PoolExpectation> pools;
  std::optional<ReplicasExpectation> replicas;
  std::vector<std::string> violations;        ///< ids that must be reported, no others; empty: none
  std::optional<CountRange> failed_requests;  ///< of the workloads; nothing: not
                                              ///< judged beyond the invariants
  std::vector<EventExpectation> events;
  std::optional<Outcome> outcome;  ///< exactly this class; nothing: any that the invariants allow
  bool operator==(const Expect&) const = default;
};

}  // namespace raidsim::scenarios
