// model/disk/fault/identity.h: which disk is there, and what it lets be done (spec/fault-model.md 4.5).
#pragma once

#include "model/disk/fault/fault.h"

namespace raidsim::disk {

/// Id of the disk that takes the place of one with `old`: derived, so that the same line makes the same disk.
[[nodiscard]] DeviceId id_of_replacement(DeviceId old, FaultHandle handle);

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

/// F38 device-number change: at the next boot each disk of the list has the number of the one behind it, and the last
/// one that of the first. Several such lines before one boot add up, in the order in which they fire.
///
/// Seen as  by nobody who finds disks by their ids
/// Allowed  MASKED
struct DeviceNumberChange {
  static constexpr FaultInfo info{.number = 38, .word = "device-number-change", .lasts = true};
  std::vector<DiskIndex> disks{};
  Match match{};  ///< not used
  void armed(FaultContext& at);
  void describe(FaultLine& line) const;
};

/// F39 name reuse: the disk is pulled for good, and from the next boot on its number, and so the name that goes with
/// the number, is that of the disk `by`.
///
/// Seen as  no disk of the old id; an open by the old number alone would reach the other disk
/// Allowed  the departed disk is missing; the other one is untouched
struct NameReuse {
  static constexpr FaultInfo info{.number = 39, .word = "name-reuse", .lasts = true};
  DiskIndex by = 0;
  Match match{};  ///< not used
  void armed(FaultContext& at);
  void lifted(FaultContext& at);
  void describe(FaultLine& line) const;
};

/// F40 id change: the same disk, the same content, and another id or none.
///
/// Seen as  open by the old id fails with ENXIO; what is open stays open
/// Allowed  missing until the operator maps it anew; nobody guesses
struct IdChange {
  static constexpr FaultInfo info{.number = 40, .word = "id-change", .lasts = true};
  bool none = false;  ///< it has no id from now on
  Match match{};      ///< not used
  void armed(FaultContext& at);
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
