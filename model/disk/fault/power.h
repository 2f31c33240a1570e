// model/disk/fault/power.h: what power loss does to a write in service, and the power of a shelf
// (spec/fault-model.md F16, F45).
//
// A cut of the host's power is DiskBay::power_cut (F48); what it does to caches is F19 in cache.h.
#pragma once

#include "model/disk/enclosure.h"
#include "model/disk/fault/fault.h"
#include "model/disk/virtual_disk.h"

namespace raidsim::disk {

/// F16 torn write: when power fails, each write in service has changed only part of its blocks.
///
/// Seen as  a prefix, suffix or subset of its atoms new, the rest old. With `split_sector` one atom is cut
///          inside; with `neighbours` the rest of the 4 KiB physical sectors at its ends is destroyed (a liar)
/// Allowed  acknowledged data right after replay; each unacknowledged sector old or new; a torn log entry
///          is ignored
struct TornWrite {
  static constexpr FaultInfo info{.number = 16, .word = "torn-write"};
  TornRule torn = TornRule::prefix;
  bool split_sector = false;
  bool neighbours = false;
  Match match{.count = {}};
  void armed(FaultContext& at);
  void lifted(FaultContext& at);
  void describe(FaultLine& line) const;

  TornWrites before{};  ///< state, for lifted()
};

/// F45 enclosure power loss: all disks of a shelf lose their power at one instant, and their caches with it (F19);
/// it comes back when the fault is lifted, and not with a boot of the host.
///
/// Seen as  ENXIO after the driver's retries while it is off. The first request to each slice that was open before
///          fails with EIO, however short the break (F37): what the disk said of earlier writes may hold no more.
///          An open that finds the power back is told nothing: who opens a disk knows that it may have lost its cache
/// Allowed  one column on the shelf: DEGRADED; more: REFUSED until power returns, then no acknowledged write is lost
struct EnclosurePowerLoss {
  static constexpr FaultInfo info{.number = 45, .word = "enclosure-power-loss"};
  std::vector<DiskIndex> disks{};
  Match match{.count = {}};
  void armed(FaultContext& at);
  void lifted(FaultContext& at);
  void describe(FaultLine& line) const;

  std::vector<DiskIndex> taken{};  ///< state: those that had a supply before
};

}  // namespace raidsim::disk
