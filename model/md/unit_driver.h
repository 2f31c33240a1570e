// model/md/unit_driver.h: what a kind of unit must be able to do; one object per kind (md_ops, spec/metadevice.md 3.6).
//
//   Manager ──> System::driver(frame.type) ──┬─> raid/    "md_raid"
//                                            └─> stripe/  "md_stripe"
//
// Kinds register in the order of D-02; snarf asks them in the reverse order. What a kind cannot do is answered with
// ENOTTY. A command that has looked its unit up (md/lookup.h) gets the frame; one that finds things out by itself, in
// an order of its own, gets the minor.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "model/disk/block_device.h"
#include "model/hotspare/service.h"
#include "model/md/buffer.h"
#include "model/md/commands.h"
#include "model/md/error.h"
#include "model/md/unit_frame.h"

namespace raidsim::md {

/// A record that became a unit again; the caller installs it and commits.
struct Snarfed {
  std::unique_ptr<UnitFrame> unit;  ///< null: bad record (message BAD_RECORD), or one to be deleted
  bool clean_up = false;            ///< the record is to be deleted
  std::vector<RecordId> to_commit;  ///< one group: the unit's record and those that changed with it
};

/// A device that a unit stands on. Without a number it is known by its key alone.
struct Claim {
  DeviceNumber device = no_device;
  NameKey key = 0;
  bool own = false;  ///< the component's own device: what creation is given
  bool operator==(const Claim&) const = default;
};

class UnitDriver {
 public:
  UnitDriver(UnitType unit_type, const char* module_name, statedb::RecordType its_records) noexcept
      : type(unit_type), module(module_name), records(its_records) {}
  UnitDriver(const UnitDriver&) = delete;
  UnitDriver& operator=(const UnitDriver&) = delete;
  virtual ~UnitDriver() = default;

  const UnitType type;
  const std::string_view module;      ///< "md_raid": the name by which commands address it
  const statedb::RecordType records;  ///< type of its records (MD-04)

  // ---- life ----
  virtual void attach() {}  ///< publishes its services (12.1)
  virtual void detach() {}  ///< forgets what it knew of units, at a halt (12.6)
  /// Builds the in-core unit of one record. Suspends
  [[nodiscard]] virtual Snarfed snarf(const statedb::StoredRecord& record) = 0;
  /// GR-02: how far the unit in a record reaches, in rows, columns or blocks. Of two records of one unit the one that
  /// reaches farther is looked at first, and so wins (MD-16); 0 for a kind that does not grow.
  [[nodiscard]] virtual uint64_t extent(const statedb::StoredRecord&) const { return 0; }
  /// What a restart left open is started again (D-02 (6)). Under the ioctl lock. Suspends
  [[nodiscard]] virtual Error set_sync(Minor) { return no_error; }
  /// No request of the unit is in progress.
  [[nodiscard]] virtual bool quiescent(const UnitFrame& unit) const noexcept = 0;

  // ---- device entry points ----
  /// Errors  ENXIO, EBUSY, EINVAL, EAGAIN. Suspends
  [[nodiscard]] virtual int open(UnitFrame& unit, uint32_t flags, OpenType how, uint32_t layered_flags,
                                 Opener opener) = 0;
  /// Errors  ENXIO: that type is not open; EINVAL. Suspends
  [[nodiscard]] virtual int close(UnitFrame& unit, OpenType how, uint32_t layered_flags, Opener opener) = 0;
  /// Takes one request; `buffer.done` runs exactly once, possibly before this returns. May suspend.
  virtual void strategy(UnitFrame& unit, Buffer& buffer, uint32_t flag) = 0;
  /// Whether what it acknowledged without FUA may be lost with the power (D-12).
  [[nodiscard]] virtual CacheKind cache(const UnitFrame& unit) const noexcept = 0;

  // ---- commands, under the ioctl lock; all Suspend ----
  /// MD_IOCSET. Shape  `image.un_type` is `type`: the structure is this driver's own
  [[nodiscard]] virtual Error create(const UnitHeader& image) = 0;
  [[nodiscard]] virtual Error reset(UnitFrame& unit);                                   ///< MD_IOCRESET
  [[nodiscard]] virtual Error get(UnitFrame& unit, GetStructure& structure);            ///< MD_IOCGET
  [[nodiscard]] virtual Error get_devs(UnitFrame& unit, GetDevices& devices);           ///< MD_IOCGET_DEVS
  [[nodiscard]] virtual Error change(UnitFrame& unit, const ChangeParameters& wanted);  ///< MD_IOCCHANGE
  [[nodiscard]] virtual Error grow(UnitFrame& unit, const GrowRequest& request);        ///< MD_IOCGROW
  /// MD_IOCPROBE_DEV, one unit, its lock held for writing. A kind without a test has nothing to find: 0.
  [[nodiscard]] virtual int probe(UnitFrame&, const WriteHold&) { return 0; }
  [[nodiscard]] virtual bool can_probe() const noexcept { return false; }

  // ---- what others ask of any unit ----
  /// Every device that the structure names: own, in use, being filled.
  virtual void claims(const UnitHeader& unit, std::vector<Claim>& all) const = 0;
  /// SNH-01: pool and spares in use.
  [[nodiscard]] virtual hotspare::SpareUse spare_use(const UnitFrame& unit) const = 0;
};

}  // namespace raidsim::md
