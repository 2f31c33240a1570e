// harness/oracle/accepted_losses.h: what an administrator gave up by force (D-17, docs/decisions/0033).
//
//   forced replace or enable begins ──> window ──> its resync is over, it is refused, or the host dies
//   in a window: a last-errored column's mark of a missed write leaves the RECORD ──> what it may have missed is given
//   up
//                a log is emptied over an abandoned replay                       ──> what the logs hold is given up
//
// Given up are rows; lost are only blocks of them of which the media hold no legal value any more: the column's own
// block as it lies there, and the block that the others add up to for the one that is rebuilt. Such a block may be read
// as what the media held at that moment, and as nothing else (LegalValues::lose). All the rest is judged as ever.
#pragma once

#include <string>
#include <vector>

#include "harness/oracle/missed_rows.h"
#include "harness/world/state_watch.h"
#include "scenarios/script_spec.h"

namespace raidsim::harness {

class World;

/// A command by which an administrator may give data up.
[[nodiscard]] inline bool accepts_losses(const scenarios::Ioctl& request) noexcept {
  using enum scenarios::IoctlVerb;
  return request.force && (request.verb == replace || request.verb == enable);
}

class AcceptedLosses final : public StateListener, public TransferListener {
 public:
  explicit AcceptedLosses(World& world);

  /// A forced command to the unit goes out; it came back with this success.
  void command_begins(uint32_t unit) { ++units_[unit].commands; }
  void command_ended(uint32_t unit, bool granted);
  void host_died();

  void on_unit_looked_at(uint32_t unit, const raid::Unit& before, const raid::RaidUnit& now) override;
  void on_issue(const ClassifiedTransfer& transfer) override;
  void on_durable(const ClassifiedTransfer& transfer) override;

 private:
  struct OfUnit {
    uint32_t commands = 0;     ///< forced ones under way
    bool granted = false;      ///< the resync of one is under way
    bool logs_given = false;   ///< in this window
    std::vector<bool> marked;  ///< by column: last errored, and missed a write
    [[nodiscard]] bool open() const noexcept { return commands > 0 || granted; }
  };
  /// `in_commit`: what the unit says in core is on its way to the record.
  void look(uint32_t unit, bool in_commit = false);
  [[nodiscard]] uint64_t commits() const;
  void give_up_column(uint32_t unit, const raid::Unit& now, uint32_t column);
  void what_logs_hold_may_come_back(uint32_t unit, const raid::Unit& now);
  void give_up_logs(uint32_t unit, const raid::Unit& now);

  World& world_;
  MissedRows missed_;
  std::vector<OfUnit> units_;
  uint64_t commit_begun_ = 0;  ///< which one the last write of the record store was for, from 1
};

}  // namespace raidsim::harness
