// model/disk/fault/power.h: what power loss does to a write in service (spec/fault-model.md F16).
//
// The cut itself is DiskBay::power_cut (F48); what it does to caches is F19 in cache.h.
#pragma once

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

}  // namespace raidsim::disk
