// model/raid/hot_spare_daemon.h: puts spares in the place of errored columns (spec/raid-hotspare.md 1 to 3).
//
//   poke ──(dr_mx: pending?)──> md_hs_daemon ──> check_4_hs: each unit ─> check_comp_4_hs: the column
//                                                   io (W), unit (W): conditions again (RH-21) ─> failed spare
//                                                   back ─> spare taken, opened, committed ─> resync started
//
//   RP-05  An errored column does not stay un-spared while a fitting spare is there.
//   RP-06  Nor are spares taken and given back in circles: a unit whose resync could not be started is left
//          alone until something about it changes.
#pragma once

#include <map>
#include <vector>

#include "engine/sync/mutex.h"
#include "model/md/daemon_queue.h"
#include "model/raid/raid_unit.h"

namespace raidsim::raid {

/// What decides whether the scan looks at a unit; pure.
[[nodiscard]] bool wants_spare(const Unit& unit) noexcept;

/// Conditions under the final locks (RH-21) that the unit itself shows: column `col` is the one to be spared.
[[nodiscard]] bool column_wants_spare(const Unit& unit, ColumnIndex col) noexcept;

class HotSpareDaemon {
 public:
  explicit HotSpareDaemon(md::System& system);
  HotSpareDaemon(const HotSpareDaemon&) = delete;
  HotSpareDaemon& operator=(const HotSpareDaemon&) = delete;

  /// raid_hotspares(): asks for a scan; requests coalesce. Never blocks on anything but dr_mx and the queue.
  void poke();
  /// Makes poke() the RAID part of System::poke_hot_spares(). At each attach.
  void publish();
  /// Forgets what it knew of units, at a halt.
  void withdraw() { failed_starts_.clear(); }

  /// The scan itself, for tests: as md_hs_daemon runs it.
  void check_4_hs();

 private:
  /// What must change before a unit whose start failed is tried again (RH-21).
  struct Seen {
    std::vector<ColumnState> states;
    uint32_t ui_tstate = 0;
    bool open = false;
    bool stale = false;
    bool operator==(const Seen&) const = default;
  };
  [[nodiscard]] Seen look_at(const RaidUnit& unit) const;
  [[nodiscard]] bool skipped(const RaidUnit& unit);
  void scan_unit(RaidUnit& unit);
  void check_comp_4_hs(RaidUnit& unit, ColumnIndex col);
  [[nodiscard]] bool take_spare(RaidUnit& unit, const WriteHold& held, ColumnIndex col);
  void give_back_failed_spare(RaidUnit& unit, const WriteHold& held, ColumnIndex col);
  void start_failed(RaidUnit& unit, ColumnIndex col);
  static void run(md::DaemonElement& element);
  static void poked(void* self);

  md::System& system_;
  Mutex dr_mx_;
  bool pending_ = false;
  md::DaemonElement element_;
  std::map<md::Minor, Seen> failed_starts_;
};

}  // namespace raidsim::raid
