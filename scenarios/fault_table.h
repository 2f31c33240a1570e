// scenarios/fault_table.h: the catalogue of spec/fault-model.md section 4 as a table: word, id, target, parameters.
//
// The loader checks script lines by it, save writes them by it, and `raidsim list faults` prints it.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string_view>

#include "scenarios/fault_spec.h"

namespace raidsim::scenarios {

class Node;

/// One parameter: its key in a script line, the values it takes, and how it is read and written.
struct ParameterRow {
  std::string_view key;
  std::string_view values;  ///< for people: "a number from 0 to 1"
  void (*read)(const Node& node, FaultParameters& out);
  void (*write)(const FaultParameters& from, nlohmann::json& out);  ///< null for "nothing": then it is left out
};

enum class Support : uint8_t {
  injected,   ///< "fault": word
  host_line,  ///< F47 to F50 are "do" lines
  later,      ///< in the catalogue, not in this version
};

/// What is shared and may be named instead of its disks.
enum class Shared : uint8_t {
  nothing,
  shelf,
  adapter,  ///< or a shelf
};

enum class TargetNeed : uint8_t {
  disk,     ///< a disk, or unit and column
  place,    ///< the same, and blocks of it: range, line, lines or area
  disks,    ///< a disk, a column, or several disks
  host,     ///< nothing: it is the host's own
  replica,  ///< a disk with a replica, and which of the replicas there
};

struct FaultRow {
  unsigned number;
  std::string_view word;
  std::string_view meaning;
  Support support;
  TargetNeed target;
  bool takes_place;  ///< range, line, lines and area are allowed
  std::span<const ParameterRow* const> parameters;
  FaultParameters (*defaults)();
  Shared shared = Shared::nothing;
  /// The defaults of a line with "lasts" (`for_a_while`) or without: a fault that lasts for a while hits all that
  /// comes in that time, where one without hits one request.
  [[nodiscard]] FaultParameters defaults_of(bool for_a_while) const;
};

[[nodiscard]] std::span<const FaultRow> fault_table();
[[nodiscard]] const FaultRow* find_fault(std::string_view word);
/// Shape  id is F01 to F60.
[[nodiscard]] const FaultRow& fault_row(FaultId id);

}  // namespace raidsim::scenarios
