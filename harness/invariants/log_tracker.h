// harness/invariants/log_tracker.h: V9: a slot's content stays while it may be needed after a power cut.
//
//   home or replay write issued ──> completed ──> durable: its log entry is not needed any more
//           └── until then: no header over the slot of its entry, and no clearing of any log of its unit
//
// Slots are known by disk and block, so neither a hot spare nor a retry confuses them.
#pragma once

#include <cstdint>
#include <vector>

#include "harness/invariants/unit_rules.h"

namespace raidsim::harness {

/// A write to a data area that a log entry stands behind.
struct HomeWrite {
  uint32_t unit = 0;
  uint32_t column = 0;
  uint32_t disk = 0;
  uint64_t block = 0;  ///< of the disk
  uint64_t row = 0;
  uint32_t blocks = 0;
  uint64_t number = 0;  ///< of the transfer on its disk
};

class LogTracker {
 public:
  void home_issued(const HomeWrite& write);
  void failed(uint32_t disk, uint64_t number);
  /// Blocks [block, block + blocks) of transfer `number` are on the medium. What an older write had there needs no
  /// entry any more: the newer one got past it, and answers for the rows itself.
  void durable(uint32_t disk, uint64_t number, uint64_t block, uint32_t blocks);
  /// A live entry is about to be written for rows [row, row + blocks) in the slot at `slot_block` of `disk`.
  [[nodiscard]] Broken entry_issued(uint32_t unit, uint32_t column, uint32_t disk, uint64_t slot_block, uint64_t row,
                                    uint32_t blocks);
  /// One slot is about to be made empty.
  [[nodiscard]] Broken erase_issued(uint32_t unit, uint32_t column, uint32_t disk, uint64_t slot_block);
  /// A whole log is about to be initialised, `slot_block` first.
  [[nodiscard]] Broken clear_issued(uint32_t unit, uint32_t disk, uint64_t slot_block);
  void host_died();
  /// Whether a home write is still volatile, and where: for those who know that the disk lies.
  [[nodiscard]] const HomeWrite* last_culprit() const noexcept { return culprit_ ? &last_ : nullptr; }

 private:
  /// A home write, or what is left of it: several of one number when its middle is on the medium.
  struct Pending {
    HomeWrite write;
    uint64_t first = 0, end = 0;  ///< blocks of the disk that are neither on the medium nor overtaken there
  };
  struct Slot {
    uint32_t disk;
    uint64_t block;
    uint64_t row;
    uint32_t blocks;
  };
  [[nodiscard]] Broken still_needed(uint32_t unit, uint32_t column, const Slot& slot);
  [[nodiscard]] Slot* find(uint32_t disk, uint64_t slot_block);
  std::vector<Pending> pending_;
  std::vector<Slot> slots_;
  HomeWrite last_;
  bool culprit_ = false;
};

}  // namespace raidsim::harness
