// harness/inspect/log_slots.h: what the pre-write slots of a column hold, on the device that is in use now.
//
//   blank    nothing was ever written there        empty    an initialised slot without an entry
//   live     an entry that a replay would take     foreign  a whole entry of another unit, column or shape
//   damaged  a header or an entry whose checksum does not hold: torn by a crash, or spoilt
//
// Source  spec/raid-replay.md 3, RH-08
#pragma once

#include <cstdint>
#include <vector>

#include "harness/inspect/disk_image.h"
#include "model/raid/prewrite_header.h"
#include "model/raid/unit.h"

namespace raidsim::harness {

enum class SlotState : uint8_t { blank, empty, live, foreign, damaged, unreadable };
[[nodiscard]] const char* word_of(SlotState state) noexcept;

struct SlotReport {
  uint32_t slot = 0;
  SlotState state = SlotState::blank;
  raid::PreWriteHeader header;
};

struct ColumnLog {
  uint32_t column = 0;
  bool on_disk = false;      ///< false: its device is none of the image's, or too small
  bool counts = true;        ///< a replay would look at it (RH-09)
  uint32_t disk = 0;         ///< index
  uint64_t first_block = 0;  ///< of the log, on the disk
  uint32_t blank = 0, empty = 0;
  std::vector<SlotReport> entries;  ///< all that are neither blank nor empty
};

/// Payload blocks that one inspection is ready to sum up: a hostile record may point many units at one log.
struct LogBudget {
  uint64_t blocks = uint64_t{1} << 21;
};

/// Shape  raid::broken_structure(unit) found nothing; `column` < N
[[nodiscard]] ColumnLog read_log(const DiskImage& image, const raid::Unit& unit, uint32_t column, LogBudget& budget);

}  // namespace raidsim::harness
