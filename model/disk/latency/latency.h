// model/disk/latency/latency.h: how long a disk takes (spec/fault-model.md section 6).
//
//   service time = overhead + positioning + transfer
//
// Draws come from the disk's own stream, so adding a disk does not shift another's. Integers and tables
// only: the same times on every compiler.
#pragma once

#include <cstdint>
#include <memory>

#include "engine/choice.h"
#include "engine/time.h"
#include "model/disk/types.h"

namespace raidsim::disk {

enum class LatencyKind : uint8_t { fixed, ssd, hdd, hdd_detailed };

/// Parameters of all models; each reads its own part.
struct LatencyOptions {
  LatencyKind kind = LatencyKind::ssd;

  struct Fixed {  ///< constant per operation and block; the defaults are chosen
    Duration read = 100us;
    Duration write = 100us;
    Duration flush = 100us;
    Duration per_block = 0ns;
  } fixed;

  struct Ssd {
    Duration read = 80us;
    uint32_t spread_ppm = 200'000;  ///< of a read: +- 20 %
    Duration write = 25us;          ///< into the drive's own buffer
    Duration flush = 100us;         ///< chosen
    Duration program_min = 200us;   ///< write while the buffer is full
    Duration program_max = 500us;
    uint64_t stall_ppb = 1'000'000;  ///< garbage collection, per write: 1e-3
    Duration stall_median = 3ms;
    Duration stall_p99 = 30ms;
    uint32_t buffer_blocks = 32'768;      ///< 16 MiB, chosen
    Duration drain_per_block = 1us;       ///< chosen: 512 MB/s of programming
    Duration transfer_per_block = 256ns;  ///< chosen: 2 GB/s, shared by all transfers in service
  } ssd;

  struct Hdd {
    uint32_t rpm = 7200;
    Duration seek_track = 700us;
    Duration seek_mean = 8500us;
    Duration seek_full = 18ms;
    uint64_t inner_bytes_per_s = 120'000'000;
    uint64_t outer_bytes_per_s = 250'000'000;
    Duration overhead = 100us;     ///< chosen
    Duration bus_per_block = 1us;  ///< chosen: 512 MB/s
    uint32_t tracks = 200'000;     ///< chosen: seek distance is a share of the disk
  } hdd;
};

/// What a model is asked to time.
struct Service {
  IoOp op{};
  uint64_t block = 0;
  uint32_t blocks = 0;
  bool to_cache = false;      ///< write that needs to reach the volatile cache only
  uint32_t dirty_writes = 0;  ///< cached writes that must reach the medium first
  uint64_t dirty_blocks = 0;
  SimTime issued{};  ///< a disk works on its overhead while the transfer waits
  SimTime start{};
};

class LatencyModel {
 public:
  virtual ~LatencyModel() = default;
  /// Time from `start` to the effect. Updates arm, buffer and so on.
  [[nodiscard]] virtual Duration service(const Service& what, ChoiceStream& choices) = 0;
  /// Distance for queue disciplines, in any unit that grows with the time to get there.
  [[nodiscard]] virtual uint64_t distance(uint64_t from_block, uint64_t to_block) const = 0;
  /// One arm serves one transfer at a time; an SSD as many as its depth.
  [[nodiscard]] virtual bool one_at_a_time() const = 0;
  virtual void reset() = 0;  ///< power-on state
  /// For snapshots.
  [[nodiscard]] virtual std::unique_ptr<LatencyModel> clone() const = 0;
};

/// Shape  `blocks` is the size of the disk
[[nodiscard]] std::unique_ptr<LatencyModel> make_latency_model(const LatencyOptions& options, uint64_t blocks);

}  // namespace raidsim::disk
