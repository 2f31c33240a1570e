// model/raid/strategy.cpp
#include "model/raid/strategy.h"

#include <algorithm>
#include <utility>

#include "engine/assert.h"
#include "engine/sync/semaphore.h"
#include "model/md/range_check.h"
#include "model/raid/full_line.h"
#include "model/raid/read.h"
#include "model/raid/stage.h"
#include "model/raid/write.h"

namespace raidsim::raid {
namespace {

/// The checks of raid-io.md 2 step 3.
md::Admission admit(RaidUnit& unit, const md::Buffer& buffer) {
  ReadHold held = unit.unit_lock.read();
  const md::Admission verdict = md::range_check(unit.un, buffer, unit.system.stale());
  if (verdict.label) unit.message(md::MessageId::WRITE_TO_LABEL);
  held.release();
  return verdict;
}

Child& child_for(RaidUnit& unit, Parent& ps, const Piece& piece, std::byte* data) {
  Child& cs = make_child(unit, ps);
  cs.cs_line = piece.line;
  cs.rows = piece.rows;
  cs.cs_blkcnt = static_cast<uint32_t>(piece.rows.rows());
  cs.cs_dcolumn = piece.data;
  cs.cs_pcolumn = piece.parity;
  cs.caller_data = data;
  if (piece.full_line) {
    cs.cs_flags |= MD_RCS_LINE;
    list_further_columns(cs);
  }
  return cs;
}

void run_pieces(RaidUnit& unit, Parent& ps, bool write, uint64_t block, uint32_t blocks, std::byte* data) {
  for (uint64_t left = blocks; left > 0;) {
    const bool line = write && full_line_shaped(unit.un, block, left) && probe_columns(unit);
    const Piece piece = next_piece(unit.un, block, left, line);
    Child& cs = child_for(unit, ps, piece, data);
    block += piece.blocks;
    left -= piece.blocks;
    data += size_t{piece.blocks} * block_bytes;
    if (left > 0) {
      ++ps.ps_pwfrags;
      ++ps.ps_frags;
    } else {
      ps.io_hold.detach();  // it is the parent's: home writes go on when the caller has its answer
    }
    write ? raid_write(cs) : raid_read(cs);
  }
}

}  // namespace

bool full_line_shaped(const Unit& unit, uint64_t block, uint64_t left) noexcept {
  const uint64_t line_blocks = unit.un_segsize * (unit.un_totalcolumncnt - 1);
  return left >= line_blocks && block % line_blocks == 0 && unit.un_state == RUS_OKAY &&
         unit.un_totalcolumncnt == unit.un_origcolumncnt && unit.un_segsize < unit.un_iosize &&
         unit.un_iosize <= unit.un_maxio && unit.count(RCS_OKAY) == unit.un_totalcolumncnt;
}

Piece next_piece(const Unit& unit, uint64_t block, uint64_t left, bool line_possible) {
  const BlockPlace place = place_of_block(block, geometry_of(unit));
  Piece piece{.full_line = line_possible,
              .line = place.segment.line,
              .rows = {},
              .data = place.segment.data,
              .parity = place.segment.parity,
              .blocks = 0};
  uint64_t rows = unit.un_segsize;
  if (line_possible) {
    RAIDSIM_ASSERT(place.offset == 0);
    piece.blocks = static_cast<uint32_t>(rows * (unit.un_totalcolumncnt - 1));
  } else {
    rows = std::min({left, unit.un_segsize - place.offset, unit.un_iosize - 1});
    piece.blocks = static_cast<uint32_t>(rows);
  }
  piece.rows = {place.row.value, place.row.value + rows - 1};
  return piece;
}

void md_raid_strategy(RaidUnit& unit, md::Buffer& buffer, uint32_t flag) {
  RAIDSIM_ASSERT(buffer.bytes % block_bytes == 0);
  if (buffer.op == md::BufferOp::flush) return md::complete(buffer, 0, 0);
  ReadHold io = unit.io_lock.read();
  md::Admission verdict = md::whole(buffer);
  if ((flag & md::MD_STR_NOTTOP) == 0) {
    verdict = admit(unit, buffer);
  } else if (buffer.block + verdict.blocks > unit.geometry().blocks()) {
    verdict = {.go = false, .error = ENXIO, .blocks = 0, .residual = verdict.blocks};  // no column has such rows
  }
  if (!verdict.go || verdict.blocks == 0) {
    io.release();
    return md::complete(buffer, verdict.error, verdict.residual * block_bytes);
  }

  const bool write = buffer.op == md::BufferOp::write;
  Parent& ps = unit.pool.parent();
  ps.unit = &unit;
  ps.ps_bp = &buffer;
  ps.io_hold = std::move(io);
  ps.io_hold.detach();  // the request's from here on: the caller may send another one before it ends
  ps.ps_flags |= write ? MD_RPS_WRITE : MD_RPS_READ;
  ps.residual_bytes = verdict.residual * block_bytes;
  ps.ps_pwfrags = ps.ps_frags = 1;
  ++(write ? unit.statistics.writes : unit.statistics.reads);
  run_pieces(unit, ps, write, buffer.block, verdict.blocks, buffer.data);
}

int raid_transfer(RaidUnit& unit, md::BufferOp op, uint64_t block, uint32_t blocks, std::byte* data, uint32_t flag) {
  Semaphore over("raid transfer");
  md::Buffer buffer;
  buffer.op = op;
  buffer.minor = unit.minor;
  buffer.block = block;
  buffer.bytes = blocks * block_bytes;
  buffer.data = data;
  buffer.done = [](md::Buffer& done) { static_cast<Semaphore*>(done.owner)->release(); };
  buffer.owner = &over;
  md_raid_strategy(unit, buffer, flag);
  over.acquire();
  return buffer.error;
}

}  // namespace raidsim::raid
