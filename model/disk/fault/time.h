// model/disk/fault/time.h: drives that are slow, hang or answer too late (spec/fault-model.md 4.4, F25-F29).
#pragma once

#include "model/disk/fault/fault.h"

namespace raidsim::disk {

/// F25 limping disk: every request takes `factor` times as long, without errors.
struct LimpingDisk {
  static constexpr FaultInfo info{.number = 25, .word = "limping-disk"};
  double factor = 10.0;  ///< 2 to 1000
  Match match{.count = {}};
  void start(FaultContext& at, Transfer& transfer);
  void describe(FaultLine& line) const;
};

/// F26 retry stall: a request takes `stall` longer while the drive retries inside, then succeeds.
///
/// Allowed  MASKED below the host's timeout, else as F27
struct RetryStall {
  static constexpr FaultInfo info{.number = 26, .word = "retry-stall"};
  Duration stall = 7s;  ///< 7 s with bounded recovery, 30 to 120 s without
  Match match{};
  void start(FaultContext& at, Transfer& transfer);
  void describe(FaultLine& line) const;
};

/// F27 hung request: no answer until the host gives up; the abort succeeds and the request fails.
///
/// Seen as  ETIMEDOUT after `timeout`; of a write the medium holds old data, new data, or some of its atoms
/// Allowed  DEGRADED
struct HungRequest {
  static constexpr FaultInfo info{.number = 27, .word = "hung-request"};
  Duration timeout = std::chrono::seconds{60};
  uint32_t retries = 0;  ///< the host tries again so often
  MediumEffect effect = MediumEffect::old_data;
  Match match{};
  void start(FaultContext& at, Transfer& transfer);
  void describe(FaultLine& line) const;
};

/// F28 late effect after abort: an aborted write reaches the medium `delay` after the abort, possibly over
/// newer writes that were completed meanwhile.
///
/// Seen as  ETIMEDOUT, and later the old request's bytes; the registry marks them from then on
/// Allowed  a liar: containment, verify reports it
struct LateEffect {
  static constexpr FaultInfo info{.number = 28, .word = "late-effect", .liar = true};
  Duration timeout = std::chrono::seconds{60};
  Duration delay = 1s;
  Match match{};
  static constexpr OpFilter op = OpFilter::write;
  void start(FaultContext& at, Transfer& transfer);
  void describe(FaultLine& line) const;
};

/// F29 lost completion: the effect happens, the answer never arrives.
///
/// Seen as  as F27, with the data already on the disk
struct LostCompletion {
  static constexpr FaultInfo info{.number = 29, .word = "lost-completion"};
  Duration timeout = std::chrono::seconds{60};
  Match match{};
  void start(FaultContext& at, Transfer& transfer);
  void describe(FaultLine& line) const;
};

/// F31 completion reordering: an answer waits for up to `window` after its effect, so those of requests that are
/// under way together come in any order.
///
/// Seen as  nothing but the order
/// Allowed  MASKED
struct CompletionReordering {
  static constexpr FaultInfo info{.number = 31, .word = "completion-reordering"};
  Duration window = 1ms;
  Match match{.count = {}};
  void start(FaultContext& at, Transfer& transfer);
  void describe(FaultLine& line) const;
};

}  // namespace raidsim::disk
