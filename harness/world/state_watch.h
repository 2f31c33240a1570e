// harness/world/state_watch.h: looks at units and spares whenever a unit writer lock is released and at each
// event (D-10), remembers what changed and since when, and tells who wants to know.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "engine/simulation.h"
#include "engine/sync/observer.h"
#include "harness/world/disk_roles.h"
#include "harness/world/protocol_points.h"
#include "model/raid/unit.h"

namespace raidsim::harness {

/// Who is told of changes, under the lock whose release showed them. Must not suspend or change anything.
class StateListener {
 public:
  /// `before` is the unit at the last look, empty columns at the first.
  virtual void on_unit_looked_at(uint32_t unit, const raid::Unit& before, const raid::RaidUnit& now) = 0;

 protected:
  ~StateListener() = default;
};

class StateWatch final : public SyncObserver {
 public:
  StateWatch(Simulation& simulation, DiskRoles& roles, const UnitLookup& units, std::vector<md::Minor> minors);

  void add_listener(StateListener& listener) { listeners_.push_back(&listener); }
  void set_script(Script* script) noexcept { script_ = script; }

  void on_write_release(const RwLock& lock) override;
  /// Looks at every unit: at events, after a boot, at the end.
  void look_at_all();
  void look_at(uint32_t unit);
  /// What the disks hold before the first boot, so that script lines at time 0 find columns.
  void expect(uint32_t unit, const raid::Unit& prepared);

  /// Disks have other numbers than in `before`: what was seen of the units means the same disks still.
  void renumbered(const disk::DeviceTree& before);

  [[nodiscard]] const raid::Unit& last_seen(uint32_t unit) const { return seen_[unit].unit; }
  /// Last moment at which the column was not usable (now, if it is not); sim_start - 1ns for never.
  [[nodiscard]] SimTime last_unusable(uint32_t unit, uint32_t column) const;
  /// Last moment at which the unit was last errored: now, if it is.
  [[nodiscard]] SimTime last_last_errored(uint32_t unit) const;
  /// Where the resync line of the running resync was known to be at `when`; 0 before its first region was done.
  [[nodiscard]] uint64_t resync_line_at(uint32_t unit, SimTime when) const;

 private:
  struct Seen {
    raid::Unit unit;
    bool valid = false;
    std::vector<SimTime> unusable;
    SimTime last_errored = sim_start - Duration{1};
    std::vector<std::pair<SimTime, uint64_t>> resync_lines;  ///< of the last resync, ascending
  };
  void note_times(Seen& seen, const raid::Unit& now);
  void trace_changes(uint32_t unit, const raid::Unit& before, const raid::Unit& now);
  void rebuild_roles();

  Simulation& simulation_;
  DiskRoles& roles_;
  const UnitLookup& units_;
  std::vector<md::Minor> minors_;
  std::vector<Seen> seen_;
  std::vector<StateListener*> listeners_;
  Script* script_ = nullptr;
};

}  // namespace raidsim::harness
