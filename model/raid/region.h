// model/raid/region.h: one region of a resync: some lines, chunk by chunk (spec/raid-resync.md 4.4).
//
//   copying     chunk of R's spare ──> target
//   rebuilding  XOR of the same rows of all other columns that hold data ──> target
//
//   RH-01  A source is valid for every row concerned, or the region ends with RDERROR and names the column.
//   RH-02  INIT and INIT_ERRED columns count as zero; their devices are not touched.
//   RH-16  A spare that cannot be read ends the region: the caller hands over to the alternate.
#pragma once

#include <cstddef>
#include <cstdint>

#include "model/md/environment.h"
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

/// The two chunk buffers, of the memory that may run out.
class RegionBuffers {
 public:
  /// Suspends until both are had. Locks  none may be held: those who hold memory may wait for them (decision 0045)
  RegionBuffers(md::Memory& memory, uint64_t chunk_blocks)
      : bytes_(chunk_blocks * block_bytes), result_(memory, bytes_), source_(memory, bytes_) {}
  [[nodiscard]] std::byte* result() const noexcept { return result_.bytes; }
  [[nodiscard]] std::byte* source() const noexcept { return source_.bytes; }
  [[nodiscard]] size_t size() const noexcept { return bytes_; }  ///< of each

 private:
  struct One {
    One(md::Memory& from, size_t size);
    ~One();
    One(const One&) = delete;
    One& operator=(const One&) = delete;
    md::Memory& memory;
    size_t size;
    std::byte* bytes;
  };
  size_t bytes_;
  One result_, source_;
};

/// Makes the region's rows of `target` of column `r` what they should be. Not durable yet (RH-12.4).
///
/// Shape     the buffers hold un_resync_copysize blocks each
/// Locks     the rows' reader lock with the resync option; `held`: unit lock (R)
/// Suspends  at every device transfer
[[nodiscard]] RegionEnd raid_resync_region(RaidUnit& unit, const ReadHold& held, ColumnIndex r, Target target,
                                           bool single_read, const Region& region, RegionBuffers& buffers);

}  // namespace raidsim::raid
