// model/raid/region.cpp
#include "model/raid/region.h"

#include <algorithm>
#include <cstring>

#include "engine/assert.h"
#include "model/raid/parity.h"

namespace raidsim::raid {
namespace {

struct Chunk {
  uint64_t row = 0;
  uint32_t blocks = 0;
  [[nodiscard]] size_t bytes() const { return size_t{blocks} * block_bytes; }
};

/// Every row of the chunk lies in lines for which the column is valid.
bool valid_source(const RaidUnit& unit, ColumnIndex col, const Chunk& chunk) {
  const uint64_t segment = unit.un.un_segsize;
  const uint64_t last = (chunk.row + chunk.blocks - 1) / segment;
  for (uint64_t line = chunk.row / segment; line <= last; ++line) {
    if (!valid_for(unit.un, unit.column(col), LineIndex{line})) return false;
  }
  return true;
}

RegionEnd read_error(int64_t column) {
  return {.result = ResyncResult::RDERROR, .err_col = column, .hand_over = false};
}

RegionEnd rebuild(RaidUnit& unit, ColumnIndex r, const Chunk& chunk, RegionBuffers& buffers) {
  std::memset(buffers.result(), 0, chunk.bytes());
  for (uint64_t i = 0; i < unit.un.columns.size(); ++i) {
    const ColumnIndex col{i};
    if (col == r || unit.column(col).absent()) continue;
    if (unit.column(col).now.dev == no_device) return read_error(no_column);
    if (!valid_source(unit, col, chunk)) return read_error(static_cast<int64_t>(i));
    const uint64_t block = unit.column(col).now.devstart + chunk.row;
    if (unit.read_sync(col, Target::now, block, chunk.blocks, buffers.source()) != 0) {
      return read_error(static_cast<int64_t>(i));
    }
    xor_into(buffers.result(), buffers.source(), chunk.bytes());
  }
  return {};
}

RegionEnd one_chunk(RaidUnit& unit, ColumnIndex r, Target target, bool single_read, const Chunk& chunk,
                    RegionBuffers& buffers) {
  if (single_read) {
    const uint64_t block = unit.column(r).now.devstart + chunk.row;
    if (unit.read_sync(r, Target::now, block, chunk.blocks, buffers.result()) != 0) return {.hand_over = true};
  } else {
    const RegionEnd end = rebuild(unit, r, chunk, buffers);
    if (end.result != ResyncResult::OKAY) return end;
  }
  const uint64_t block = unit.group(r, target).devstart + chunk.row;
  if (unit.write_sync(r, target, block, chunk.blocks, buffers.result()) != 0) {
    return {.result = ResyncResult::WRERROR};
  }
  return {};
}

constexpr const char* buffer_site = "raid-resync-buffer";

}  // namespace

RegionBuffers::One::One(md::Memory& from, size_t wanted)
    : memory(from), size(wanted), bytes(from.allocate(wanted, buffer_site)) {}

RegionBuffers::One::~One() { memory.free(bytes, size); }

RegionEnd raid_resync_region(RaidUnit& unit, const ReadHold& held, ColumnIndex r, Target target, bool single_read,
                             const Region& region, RegionBuffers& buffers) {
  RAIDSIM_ASSERT(held.is_for(unit.unit_lock));
  const uint64_t end = (region.first_line + region.lines) * unit.un.un_segsize;
  for (uint64_t row = region.first_line * unit.un.un_segsize; row < end;) {
    const uint64_t blocks = std::min(unit.un.un_resync_copysize, end - row);
    RAIDSIM_ASSERT(blocks * block_bytes <= buffers.size());
    const Chunk chunk{.row = row, .blocks = static_cast<uint32_t>(blocks)};
    const RegionEnd chunk_end = one_chunk(unit, r, target, single_read, chunk, buffers);
    if (chunk_end.hand_over || chunk_end.result != ResyncResult::OKAY) return chunk_end;
    row += blocks;
  }
  return {};
}

}  // namespace raidsim::raid
