// model/disk/fault/presence.h: a disk that leaves its slot, comes back, or is another size than it was
// (spec/fault-model.md 4.5).
//
//   pulled     no power, not there: requests and opens fail, its cache is lost, the medium stays as it is
//   put back   it answers again with what is on its medium, however much was written elsewhere meanwhile
#pragma once

#include <utility>

#include "model/disk/fault/fault.h"

namespace raidsim::disk {

/// F32 returned, stale: the disk is pulled, and the same disk comes back with the content of then: after `match.lasts`,
/// or, where that is not given, when the host next boots.
///
/// Seen as  ENXIO for what was waiting and for each request until it is back; then a disk like any other
/// Allowed  errored is sticky: no read of it before an enable and a full resync
struct ReturnedStale {
  static constexpr FaultInfo info{.number = 32, .word = "returned-stale"};
  Match match{.count = {}};
  void armed(FaultContext& at);
  void lifted(FaultContext& at);
  [[nodiscard]] bool until_boot() const { return !match.lasts; }
  void describe(FaultLine&) const {}
};

/// F34 replaced, foreign: a disk of another host's set in the slot: new id, and on it replicas and a log that are good
/// in themselves. What is on it is the caller's: this room knows no formats.
///
/// Seen as  open by the old id fails with ENXIO; what was waiting fails with a transport error
/// Allowed  foreign replicas ignored, foreign log never replayed, the disk never written unless by command
struct ReplacedForeign {
  static constexpr FaultInfo info{.number = 34, .word = "replaced-foreign", .lasts = true};
  using Piece = std::pair<uint64_t, std::vector<std::byte>>;  ///< first block; whole blocks
  std::vector<Piece> content{};                               ///< the rest is noise
  DeviceId id = 0;                                            ///< of the new disk; 0: derived as for F33
  std::string commits = "newer";                              ///< for the line alone
  Match match{};                                              ///< not used
  void armed(FaultContext& at);
  void describe(FaultLine& line) const;
};

/// F35 wrong size: the disk reports another size than it had: smaller, none at all (firmware fallback), or larger.
/// What lies beyond a smaller end is out of reach, and still there when the fault is lifted.
///
/// Seen as  an open that needs more fails with ENXIO; of a device that is open, requests beyond the end fail
/// Allowed  smaller: DEGRADED, a spare is skipped; larger: nothing happens
struct WrongSize {
  static constexpr FaultInfo info{.number = 35, .word = "wrong-size", .lasts = true};
  uint64_t size_blocks = 0;
  Match match{.count = {}};
  void armed(FaultContext& at);
  void lifted(FaultContext& at);
  [[nodiscard]] bool applies(const Transfer& transfer) const;
  void start(FaultContext& at, Transfer& transfer);
  void describe(FaultLine& line) const;

  uint64_t before = 0;  ///< state, for lifted()
};

/// F37 error on the first I/O after an open: the next open succeeds, and the first request after it fails; so on for
/// `count` opens.
///
/// Seen as  EIO of a read or write that nothing had announced
/// Allowed  in a replay: the column errored, the other columns' entries still applied
struct FirstIoError {
  static constexpr FaultInfo info{.number = 37, .word = "first-io-error"};
  Match match{};
  void opened(FaultContext& at);
  [[nodiscard]] bool applies(const Transfer& transfer) const;
  void start(FaultContext& at, Transfer& transfer);
  void describe(FaultLine&) const {}

  bool waits = false;  ///< state: there was an open, and no request since
};

}  // namespace raidsim::disk
