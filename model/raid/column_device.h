// model/raid/column_device.h: opening and closing the devices behind a column.
//
//   key (spare's key when hot spared) ──> present number ──> open, of the right disk and long enough (D-04)
//
//   RT-16  MD_RAID_DEV_ISOPEN is set iff the device layer counts one more open by this column.
#pragma once

#include "model/raid/raid_unit.h"

namespace raidsim::raid {

/// Blocks that a device must have to carry this column in `group`: up to the end of its data area.
[[nodiscard]] uint64_t blocks_needed(const Unit& unit, const DeviceGroup& group) noexcept;

/// Resolves and opens un_dev; un_dev takes the resulting number in either case. Nothing if it is open already.
/// Locks  unit lock (W). Suspends
/// Errors an errno; 0 when open
[[nodiscard]] int open_column(RaidUnit& unit, ColumnIndex col);
/// Nothing if it is not open.
void close_column(RaidUnit& unit, ColumnIndex col);

/// The same for un_alt_dev, which denotes the column's own device (un_orig_key).
[[nodiscard]] int open_alternate(RaidUnit& unit, ColumnIndex col);
/// Closes the alternate if it is open and makes it none: WRITE_ALT and ALT_ISOPEN cleared.
void drop_alternate(RaidUnit& unit, ColumnIndex col);

/// The alternate, open, takes the place of un_dev, which is closed (RH-16, end of a copy).
void alternate_becomes_current(RaidUnit& unit, ColumnIndex col);

}  // namespace raidsim::raid
