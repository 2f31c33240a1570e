// model/raid/strategy.h: where a caller's request enters the unit (spec/raid-io.md 2, 3).
//
//   md_raid_strategy ── io lock (R), check ──> pieces in ascending order ──> raid_read / raid_write
#pragma once

#include <cstdint>

#include "model/md/buffer.h"
#include "model/raid/raid_unit.h"

namespace raidsim::raid {

/// Takes one request; `buffer.done` runs exactly once, possibly before this returns.
///
/// Shape     `buffer.bytes` is a multiple of 512; a flush is answered at once (D-12)
/// Locks     takes the io lock (R), kept until the parent is freed
/// Suspends  for locks, buffers and slots; the caller holds no unit or line lock of this unit
/// Errors    in buffer.error: EROFS, EINVAL, ENXIO, EIO (table of raid-io.md 10)
void md_raid_strategy(RaidUnit& unit, md::Buffer& buffer, uint32_t flag);

/// Same, and waits for the end. Returns the errno; a cut transfer is no error. Suspends
[[nodiscard]] int raid_transfer(RaidUnit& unit, md::BufferOp op, uint64_t block, uint32_t blocks, std::byte* data,
                                uint32_t flag = md::MD_STR_TOP);

/// The next piece of a request, decided on a snapshot of the unit.
struct Piece {
  bool full_line = false;
  LineIndex line;
  RowRange rows;
  ColumnIndex data, parity;
  uint32_t blocks = 0;  ///< caller blocks it consumes
};
/// Pure part of splitting: `line_possible` says whether the column probe and states allow a full line.
[[nodiscard]] Piece next_piece(const Unit& unit, uint64_t block, uint64_t left, bool line_possible);
/// Everything a full line needs but the column probe.
[[nodiscard]] bool full_line_shaped(const Unit& unit, uint64_t block, uint64_t left) noexcept;

}  // namespace raidsim::raid
