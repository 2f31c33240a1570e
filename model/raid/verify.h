// model/raid/verify.h: reads every line and says which rows do not add up (spec/decisions.md D-13).
#pragma once

#include <vector>

#include "model/md/error.h"
#include "model/raid/raid_unit.h"

namespace raidsim::raid {

struct Mismatch {
  LineIndex line;
  RowIndex row;
  bool operator==(const Mismatch&) const = default;
};

struct VerifyReport {
  uint64_t lines_checked = 0;
  uint64_t lines_skipped = 0;  ///< some column was not OKAY
  uint64_t lines_unread = 0;   ///< a read failed; recorded as an I/O error on its column
  uint64_t lines_repaired = 0;
  std::vector<Mismatch> mismatches;  ///< ascending; names no culprit
};

enum class OnMismatch : uint8_t { report, rewrite_parity };

/// raid_verify: no lock is held between lines.
/// Locks   per line io (R), line (R; W to rewrite), unit (R). Suspends
/// Errors  MDE_UNIT_NOT_SETUP, MDE_NOT_RAID, MDE_RAID_OPEN_FAILURE
[[nodiscard]] md::Error raid_verify(md::System& system, md::Minor minor, VerifyReport& report,
                                    OnMismatch on_mismatch = OnMismatch::report);

}  // namespace raidsim::raid
