// model/md/unit_device.h: a unit as the device that another unit stands on (spec/metadevice.md 7.4, 11.3).
//
//   upper unit ──> submit ──> [ waiting ] ──> fiber "md_lower": driver.strategy(MD_STR_NOTTOP) ──> done(request)
//
// A transfer is submitted from fibers and from the event loop, and never suspends its submitter; a unit's strategy may
// wait for locks, buffers and slots. Between them stands a fiber per unit, there while something waits: whom it waits
// for never depends on what waits behind it, for the relation of parents has no cycles (INV-M09). It also holds no lock
// of the upper unit (docs/decisions/0047).
//
// Owned by the System, for as long as that lives: the fiber may still be about to end when its unit goes.
#pragma once

#include "engine/slabs.h"
#include "model/disk/block_device.h"
#include "model/md/buffer.h"
#include "model/md/unit_frame.h"

namespace raidsim::md {

class System;

class UnitDevice final : public BlockDevice {
 public:
  UnitDevice(System& system, Minor minor) noexcept : system_(system), minor_(minor) {}
  UnitDevice(const UnitDevice&) = delete;
  UnitDevice& operator=(const UnitDevice&) = delete;

  void submit(IoRequest& request) override;
  [[nodiscard]] DeviceNumber number() const noexcept override { return make_device(md_major, minor_); }
  [[nodiscard]] uint64_t blocks() const noexcept override;
  /// Whatever a buffer can say: the unit cuts it to what its devices take.
  [[nodiscard]] uint32_t longest_transfer() const noexcept override { return UINT32_MAX / block_bytes; }
  [[nodiscard]] CacheKind cache() const noexcept override;

 private:
  struct Passed {
    Buffer buffer;
    IoRequest* request = nullptr;
    UnitDevice* device = nullptr;
    Passed* next = nullptr;  ///< waiting, or free
  };
  [[nodiscard]] Passed& wrap(IoRequest& request);
  void pass_down();
  void pass(Passed& passed);
  static void done(Buffer& buffer);
  [[nodiscard]] UnitFrame& unit() const;

  System& system_;
  const Minor minor_;
  Slabs<Passed> all_;
  Passed* free_ = nullptr;
  Passed* oldest_ = nullptr;
  Passed* newest_ = nullptr;
  bool passing_ = false;  ///< the fiber is there
};

}  // namespace raidsim::md
