// harness/oracle/fault_tolerance.h: Tolerance from what the run shows: column states over time, the damage
// registry, and which disks gave trouble since when.
//
// Reads the world; never asks the code under test why it did something.
#pragma once

#include <array>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "harness/oracle/tolerance.h"
#include "harness/world/disk_roles.h"
#include "harness/world/protocol_points.h"
#include "harness/world/state_watch.h"
#include "model/disk/disk_bay.h"

namespace raidsim::harness {

class FaultTolerance final : public Tolerance, public TransferListener {
 public:
  FaultTolerance(disk::DiskBay& bay, const DiskRoles& roles, const StateWatch& watch, const ProtocolPoints& points,
                 const UnitLookup& units, std::vector<md::Minor> minors);

  [[nodiscard]] std::string excuse_for_error(md::Minor unit, SimTime began, md::BufferOp op, uint64_t block,
                                             uint32_t blocks, int error) const override;
  [[nodiscard]] std::string excuse_for_content(md::Minor unit, uint64_t block) const override;

  /// The same for a row of the unit with this index, in any column.
  [[nodiscard]] std::string excuse_for_row(uint32_t unit, uint64_t row) const;

  /// Follows log entries, so that a lie about one is known as a lie about its rows. Only scenarios with
  /// liars need it.
  void on_issue(const ClassifiedTransfer& transfer) override;
  void on_fault(const disk::FaultBite& bite) override;
  /// Takes in what the damage registry has marked for liars since the last time. Shape  the layout is still the
  /// one under which it happened: called at host deaths and before every question
  void absorb_damage() const;

  /// Columns that are unusable for a line now, or were since `began`: for verdicts and for findings.
  [[nodiscard]] std::vector<uint32_t> unusable_columns(uint32_t unit, uint64_t line, SimTime began) const;

 private:
  struct LogEntry {
    uint32_t unit;
    uint64_t first_row, end_row;
    uint32_t blocks;  ///< of the slot: header and payload
  };
  /// A liar touched these blocks of a disk: their rows may show wrong bytes from now on, in every column
  /// that parity arithmetic ties to them.
  void taint(uint32_t disk, uint64_t block, uint64_t blocks, const std::string& by) const;
  void taint_rows(uint32_t unit, uint64_t first, uint64_t end, const std::string& by) const;
  void taint_log(uint32_t disk, uint64_t block, const std::string& by) const;

  struct Tainted {
    uint64_t first_row, end_row;
    std::string by;
  };
  [[nodiscard]] uint32_t index_of(md::Minor minor) const;
  /// The unit as it stands; as it was seen last while the host is down.
  [[nodiscard]] const raid::Unit& present(uint32_t unit) const;
  [[nodiscard]] bool column_unusable(uint32_t unit, uint32_t column, uint64_t line, SimTime began) const;
  [[nodiscard]] bool device_unusable(DeviceNumber device, uint64_t first_block, uint64_t blocks, SimTime began) const;

  disk::DiskBay& bay_;
  const DiskRoles& roles_;
  const StateWatch& watch_;
  const ProtocolPoints& points_;
  const UnitLookup& units_;
  std::vector<md::Minor> minors_;
  mutable std::vector<size_t> absorbed_;                                  // by disk: marks of its damage map taken in
  mutable std::vector<std::vector<Tainted>> tainted_;                     // by unit; only ever grows
  std::map<std::pair<uint32_t, uint64_t>, std::array<LogEntry, 2>> log_;  // by disk and block of the slot: now, before
};

}  // namespace raidsim::harness
