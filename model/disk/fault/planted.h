// model/disk/fault/planted.h: what others would write, were the disk theirs: faults of replicas of the state database
// (spec/fault-model.md 4.8). Where and what is the caller's: this room knows no formats.
#pragma once

#include <cstdint>
#include <vector>

#include "model/disk/fault/fault.h"

namespace raidsim::disk {

/// F57 replica corrupt: blocks hold something that is well made, and wrong.
///
/// Seen as  data without an error, until the blocks are written. What lies in a volatile cache is not hit
/// Allowed  the copy is rejected and another used
struct PlantedContent {
  static constexpr FaultInfo info{.number = 57, .word = "replica-corrupt", .liar = true, .lasts = true};
  uint64_t block = 0;
  std::vector<std::byte> bytes{};  ///< whole blocks
  Match match{};                   ///< not used
  void armed(FaultContext& at);
  void describe(FaultLine& line) const;
};

/// F56 replica stale: all writes of so many rounds are lost. A round begins with a write to the block `marker`; what is
/// written before the first of them is lost too.
///
/// Seen as  success, and the old content afterwards
/// Allowed  never preferred to a fresher one
struct LostRounds {
  static constexpr FaultInfo info{.number = 56, .word = "replica-stale", .liar = true};
  static constexpr OpFilter op = OpFilter::write;
  uint64_t marker = 0;
  uint64_t rounds = 1;
  Match match{.count = {}};  ///< where
  [[nodiscard]] bool applies(const Transfer& transfer) const;
  void start(FaultContext& at, Transfer& transfer);
  void before_write(FaultContext& at, uint64_t block, uint32_t blocks);
  void describe(FaultLine& line) const;

  uint64_t begun = 0;  ///< state: rounds that were lost, or are being lost
  bool over = false;   ///< the write that begins the round after them has come
};

}  // namespace raidsim::disk
