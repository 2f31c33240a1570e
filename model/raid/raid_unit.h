// model/raid/raid_unit.h: the RAID-5 unit in core: its record, locks, devices, slots and requests.
//
//   UnitFrame       io lock, open/close flag, unit lock, open counts
//   un              the record's fields, written by commit() as they stand (DB-L3)
//   un_mx, un_cv    reserve buffers, un_pwid, un_resync_line_index, initialisation progress
//   lines, slots    row-range locks with their queue; pre-write slots of each column
//   devices         what is open behind each column; RL-14: a transfer goes to an open device only
//
// A grow replaces the content of `un` in place, under the unit lock (W); the object stays.
// Source  spec/raid-data-model.md 1, spec/raid-events-locks.md 3
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <vector>

#include "engine/sync/condition.h"
#include "engine/sync/mutex.h"
#include "model/disk/block_device.h"
#include "model/md/system.h"
#include "model/md/unit_frame.h"
#include "model/raid/buffers.h"
#include "model/raid/flush.h"
#include "model/raid/layout.h"
#include "model/raid/line_lock.h"
#include "model/raid/request.h"
#include "model/raid/request_pool.h"
#include "model/raid/slot_wait.h"
#include "model/raid/slots.h"
#include "model/raid/unit.h"

namespace raidsim::raid {

using md::MD_LABELED;

/// Devices open behind a column; null: not open. Changed under the unit lock (W) or the open/close flag.
struct OpenColumn {
  BlockDevice* now = nullptr;  ///< set iff MD_RAID_DEV_ISOPEN
  BlockDevice* alt = nullptr;  ///< set iff MD_RAID_ALT_ISOPEN
  Flusher flush_now, flush_alt;
};

/// Counters of raid-io.md 12.
struct IoStatistics {
  uint64_t reads = 0, writes = 0, full_lines = 0, rebuilt_reads = 0, degraded_writes = 0;
  uint64_t reader_locks = 0, reader_waits = 0, writer_locks = 0, writer_waits = 0;
  uint64_t queue_length_max = 0, slot_waits = 0, reserve_waits = 0, erased_slots = 0;
};

class RaidUnit final : public md::UnitFrame {
 public:
  /// Builds the in-core unit: slots unused, reserve buffers allocated, un_pwid as in `record`, no device open.
  RaidUnit(md::System& system, Unit record);
  ~RaidUnit() override;

  md::System& system;
  Unit un;

  Mutex un_mx;
  CondVar un_cv;
  uint32_t un_rflags = 0;    ///< WaitFlag bits; under un_mx
  SlotWaiters slot_waiters;  ///< callers that MD_RFLAG_NEEDPW stands for; under un_linlck_mx and un_mx
  ReservePair reserve;
  LineLocks lines;
  std::vector<SlotTable> slots;     ///< by column; under un_linlck_mx
  std::vector<OpenColumn> devices;  ///< by column
  RequestPool pool;
  IoStatistics statistics;

  [[nodiscard]] Column& column(ColumnIndex c) noexcept { return un.columns[c.value]; }
  [[nodiscard]] const Column& column(ColumnIndex c) const noexcept { return un.columns[c.value]; }
  [[nodiscard]] const DeviceGroup& group(ColumnIndex c, Target target) const noexcept {
    return target == Target::now ? un.columns[c.value].now : un.columns[c.value].alt;
  }
  /// Null when it is not open.
  [[nodiscard]] BlockDevice* device(ColumnIndex c, Target target) const noexcept {
    return target == Target::now ? devices[c.value].now : devices[c.value].alt;
  }
  void set_device(ColumnIndex c, Target target, BlockDevice* open) noexcept {
    (target == Target::now ? devices[c.value].now : devices[c.value].alt) = open;
  }
  /// Makes slot tables and devices fit `un` again after its columns were added (grow). Locks  io (W), unit (W)
  void columns_added();
  /// The column's log was initialised: its slots are unused again. Locks  no write of the unit is in progress
  void log_initialised(ColumnIndex c);

  // ---- synchronous transfers, for fibers; blocks and rows are the device's. Suspend ----
  // Return an errno, 0 for success; ENXIO when the device is not open. A residual counts as EIO (F08).
  [[nodiscard]] int read_sync(ColumnIndex c, Target target, uint64_t block, uint32_t blocks, std::byte* data);
  [[nodiscard]] int write_sync(ColumnIndex c, Target target, uint64_t block, uint32_t blocks, const std::byte* data,
                               bool fua = false);
  /// Everything written to the device before is durable (RH-12); nothing is sent where there is no volatile cache.
  [[nodiscard]] int flush_sync(ColumnIndex c, Target target);

  // ---- records, events, messages ----
  /// raid_commit: this unit's record and `extras` (zeros skipped). Locks  unit lock (W), `held`. Suspends
  void commit(const WriteHold& held, std::initializer_list<md::RecordId> extras = {});
  void encode(std::vector<std::byte>& out) const override;
  /// EC_SVM_STATE event about this unit.
  void event(md::EventSubclass subclass);
  void message(md::MessageId id, uint64_t a = 0, uint64_t b = 0) { system.message(id, minor, a, b); }

  /// RS-09's map for `un` as it stands.
  [[nodiscard]] Geometry geometry() const noexcept { return geometry_of(un); }

  // ---- for judges ----
  [[nodiscard]] uint32_t parents() const noexcept { return pool.parents_in_use(); }
  [[nodiscard]] uint32_t children() const noexcept { return pool.children_in_use(); }

 private:
  [[nodiscard]] const md::UnitHeader& common() const noexcept override { return un; }
};

}  // namespace raidsim::raid
