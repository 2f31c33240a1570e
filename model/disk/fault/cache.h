// model/disk/fault/cache.h: volatile caches that break or bend the contract (spec/fault-model.md 4.3).
#pragma once

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

}  // namespace raidsim::disk
