// model/raid/open_close.h: opening and closing the unit (spec/raid-admin.md 10).
//
//   first open   open/close flag ─> unit (R) ─> (W): devices open, last-errored columns back, log replayed
//                ─> (R) ─> poke the hot-spare daemon
//   last close   ─> (W): logs of up columns made empty (RH-13), devices closed
//
//   RH-11  MD_UN_REPLAYED is set only when replay ended normally; until then no log area is re-initialised.
//   RH-23  opens of the driver itself are not subject to exclusive use.
#pragma once

#include "model/raid/raid_unit.h"

namespace raidsim::raid {

/// raid_internal_open (10.1).
///
/// Locks     takes the open/close flag; the caller holds no unit lock of this unit
/// Suspends  for locks, device opens, replay
/// Errors    EAGAIN: INIT or DOI without MD_OFLG_ISINIT; ENXIO: devices; EBUSY, EINVAL: accounting; EIO never:
///           a failed replay does not fail the open
[[nodiscard]] int raid_internal_open(RaidUnit& unit, uint32_t flag, md::OpenType otyp, uint32_t oflags,
                                     md::Opener opener);

/// raid_internal_close (10.3). Errors  ENXIO: that type is not open
int raid_internal_close(RaidUnit& unit, md::OpenType otyp, uint32_t cflags, md::Opener opener);

/// A caller's close: no I/O of the unit is in progress meanwhile (io lock (W)).
int raid_close(RaidUnit& unit, md::OpenType otyp, uint32_t cflags = md::MD_OFLG_NULL,
               md::Opener opener = md::Opener::caller);

/// The layered opens of resync, initialisation, regeneration, set-sync.
[[nodiscard]] inline int open_for_driver(RaidUnit& unit, uint32_t oflags = md::MD_OFLG_NULL) {
  return raid_internal_open(unit, md::FREAD | md::FWRITE, md::OTYP_LYR, oflags, md::Opener::internal);
}
inline void close_for_driver(RaidUnit& unit) {
  (void)raid_internal_close(unit, md::OTYP_LYR, md::MD_OFLG_NULL, md::Opener::internal);
}

/// Opens every column that may be opened (10.2).
///
/// Locks   unit lock (W), `held`, under the open/close flag
/// Errors  false: more than one column is unusable; MD_INACCESSIBLE is set, message and event are out
[[nodiscard]] bool open_all_devices(RaidUnit& unit, const WriteHold& held);

/// Whether a first open tries this column's device: not when it is ERRED, nor when it missed writes that the log
/// cannot give back (D-17).
[[nodiscard]] bool worth_opening(const Column& column) noexcept;

}  // namespace raidsim::raid
