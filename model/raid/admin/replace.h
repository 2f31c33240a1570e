// model/raid/admin/replace.h: replacing a column's device, or taking its own into use again (spec/raid-admin.md 5).
//
//   checks under unit (R) ─ window ─ checks again under array, io, unit (W) ─> everything refusable is tried
//   ─> column changed, commit ─> locks dropped, event ─> resync (or initialisation) started
//
// An error return up to the commit leaves column, unit and devices as they were (ER-06).
#pragma once

#include "model/md/error.h"
#include "model/raid/raid_unit.h"

namespace raidsim::raid {

/// New device of a replace, as the tool entered it in the name space.
struct NewComponent {
  DeviceNumber device = no_device;
  md::NameKey key = 0;
  uint64_t start_blk = 0;
  bool has_label = false;
};

struct ReplaceRequest {
  md::Minor minor = 0;
  bool force = false;
  DeviceNumber old_device = no_device;  ///< replace: device to be replaced; enable: the one to enable
  NewComponent component;               ///< replace only
  bool has_label = false;               ///< enable only
  bool no_resync = false;               ///< MDIOCTL_NO_RESYNC_RAID
};

/// Locks  the ioctl lock is the frame's; takes unit (R), then array, io, unit (W). Suspends
/// Errors table of 5.1, 5.2, 5.3; a failed start of the resync (RH-28)
[[nodiscard]] md::Error raid_replace(md::System& system, const ReplaceRequest& request);
[[nodiscard]] md::Error raid_enable(md::System& system, const ReplaceRequest& request);

}  // namespace raidsim::raid
