// scenarios/script_spec.h: script lines: when (trigger), how long after
// (delay), what (action).
//
// A line waits for its trigger, then for its delay, then acts. `times` says how
// often it may do so: 1 is one-shot, n is counted, nothing is latched (it acts
// whenever the trigger holds again). After each firing the count of a trigger's
// `nth` starts over, so {"event": "replay-write", "nth": 3} with "times": 2 is
// a crash during recovery and another during the recovery from that (F49).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "engine/time.h"
#include "scenarios/fault_spec.h"
#include "scenarios/words.h"

namespace raidsim::scenarios {

/// "at": absolute virtual time.
struct AtTime {
  Duration at{};
  bool operator==(const AtTime&) const = default;
};

/// {"events": n}: the n-th event of the run, from 1.
struct AtEvent {
  uint64_t nth = 1;
  bool operator==(const AtEvent&) const = default;
};

/// {"event": "pre-write-durable", ...}: a protocol point (D-10); every field
/// given must match. The count of `nth` begins when the line `since` acts.
struct AtPoint {
  ProtocolPoint point{};
  uint64_t nth = 1;
  std::optional<std::string> unit;
  std::optional<uint32_t> column;
  std::optional<std::string> disk;
  Side side = Side::after;
  std::string since;  ///< label of another line; empty: from the start of the run
  bool operator==(const AtPoint&) const = default;
};

/// {"disk": "d1", "op": "write", ...}: the n-th matching request on a disk,
/// when it is issued.
struct AtRequest {
  std::string disk;
  Op op = Op::any;
  RequestKind kind = RequestKind::any;
  std::optional<BlockRange> range;  ///< blocks of the disk; the request overlaps it
  uint64_t nth = 1;
  std::string since;  ///< as of a point
  bool operator==(const AtRequest&) const = default;
};

/// {"unit": "d10", ...} or {"spare": "d5", "state": ...}: holds when everything
/// given holds; looked at on each release of a unit writer lock and each event
/// (D-10).
struct AtState {
  std::optional<std::string> unit;
  std::optional<UnitState> unit_state;  ///< "state" without a column, or "unit_state" beside one
  std::optional<uint32_t> column;
  std::optional<ColumnState> column_state;  ///< "state" with a column
  std::optional<uint64_t> resync_line;      ///< a resync runs and its index is at least this
  std::optional<std::string> spare;
  std::optional<SpareState> spare_state;
  bool operator==(const AtState&) const = default;
};

/// {"after": "label"}: another line has acted.
struct AfterEntry {
  std::string label;
  bool operator==(const AfterEntry&) const = default;
};

using Trigger = std::variant<AtTime, AtEvent, AtPoint, AtRequest, AtState, AfterEntry>;

/// The label of the line that has to act before this trigger can; empty: none.
inline std::string_view waits_for(const Trigger& trigger) noexcept {
  if (const auto* at = std::get_if<AtPoint>(&trigger)) return at->since;
  if (const auto* at = std::get_if<AtRequest>(&trigger)) return at->since;
  if (const auto* at = std::get_if<AfterEntry>(&trigger)) return at->label;
  return {};
}

/// "after" of a line: "5ms", or {"events": 3}.
struct Delay {
  Duration time{};
  uint64_t events = 0;
  bool operator==(const Delay&) const = default;
};

/// "do": what happens to the host.
struct HostAction {
  HostVerb verb{};
  OutstandingFate outstanding = OutstandingFate::drawn;  ///< crash, power cut
  std::optional<double> keep;                            ///< power cut: chance that an un-flushed write
                                                         ///< survives; nothing: drawn per write, 1/2
  bool adversarial = false;        ///< power cut: newest cached writes survive, older ones are lost
  std::optional<TornRule> torn;    ///< power cut: how requests in service are torn; nothing: as each disk's nature is
  std::vector<std::string> disks;  ///< power cut: the power domain; empty: all
  bool operator==(const HostAction&) const = default;
};

/// "ioctl": what the administrator asks for.
struct Ioctl {
  IoctlVerb verb{};
  std::string unit;                ///< all but pool-* and replica-*
  std::optional<uint32_t> column;  ///< replace, enable
  std::string with;                ///< replace: the new disk
  std::string pool;                ///< pool-*
  std::string spare;               ///< pool-*: the disk
  std::string disk;                ///< replica-*: the disk
  uint32_t index = 0;              ///< replica-*: which of the disk's places
  bool force = false;
  std::optional<std::string> error;  ///< MDE_ or errno name that must come back, "any": any answer; nothing: success
  bool operator==(const Ioctl&) const = default;
};

using Action = std::variant<Fault, HostAction, Ioctl>;

struct ScriptEntry {
  std::string label;  ///< may be empty; unique otherwise
  Trigger trigger;
  Delay after;
  std::optional<uint64_t> times = 1;
  Action action;
  bool operator==(const ScriptEntry&) const = default;
};

}  // namespace raidsim::scenarios
