// scenarios/disk_spec.h: disks as a scenario names them (spec/decisions.md
// D-07, D-08; spec/fault-model.md section 6).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/time.h"
#include "scenarios/words.h"

namespace raidsim::scenarios {

inline constexpr uint64_t block_bytes = 512;

/// Blocks [first, end) of something: a disk, a unit, a column's data area.
struct BlockRange {
  uint64_t first = 0;
  uint64_t end = 0;
  bool operator==(const BlockRange&) const = default;
};

/// A latency model and what the file changes of it; a parameter left out keeps
/// the model's own default.
struct Latency {
  LatencyModel model = LatencyModel::ssd;
  // fixed: constant per operation and per block
  std::optional<Duration> read;       ///< fixed, ssd
  std::optional<Duration> write;      ///< fixed, ssd (cached write)
  std::optional<Duration> flush;      ///< fixed, ssd
  std::optional<Duration> per_block;  ///< fixed
  // ssd
  std::optional<double> spread;         ///< of a read, 0 to 1: 0.2 is +- 20 %
  std::optional<Duration> program_min;  ///< program-limited write
  std::optional<Duration> program_max;
  std::optional<double> stall_chance;  ///< garbage collection, per write
  std::optional<Duration> stall_median;
  std::optional<Duration> stall_p99;
  // hdd
  std::optional<uint32_t> rpm;
  std::optional<Duration> seek_track;
  std::optional<Duration> seek_mean;
  std::optional<Duration> seek_full;
  std::optional<uint64_t> inner_bytes_per_s;
  std::optional<uint64_t> outer_bytes_per_s;
  bool operator==(const Latency&) const = default;
};

struct Geometry {
  uint32_t heads = 1;
  uint32_t sectors = 1;  ///< per track; heads * sectors is a cylinder
  bool operator==(const Geometry&) const = default;
};

struct Disk {
  std::string name;              ///< ranges like "d0..d5" are expanded by the loader
  uint64_t size_blocks = 16384;  ///< 8 MiB
  Latency latency;
  CacheKind cache = CacheKind::none;
  uint64_t cache_blocks = 2048;  ///< 1 MiB; meaningless without a cache
  DestagePolicy destage = DestagePolicy::fifo;
  uint32_t atom_bytes = 512;  ///< 512 or 4096; 0: not even a sector is atomic
  QueuePolicy queue = QueuePolicy::fifo;
  uint32_t depth = 32;  ///< requests in service at once, 1 to 32
  Geometry geometry;
  bool label = false;  ///< the first cylinder of slice 0 is reserved (D-07)
  uint32_t paths = 1;
  std::string shelf;                    ///< has its power from there; empty: from nobody that a fault can name
  std::vector<std::string> adapters;    ///< of each path; empty: of none
  uint32_t max_transfer_blocks = 2048;  ///< 1 MiB
  std::optional<uint64_t> device_id;    ///< burnt in, not 0; by default its own per disk
  bool operator==(const Disk&) const = default;
};

/// Slice 7 at the front of a disk with replicas, before slice 0 (D-07).
inline constexpr uint64_t replica_slice_head_blocks = 16;

}  // namespace raidsim::scenarios
