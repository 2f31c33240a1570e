// model/disk/host_driver.h: what stands between the code under test and the disks, for one epoch (D-04).
//
//   open ──> slice 0 or 7 of a disk, found by number, checked by id and size
//   submit ──> transfer on a path ──> disk
//                 │  transport error: up to 3 times again, by the next path      (reset, path loss)
//                 │  power was away since the open: the first request fails     (F45, F32)
//                 │  media error: not again (D-18)
//                 └  60 s without an answer: abort, ETIMEDOUT                    (F27, F28, F29)
//
// Each request's `done` runs exactly once, in the event loop; late and duplicate answers end here. When the
// host dies, call crash() before Host::crash(): it settles the fate of every outstanding transfer while the
// callers' buffers are still there, and swallows whatever the dying fibers may do. Then destroy the driver,
// and make a new one at boot: numbers are given out anew from the disks that answer then.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "engine/host.h"
#include "engine/slabs.h"
#include "model/disk/block_device.h"
#include "model/disk/enclosure.h"
#include "model/disk/transfer.h"
#include "model/disk/virtual_disk.h"

namespace raidsim::disk {

class DiskBay;

struct HostDriverOptions {
  Duration timeout = std::chrono::seconds{60};
  uint32_t transport_retries = 3;
  uint32_t media_retries = 0;  ///< driver_retries (D-18)
  uint32_t timeout_retries = 0;
  Duration retry_delay = 10ms;  ///< chosen
  Duration open_time = 50us;    ///< chosen; 0: an open does not suspend (preparation before time 0)
};

enum class CrashKind : uint8_t { host_only, power_cut };

struct DriverStats {
  uint64_t requests = 0;
  uint64_t retries = 0;
  uint64_t timeouts = 0;
  uint64_t path_switches = 0;
  uint64_t recovered = 0;  ///< F07 reports
  uint64_t failed_opens = 0;
};

class HostDriver final : public DeviceTable, private TransferClient {
 public:
  /// Numbers are those of the bay's device tree. A disk that is dead, unpowered or without a path is not there.
  HostDriver(DiskBay& bay, const HostDriverOptions& options = {});
  ~HostDriver();  ///< drops what is still outstanding, without effect on the disks
  HostDriver(const HostDriver&) = delete;
  HostDriver& operator=(const HostDriver&) = delete;

  // DeviceTable
  [[nodiscard]] Opened open(DeviceNumber number, DeviceId expected, uint64_t blocks_needed) override;
  void close(BlockDevice& device) override;
  [[nodiscard]] DeviceNumber find(DeviceId id, uint32_t slice) const override;
  [[nodiscard]] DeviceId id_of(DeviceNumber number) const override;

  /// The epoch ends. `fate` for host_only; a power cut draws by itself and takes every disk of the bay.
  void crash(CrashKind kind, OutstandingFate fate = OutstandingFate::drawn);
  [[nodiscard]] bool crashed() const noexcept { return crashed_; }

  [[nodiscard]] size_t outstanding() const noexcept { return outstanding_; }
  [[nodiscard]] uint32_t open_count(DeviceNumber number) const;
  /// A request of this disk is not over, though a transfer of it has failed: nobody above has heard of that.
  [[nodiscard]] bool sends_again(DiskIndex disk, uint64_t block, IoOp op) const;
  [[nodiscard]] const DriverStats& stats() const noexcept { return stats_; }
  [[nodiscard]] const HostDriverOptions& options() const noexcept { return options_; }

  /// Transfers of this disk that went by these paths fail now (F43).
  void paths_lost(DiskIndex disk, uint32_t mask);
  /// Transfers that are under way on this link fail now, and are sent again (F44). Answers how many.
  uint32_t link_reset(const Link& link, FaultHandle by);

 private:
  class Slice;
  struct Job;  ///< one request on its way, with its transfer

  void submit(Slice& slice, IoRequest& request);
  void send(Job& job);
  void transfer_done(Transfer& transfer) override;
  void transfer_late(Transfer& transfer) override;
  void finish(Job& job, int error, uint32_t residual);
  void retry(Job& job, bool next_path);
  void answer_later(Job& job, int error, Duration delay);
  void drop_all(OutstandingFate fate);
  static void on_job_timer(Event& event);
  Job& take_job();
  void give(Job& job);
  [[nodiscard]] Slice* slice_of(DeviceNumber number) const;
  [[nodiscard]] bool reachable(const VirtualDisk& disk) const;
  [[nodiscard]] int open_error(Slice* slice, DeviceId expected, uint64_t blocks_needed) const;

  DiskBay& bay_;
  HostDriverOptions options_;
  ChoiceStream& fates_;  ///< "crash/fate"
  Slabs<Slice> slices_;  ///< two for each disk: 0 and 7
  Slabs<Job> jobs_;
  Job* free_jobs_ = nullptr;  ///< the one that was used last first, linked by Job::next
  Job* first_ = nullptr;      ///< outstanding, in order of submission
  Job* last_ = nullptr;
  size_t outstanding_ = 0;
  bool crashed_ = false;
  DriverStats stats_;
};

}  // namespace raidsim::disk
