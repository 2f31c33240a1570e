// model/raid/region.h: one region of a resync: some lines, chunk by chunk (spec/raid-resync.md 4.4).
//
//   copying     chunk of R's spare ──> target
//   rebuilding  XOR of the same rows of all other columns that hold data ──> target
//
//   RH-01  A source is valid for every row concerned, or the region ends with RDERROR and names the column.
//   RH-02  INIT and INIT_ERRED columns count as zero; their devices are not touched.
//   RH-16  A spare that cannot be read ends the region: the caller hands over to the alternate.
#pragma once

#include <cstdint>
#include <vector>

#include "model/raid/raid_unit.h"
#include "model/raid/resync_outcome.h"

namespace raidsim::raid {

struct Region {
  uint64_t first_line = 0;
  uint64_t lines = 0;
};

struct RegionEnd {
  ResyncResult result = ResyncResult::OKAY;
  int64_t err_col = no_column;  ///< RDERROR: the column that could not be read or is not valid
  bool hand_over = false;       ///< the spare could not be read: nothing is decided yet
};

/// The two chunk buffers.
struct RegionBuffers {
  explicit RegionBuffers(uint64_t chunk_blocks) : result(chunk_blocks * block_bytes), source(result.size()) {}
  std::vector<std::byte> result;
  std::vector<std::byte> source;
};

/// Makes the region's rows of `target` of column `r` what they should be. Not durable yet (RH-12.4).
///
/// Shape     the buffers hold un_resync_copysize blocks each
/// Locks     the rows' reader lock with the resync option; `held`: unit lock (R)
/// Suspends  at every device transfer
[[nodiscard]] RegionEnd raid_resync_region(RaidUnit& unit, const ReadHold& held, ColumnIndex r, Target target,
                                           bool single_read, const Region& region, RegionBuffers& buffers);

}  // namespace raidsim::raid
