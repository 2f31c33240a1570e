// harness/inspect/inspection.h: all that can be told of a disk image: replicas, records, units and their logs.
//
//   disks ──> replicas ──> the reference's records ──> units ──> pre-write slots of each column
//
// Pure: the same image, the same inspection. Any image will do, hostile ones too.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/inspect/compare_replicas.h"
#include "harness/inspect/log_slots.h"

namespace raidsim::harness {

struct UnitReport {
  uint32_t record = 0;  ///< number
  raid::Unit unit;
  std::vector<ColumnLog> logs;  ///< by column
};

struct Inspection {
  std::vector<ReplicaReport> replicas;  ///< in order of disk and block
  ReplicaSet set;
  std::vector<UnitReport> units;    ///< that the reference has
  std::vector<std::string> damage;  ///< one line each; what of a replica, its place in front
  std::vector<std::string> notes;   ///< what is worth knowing and no damage

  [[nodiscard]] bool sound() const noexcept { return damage.empty(); }
};

[[nodiscard]] Inspection inspect(const DiskImage& image);

}  // namespace raidsim::harness
