// model/disk/fault/lying.h: drives that return or store wrong data as good (spec/fault-model.md 4.2, F10-F15).
//
// RAID-5 cannot know; the test is containment: EXPOSED-SILENT for the blocks the liar touched and no others.
// What a fault leaves on the medium goes into the damage registry; what it does to one read does not.
#pragma once

#include <map>
#include <vector>

#include "model/disk/fault/fault.h"

namespace raidsim::disk {

/// Damages one block's bytes. Each result differs from what was there, unless the mask is `zero` or
/// `other_block` and the content was that already.
struct Corruption {
  Mask mask = Mask::single_bit;
  uint32_t bits = 1;         ///< Mask::bits: so many bits flip
  uint64_t other_block = 0;  ///< Mask::other_block: block of this disk whose content appears
  void apply(FaultContext& at, std::byte* block) const;
  void describe(FaultLine& line) const;
};

/// F10 corruption at rest: stored bytes change, reads succeed.
///
/// Seen as  wrong data without an error, until the block is written. What lies in a volatile cache is not hit
/// Allowed  EXPOSED-SILENT for those blocks; a log slot or replica is rejected by its checksum
struct CorruptionAtRest {
  static constexpr FaultInfo info{.number = 10, .word = "corruption-at-rest", .liar = true, .lasts = true};
  BlockRange blocks{0, 1};
  Corruption corruption{};
  Match match{};  ///< not used
  void armed(FaultContext& at);
  void describe(FaultLine& line) const;
};

/// F11 corruption in flight: a read returns damaged bytes, and a re-read is fine; or a write stores them.
///
/// Seen as  one drawn block of the transfer, inside the range, is wrong
struct CorruptionInFlight {
  static constexpr FaultInfo info{.number = 11, .word = "corruption-in-flight", .liar = true};
  Corruption corruption{};
  Match match{.op = OpFilter::read};
  void after_effect(FaultContext& at, Transfer& transfer);
  void describe(FaultLine& line) const { corruption.describe(line); }
};

/// F12 lost write: reported done, never effective; old content stays readable.
///
/// Seen as  success, and the old data afterwards, also after a flush
/// Allowed  EXPOSED-SILENT for those blocks; a stale replica is outvoted
struct LostWrite {
  static constexpr FaultInfo info{.number = 12, .word = "lost-write", .liar = true};
  Match match{};
  static constexpr OpFilter op = OpFilter::write;
  void start(FaultContext& at, Transfer& transfer);
  void describe(FaultLine&) const {}
};

/// F13 misdirected write: reported done, but stored `delta_blocks` away, or at the same blocks of another disk.
///
/// Seen as  old data at the target and foreign data at the victim, both without an error
/// Allowed  EXPOSED-SILENT for those blocks alone: damage must not spread to honest columns
/// Source   spec/fault-model.md F13; Bairavasundaram et al., FAST 2008
struct MisdirectedWrite {
  static constexpr FaultInfo info{.number = 13, .word = "misdirected-write", .liar = true};
  int64_t delta_blocks = 8;            ///< see astray() in types.h for the ends of the disk
  std::optional<DiskIndex> to_disk{};  ///< same blocks of that disk instead
  Match match{};
  static constexpr OpFilter op = OpFilter::write;
  void start(FaultContext& at, Transfer& transfer);
  void describe(FaultLine& line) const;
};

/// F14 misdirected read: returns the content of blocks `delta_blocks` away.
struct MisdirectedRead {
  static constexpr FaultInfo info{.number = 14, .word = "misdirected-read", .liar = true};
  int64_t delta_blocks = 8;
  Match match{};
  static constexpr OpFilter op = OpFilter::read;
  void after_effect(FaultContext& at, Transfer& transfer);
  void describe(FaultLine& line) const;
};

/// F15 stale read: returns what the blocks held `versions` writes ago.
///
/// Versions are kept from arming on, so a block that was not written since answers with its present content;
/// with fewer versions than asked the oldest one is returned.
struct StaleRead {
  static constexpr FaultInfo info{.number = 15, .word = "stale-read", .liar = true};
  uint32_t versions = 1;
  Match match{};
  static constexpr OpFilter op = OpFilter::read;
  void before_write(FaultContext& at, uint64_t block, uint32_t blocks);
  [[nodiscard]] bool applies(const Transfer& transfer) const;  ///< an older version is known
  void after_effect(FaultContext& at, Transfer& transfer);
  void describe(FaultLine& line) const;

  std::map<uint64_t, std::vector<std::vector<std::byte>>> older{};  ///< state: newest first, by block
};

}  // namespace raidsim::disk
