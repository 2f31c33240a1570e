// model/disk/fault/cache.h: volatile caches that break or bend the contract (spec/fault-model.md 4.3).
#pragma once

#include <map>
#include <vector>

#include "model/disk/fault/fault.h"
#include "model/disk/virtual_disk.h"

namespace raidsim::disk {

/// F18 reordering: the cache destages in another order, and holds so many blocks.
///
/// Seen as  nothing without power loss: the contract and per-sector last-writer order hold under each policy
struct Reordering {
  static constexpr FaultInfo info{.number = 18, .word = "reordering"};
  DestagePolicy destage = DestagePolicy::adversarial;
  uint64_t cache_blocks = 2048;
  Match match{.count = {}};
  void armed(FaultContext& at);
  void lifted(FaultContext& at);
  void describe(FaultLine& line) const;

  DestagePolicy destage_before{};  ///< state, for lifted()
  uint64_t blocks_before = 0;
};

/// F19 cache lost at power cut: which un-flushed writes survive, from the next power cut on.
///
/// Seen as  any subset, per sector run, of the writes that no completed flush covers
/// Allowed  none for acknowledged data: a design must flush before it acknowledges
struct CacheLost {
  static constexpr FaultInfo info{.number = 19, .word = "cache-lost"};
  double keep = 0.5;
  bool adversarial = false;
  Match match{.count = {}};
  void armed(FaultContext& at);
  void lifted(FaultContext& at);
  void describe(FaultLine& line) const;

  CacheLoss before{};  ///< state, for lifted()
};

/// F21 flush error: FLUSH fails; cached writes are in an unknown state, and the next FLUSH may succeed without
/// having stored them.
///
/// Seen as  EIO for the flush; each write it covered is on the medium with chance `keep`, else readable until
///          power fails and gone then, with the registry saying so
/// Allowed  the acknowledge that depended on it must not be given; column errored
struct FlushError {
  static constexpr FaultInfo info{.number = 21, .word = "flush-error"};
  double keep = 0.0;
  Match match{};
  static constexpr OpFilter op = OpFilter::flush;
  void start(FaultContext& at, Transfer& transfer);
  void describe(FaultLine& line) const;
};

/// F22 lying flush or FUA: completes at once, data still volatile.
///
/// Allowed  EXPOSED-SILENT for writes in the window; never DIVERGED, never HANG
struct LyingFlush {
  static constexpr FaultInfo info{.number = 22, .word = "lying-flush", .liar = true};
  FlushKind covers = FlushKind::both;
  Match match{.count = {}};
  [[nodiscard]] bool applies(const Transfer& transfer) const;
  void start(FaultContext& at, Transfer& transfer);
  void describe(FaultLine& line) const;
};

/// F23 cache toggled: when the disk next starts (the host boots, or the disk's own power comes back) its volatile
/// cache is on where it was off, or off where it was on. A cache that is switched off is written out first.
///
/// Seen as  another BlockDevice::cache() from the next open on; a device that is open goes on saying what it said
/// Allowed  none: who relies on the kind of cache reads it at each open
struct CacheToggled {
  static constexpr FaultInfo info{.number = 23, .word = "cache-toggled", .lasts = true};
  std::optional<CacheKind> to{};  ///< nothing: the other kind
  Match match{.count = {}};
  [[nodiscard]] bool starts(FaultContext& at);  ///< over after the first one
  void describe(FaultLine& line) const;
};

/// F24a controller NVRAM, battery dead: what the controller in front of the disk caches is lost at a power cut, like
/// F19. One fault takes one disk: arm it on all disks of the controller.
///
/// Allowed  as F19: none for acknowledged data
struct NvramBatteryDead {
  static constexpr FaultInfo info{.number = 24, .word = "controller-nvram"};
  double keep = 0.0;
  bool adversarial = false;
  Match match{.count = {}};
  void armed(FaultContext& at);
  void lifted(FaultContext& at);
  void describe(FaultLine& line) const;

  CacheLoss before{};  ///< state, for lifted()
};

/// F24b controller NVRAM, stale contents: the card is taken out with the contents of now, and put back after `age`.
/// Then it writes back what it holds, over what has been written since: the blocks of the first `held_writes` writes
/// of this disk after arming. One fault takes one disk: arm it on all disks of the controller.
///
/// Seen as  the blocks have, from then on, the content that they had when the fault was armed
/// Allowed  EXPOSED-SILENT for those blocks and the rows that log entries among them are about; a stale replica is
///          rejected or outvoted
struct NvramStale {
  static constexpr FaultInfo info{.number = 24, .word = "controller-nvram", .liar = true};
  std::optional<uint64_t> held_writes = 16;  ///< nothing: all
  Duration age = 1s;
  Match match{.count = {}};
  void before_write(FaultContext& at, uint64_t block, uint32_t blocks);
  [[nodiscard]] std::optional<Duration> next_tick() const;
  void tick(FaultContext& at);
  void describe(FaultLine& line) const;

  uint64_t writes = 0;                                ///< state: seen so far
  bool written_back = false;                          ///< state
  std::map<uint64_t, std::vector<std::byte>> held{};  ///< state: by block
};

}  // namespace raidsim::disk
