// model/disk/fault/honest.h: drives that fail and say so (spec/fault-model.md 4.1, F01-F08).
//
// Each fails a transfer with a media error, EIO: the host driver does not retry it (D-18).
#pragma once

#include "model/disk/fault/fault.h"

namespace raidsim::disk {

/// F01 fail-stop: from now on every request ends with a hard error; the content is frozen and out of reach.
///
/// Seen as  EIO for each request, ENXIO for each open
/// Allowed  DEGRADED, then a spare; no user error
/// Source   spec/fault-model.md F01
struct FailStop {
  static constexpr FaultInfo info{.number = 1, .word = "fail-stop", .lasts = true};
  Duration error_after{};  ///< t_err: how long each request takes to fail, 0 to 60 s
  Match match{.count = {}};
  void armed(FaultContext& at);
  void lifted(FaultContext& at);
  void start(FaultContext& at, Transfer& transfer);
  [[nodiscard]] int open_error(FaultContext& at);
  void describe(FaultLine& line) const;
};

/// F02 transient read error: the next reads of a range fail, then succeed; the medium is fine.
///
/// Seen as  EIO, nothing transferred; the same read later returns the right data
/// Allowed  DEGRADED (one unrecovered error fails a column), MASKED if something below retries
struct TransientReadError {
  static constexpr FaultInfo info{.number = 2, .word = "transient-read-error"};
  Match match{};
  static constexpr OpFilter op = OpFilter::read;
  void start(FaultContext& at, Transfer& transfer);
  void describe(FaultLine&) const {}
};

/// F03 transient write error: the next writes fail, without effect or with effect on a prefix.
///
/// Seen as  EIO; the medium holds old data, or new data up to some block and old data behind it
/// Allowed  DEGRADED; acknowledged data right, an unacknowledged sector old or new
struct TransientWriteError {
  static constexpr FaultInfo info{.number = 3, .word = "transient-write-error"};
  double effect_fraction = 0.0;  ///< leading part of the blocks that takes effect all the same
  Match match{};
  static constexpr OpFilter op = OpFilter::write;
  void start(FaultContext& at, Transfer& transfer);
  void describe(FaultLine& line) const;
};

/// F04 latent sector error: reads that cover one of the sectors fail until it is written, which clears it.
///
/// Seen as  EIO for reads; blocks before the first bad one are transferred. A newer write in the drive's
///          volatile cache is readable, and clears the sector when it reaches the medium
/// Allowed  DEGRADED with right data; during the rebuild of another column that line is lost, no other
struct LatentSectorError {
  static constexpr FaultInfo info{.number = 4, .word = "latent-sector-error", .lasts = true};
  BlockRange blocks{0, 1};  ///< 1 sector; 8 on drives with physical sectors of 4 KiB
  Match match{};            ///< not used: the sectors lie there until written
  void armed(FaultContext& at);
  void describe(FaultLine& line) const;
};

/// F05 LSE cluster: several F04 near one another, and close in time.
///
/// Seen as  F04 for each burst. Bursts lie at drawn places within `radius_blocks` of `first_block`, one each
///          `burst_gap`; a gap of 0 plants them all at once
/// Source   spec/fault-model.md 5.2; Bairavasundaram et al., SIGMETRICS 2007
struct LseCluster {
  static constexpr FaultInfo info{.number = 5, .word = "lse-cluster"};
  uint64_t first_block = 0;
  uint64_t bursts = 3;
  uint64_t burst_blocks = 1;
  uint64_t radius_blocks = 20'480;  ///< 10 MiB
  Duration burst_gap{};
  Match match{};  ///< not used
  void armed(FaultContext& at);
  [[nodiscard]] std::optional<Duration> next_tick() const;
  void tick(FaultContext& at);
  void plant(FaultContext& at);
  void describe(FaultLine& line) const;

  uint64_t planted = 0;  ///< state: bursts so far
};

/// F06 bad media: writes that touch the range always fail; reads work.
///
/// Seen as  EIO; blocks of the transfer before the range may be written, those in it keep their content
/// Allowed  DEGRADED; a spare with this fault is marked broken and another is tried
struct BadMedia {
  static constexpr FaultInfo info{.number = 6, .word = "bad-media", .lasts = true};
  Match match{.count = {}};
  static constexpr OpFilter op = OpFilter::write;
  void start(FaultContext& at, Transfer& transfer);
  void describe(FaultLine&) const {}
};

/// F07 recovered error: success, with a report that recovery was needed.
///
/// Seen as  a successful completion; DriverStats::recovered counts it
/// Allowed  MASKED: not to be taken for a loss
struct RecoveredError {
  static constexpr FaultInfo info{.number = 7, .word = "recovered-error"};
  Match match{};
  void start(FaultContext& at, Transfer& transfer);
  void describe(FaultLine&) const {}
};

/// F08 partial completion: the request ends with fewer blocks done than asked, and says so.
///
/// Seen as  a residual, with or without an errno; the leading `fraction` is done, the rest is untouched
/// Allowed  an error for the remainder, never a success
struct PartialCompletion {
  static constexpr FaultInfo info{.number = 8, .word = "partial-completion"};
  double fraction = 0.5;    ///< of the blocks that are done; at least one block is left over
  bool with_error = false;  ///< EIO beside the residual
  Match match{};
  [[nodiscard]] static bool applies(const Transfer& transfer) { return transfer.op != IoOp::flush; }
  void start(FaultContext& at, Transfer& transfer);
  void describe(FaultLine& line) const;
};

}  // namespace raidsim::disk
