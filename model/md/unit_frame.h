// model/md/unit_frame.h: what every installed unit has in core (mdi_unit_t, spec/metadevice.md 3.3).
//
// A driver's in-core unit derives from it. The three locks are taken in this order and are not recursive:
//
//   io lock      no I/O in progress (W); one caller request or one resync region (R)
//   open/close   one open, close or reset at a time; owned across all of it (LK-10)
//   unit lock    the unit object, column states and flags
//
// Holds are tokens: a unit lock taken by a caller may be released by the done daemon.
#pragma once

#include <array>
#include <cstdint>
#include <utility>

#include "engine/sync/rwlock.h"
#include "model/md/locks.h"
#include "model/md/numbering.h"
#include "model/md/unit_header.h"
#include "model/statedb/record_store.h"

namespace raidsim::md {

enum OpenType : uint8_t { OTYP_BLK = 0, OTYP_MNT = 1, OTYP_CHR = 2, OTYP_SWP = 3, OTYP_LYR = 4, OTYPCNT = 5 };

enum OpenFlag : uint32_t { FREAD = 0x1, FWRITE = 0x2, FEXCL = 0x4 };

enum LayeredFlag : uint32_t {
  MD_OFLG_NULL = 0,
  MD_OFLG_CONT_ERRS = 1,
  MD_OFLG_PROBEDEV = 2,
  MD_OFLG_ISINIT = 4,
  MD_OFLG_FROMIOCTL = 8,
};

/// ui_tstate: transient state, never stored; under the unit lock (W).
enum TransientState : uint32_t {
  MD_EOF_METADEVICE = 0x1,
  MD_INACCESSIBLE = 0x4,
  MD_DEV_ERRORED = 0xffff,
  MD_RETRYING = 0x10000,
  MD_OPENLOCKED = 0x20000,
  MD_ERR_PENDING = 0x40000,
  MD_RELEASE_IOERR_DONE = 0x200000,
  MD_RESYNC_NOT_DONE = 0x400000,
  MD_NOTOPENABLE = 0x3,
};

/// Who opens: a caller, or the driver itself (resync, initialisation, regeneration, set-sync, grow), whose
/// opens neither fail because of an exclusive one nor stand in its way (RH-23).
enum class Opener : uint8_t { caller, internal };

class UnitFrame;

/// Owns the open/close flag and, with it, the unit lock (spec/metadevice.md 5.5). The unit lock may be
/// exchanged for the writer's and back while the flag stays owned.
class OpenClose {
 public:
  OpenClose() = default;
  OpenClose(OpenClose&&) noexcept = default;
  OpenClose& operator=(OpenClose&&) noexcept = default;
  ~OpenClose() { leave(); }

  void to_writer();  ///< (R) -> (W). Window  both are free in between: fetch the unit again. Suspends
  void to_reader();  ///< (W) -> (R). Window  the same. Suspends
  void leave();      ///< drops the unit lock, then the flag; no effect when already left

  [[nodiscard]] explicit operator bool() const noexcept { return static_cast<bool>(flag_); }
  [[nodiscard]] const ReadHold& reader() const noexcept { return reader_; }
  [[nodiscard]] const WriteHold& writer() const noexcept { return writer_; }

 private:
  friend class UnitFrame;
  OpenClose(UnitFrame& unit, WriteHold flag, ReadHold reader)
      : unit_(&unit), flag_(std::move(flag)), reader_(std::move(reader)) {}
  UnitFrame* unit_ = nullptr;
  WriteHold flag_;  // declared before the unit lock's holds: they are dropped first
  ReadHold reader_;
  WriteHold writer_;
};

class UnitFrame : public statedb::RecordOwner {
 public:
  UnitFrame(Minor unit_minor, UnitType unit_type);
  virtual ~UnitFrame();
  UnitFrame(const UnitFrame&) = delete;
  UnitFrame& operator=(const UnitFrame&) = delete;

  const Minor minor;
  const UnitType type;
  RwLock io_lock;
  RwLock open_close;  ///< the flag MD_UL_OPENORCLOSE; only ever taken by enter_open_close()
  RwLock unit_lock;
  uint32_t ui_tstate = 0;

  /// The structure that the record stores. Locks  unit lock
  [[nodiscard]] const UnitHeader& header() const noexcept { return common(); }
  [[nodiscard]] UnitHeader& header() noexcept { return const_cast<UnitHeader&>(common()); }

  /// Waits for the open/close flag, then takes the unit lock (R). Suspends.
  [[nodiscard]] OpenClose enter_open_close();

  /// Counts an open (spec/metadevice.md 7.3). Errors  0, EINVAL: no such type, EBUSY: exclusive use.
  [[nodiscard]] int count_open(uint32_t flags, OpenType how, Opener opener = Opener::caller);
  /// Uncounts: LYR one, other types all of that type. Errors  0, EINVAL, ENXIO: that type is not open.
  [[nodiscard]] int count_close(OpenType how, Opener opener = Opener::caller);
  [[nodiscard]] bool is_open() const noexcept;  ///< MD_UL_OPEN: any count, internal ones included
  [[nodiscard]] bool is_exclusive() const noexcept { return exclusive_; }
  [[nodiscard]] uint32_t open_count(OpenType how) const noexcept { return ui_ocnt_[how]; }
  [[nodiscard]] uint32_t internal_opens() const noexcept { return internal_; }

 private:
  [[nodiscard]] virtual const UnitHeader& common() const noexcept = 0;
  [[nodiscard]] bool open_by_callers() const noexcept;
  std::array<uint32_t, OTYPCNT> ui_ocnt_{};  // callers' opens
  uint32_t internal_ = 0;                    // internal layered opens
  bool exclusive_ = false;
};

}  // namespace raidsim::md
