// scenarios/fault_spec.h: a fault of spec/fault-model.md section 4 as a script
// line names it.
//
// A fault is a word ("lost-write"), a target and parameters. One table
// (fault_table.h) says which word has which id, which parameters it takes,
// their ranges and defaults; the loader, save and `raidsim list faults` read
// the same table.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/time.h"
#include "scenarios/disk_spec.h"
#include "scenarios/host_fault_spec.h"
#include "scenarios/words.h"

namespace raidsim::scenarios {

/// Catalogue number: F01 is 1. All of F01 to F60 are known by name; only some
/// can be injected yet.
enum class FaultId : uint8_t {};
[[nodiscard]] constexpr FaultId fault_id(unsigned number) { return static_cast<FaultId>(number); }
[[nodiscard]] constexpr unsigned number_of(FaultId id) { return static_cast<unsigned>(id); }

/// Where a fault bites: one disk, or the device that serves a column at the
/// moment the fault fires. Faults of the host and those of several replicas at
/// once have none; of a replica it is the disk, and `replica.index` which of
/// the replicas there.
///
/// `range` counts blocks of the whole disk, slice 7 included. `lines` and
/// `area` are relative to the unit's layout: lines [first, end) of the data
/// area, or the log area; they need `unit` and `column`, except Area::replica.
struct FaultTarget {
  std::optional<std::string> disk;
  std::vector<std::string> disks;  ///< path loss and power faults take several
  std::string shelf;               ///< its disks
  std::string adapter;             ///< the paths that go by it
  std::optional<std::string> unit;
  std::optional<uint32_t> column;
  std::optional<BlockRange> range;
  std::optional<BlockRange> lines;
  Area area = Area::whole;
  bool operator==(const FaultTarget&) const = default;
};

/// Union of all faults' parameters. The loader fills in the defaults of the
/// fault's row; fields its row does not name keep the values below and mean
/// nothing.
struct FaultParameters {
  std::optional<uint64_t> count = 1;  ///< requests hit per firing; nothing: unlimited ("unlimited")
  double probability = 1.0;           ///< that a matching request is hit
  std::optional<Duration> lasts;      ///< the fault is lifted after so long; nothing: never
  Op op = Op::any;

  Duration error_after{};        ///< F01: t_err
  double effect_fraction = 0.0;  ///< F03: leading part of the write that takes effect all the same
  uint64_t bursts = 3;           ///< F05
  uint64_t burst_blocks = 1;
  uint64_t radius_blocks = 20480;  ///< F05: bursts lie within this distance of
                                   ///< the target's first block
  Duration burst_gap{};            ///< F05: time between bursts
  double fraction = 0.5;           ///< F08: share of the bytes that are done
  bool with_error = false;         ///< F08: residual with an error flag as well

  Mask mask = Mask::single_bit;        ///< F10, F11
  uint32_t bits = 1;                   ///< Mask::bits
  uint64_t other_block = 0;            ///< Mask::other_block: block whose content appears
  int64_t delta_blocks = 8;            ///< F13, F14; not 0
  std::optional<std::string> to_disk;  ///< F13: same block of another disk instead of `delta`
  uint32_t versions = 1;               ///< F15: how many versions old
  TornRule torn = TornRule::prefix;    ///< F16
  bool split_sector = false;           ///< F16: an atom may be cut inside
  bool neighbours = false;             ///< F16: rest of the 4 KiB physical sector is
                                       ///< destroyed too (a liar)

  DestagePolicy destage = DestagePolicy::adversarial;  ///< F18
  uint64_t cache_blocks = 2048;                        ///< F18
  double keep = 0.5;                                   ///< F19, F21: chance that a cached write survives
  bool adversarial = false;                            ///< F19: keep exactly the wrong ones (newest first)
  FlushKind flush_kind = FlushKind::both;              ///< F22

  double factor = 10.0;                          ///< F25
  Duration stall = 7s;                           ///< F26
  Duration timeout = 60s;                        ///< F27, F28, F29: host's patience
  uint32_t retries = 0;                          ///< F27
  MediumEffect effect = MediumEffect::old_data;  ///< F27
  Duration delay = 1s;                           ///< F28: effect comes so long after the abort

  Duration window = 1ms;                           ///< F31: how long a completion may be held back
  BlankContent content = BlankContent::zero;       ///< F33
  std::optional<uint64_t> size_blocks;             ///< F33, of the new disk, by default the old one's; F35
  OpenError open_error = OpenError::eio;           ///< F36
  ForeignCommits commits = ForeignCommits::newer;  ///< F34: of the foreign replicas
  std::string by;                                  ///< F39: disk that gets the number
  NewId new_id = NewId::other;                     ///< F40
  std::string of;                                  ///< F41: disk whose id is taken on
  NewerCopy newer = NewerCopy::original;           ///< F41
  std::vector<uint32_t> paths;                     ///< F43, F44, F46: path numbers; empty: all
  std::optional<CacheKind> cache;                  ///< F23; nothing: the other kind
  std::optional<NvramForm> form;                   ///< F24
  Duration age = 1s;                               ///< F24: of the contents that are written back
  Duration period = 1s;                            ///< F44: between resets; F46
  double duty = 0.5;                               ///< F46: share of the period that the paths are down
  HostFaultParameters host;                        ///< F51, F53, F54
  ReplicaFaultParameters replica;                  ///< F55 to F60
  bool operator==(const FaultParameters&) const = default;
};

struct Fault {
  FaultId id{};
  FaultTarget target;
  FaultParameters with;
  bool operator==(const Fault&) const = default;
};

}  // namespace raidsim::scenarios
