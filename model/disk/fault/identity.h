// model/disk/fault/identity.h: which disk is there, and what it lets be done (spec/fault-model.md 4.5).
#pragma once

#include "model/disk/fault/fault.h"

namespace raidsim::disk {

/// F33 replaced, blank: another disk in the same slot: new id, zero or random content, perhaps another size.
///
/// Seen as  open by the old id fails with ENXIO; what was waiting fails with a transport error
/// Allowed  the column stays errored until it is replaced by command, then resync
struct ReplacedBlank {
  static constexpr FaultInfo info{.number = 33, .word = "replaced-blank", .lasts = true};
  BlankContent content = BlankContent::zero;
  std::optional<uint64_t> size_blocks{};  ///< of the new disk; by default the old one's
  DeviceId id = 0;                        ///< of the new disk; 0: derived from the old id and the fault's handle
  Match match{};                          ///< not used
  void armed(FaultContext& at);
  void describe(FaultLine& line) const;
};

/// F36 open failure: the host's opens of the disk fail with `error`, a number of times or for ever.
///
/// Allowed  one column: errored, the volume opens; a spare: marked broken, the next one is tried
struct OpenFailure {
  static constexpr FaultInfo info{.number = 36, .word = "open-failure"};
  int error = EIO;  ///< EIO, ENXIO, EBUSY, EACCES
  Match match{};
  [[nodiscard]] int open_error(FaultContext& at);
  void describe(FaultLine& line) const;
};

/// F41 duplicate id: this disk answers with the id of another (a clone).
///
/// Seen as  find() by that id gives the lower device number of the two, each time
/// Allowed  refuse, or use one deterministically; never mix
struct DuplicateId {
  static constexpr FaultInfo info{.number = 41, .word = "duplicate-id", .lasts = true};
  DiskIndex of = 0;
  /// This disk's content becomes the other's as it is now. Which one is newer follows from who is written
  /// to afterwards; without a copy this disk keeps its own, older content.
  bool copy_content = false;
  Match match{};  ///< not used
  void armed(FaultContext& at);
  void lifted(FaultContext& at);
  void describe(FaultLine& line) const;

  DeviceId before = 0;  ///< state, for lifted()
};

/// F42 read-only medium: reads work, every write fails without effect.
///
/// Seen as  EIO for writes
struct ReadOnlyMedium {
  static constexpr FaultInfo info{.number = 42, .word = "read-only-medium", .lasts = true};
  Match match{.count = {}};
  static constexpr OpFilter op = OpFilter::write;
  void start(FaultContext& at, Transfer& transfer);
  void describe(FaultLine&) const {}
};

}  // namespace raidsim::disk
