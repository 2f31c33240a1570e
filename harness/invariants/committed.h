// harness/invariants/committed.h: what the records say, read by the judge's own reader (D-06).
//
//   record   common part 60 | RAID part 128 | N columns of 116       little-endian, packed (raid-data-model.md 1, 2)
//   spare    revision 8, id 4, device 8, key 4, start 8, label 4, size 8, state 4, ...
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "model/raid/unit.h"
#include "model/statedb/record_store.h"

namespace raidsim::harness {

struct CommittedSpare {
  md::RecordId id = 0;
  md::NameKey key = 0;
  uint32_t state = 0;  ///< 1 available, 2 reserved, 3 broken
};
inline constexpr uint32_t spare_reserved = 2;

/// Errors  nullopt: no RAID-5 record of this shape
[[nodiscard]] std::optional<raid::Unit> read_unit_record(std::span<const std::byte> bytes);
[[nodiscard]] std::optional<CommittedSpare> read_spare_record(std::span<const std::byte> bytes);

/// All that one state of the database says of units and spares.
struct CommittedState {
  std::vector<raid::Unit> units;
  std::vector<CommittedSpare> spares;
};
[[nodiscard]] CommittedState read_committed(const std::map<md::RecordId, statedb::StoredRecord>& records);

/// RC-03, RP-01, RP-02 on the records: every hot-spared column has its reserved spare, every reserved spare one column.
[[nodiscard]] std::string broken_reservations(const CommittedState& state);

/// RT-18: what differs between a unit and its record, but for time stamps, pwid, progress and open flags.
[[nodiscard]] std::string difference(const raid::Unit& unit, const raid::Unit& record);

}  // namespace raidsim::harness
