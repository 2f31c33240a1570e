// model/raid/request.h: a caller's request and its pieces (spec/raid-io.md 1).
//
//   md::Buffer ──> Parent (ps) ──┬─> Child (cs): rows of one line ──> Transfer per column, stage by stage
//                                └─> Child ...
//
//   RL-10  ps_frags >= ps_pwfrags >= 0; the caller is completed once, when ps_pwfrags is 0; the parent is
//          freed when ps_frags is 0.
//
// ps_mx and cs_mx do not exist: what they protect is touched only between two suspension points of a
// fiber or in the event loop, where nothing can come between (D-05). Both objects are pooled.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/sync/rwlock.h"
#include "model/disk/block_device.h"
#include "model/md/buffer.h"
#include "model/md/daemon_queue.h"
#include "model/raid/layout.h"
#include "model/raid/types.h"

namespace raidsim::raid {

class RaidUnit;
struct Child;

enum ParentFlag : uint32_t {
  MD_RPS_ERROR = 0x1,
  MD_RPS_READ = 0x20,
  MD_RPS_WRITE = 0x40,
  MD_RPS_INUSE = 0x100,
  MD_RPS_IODONE = 0x200,
  MD_RPS_HSREQ = 0x400,
};
enum ChildFlag : uint32_t {
  MD_RCS_UNDBUF = 0x2,
  MD_RCS_UNPBUF = 0x4,
  MD_RCS_HAVE_PW_SLOTS = 0x10,
  MD_RCS_PWDONE = 0x40,
  MD_RCS_READER = 0x100,
  MD_RCS_WRITER = 0x200,
  MD_RCS_LLOCKD = 0x400,
  MD_RCS_WAITING = 0x800,
  MD_RCS_LINE = 0x1000,
  MD_RCS_ERROR = 0x10000,
  MD_RCS_RECOVERY = 0x20000,
};
enum class Stage : uint8_t {
  RAID_NONE,
  READ_DONE,
  WRITE_DONE,
  PREWRITE_DONE,
  WRITE_PONLY_DONE,
  WRITE_DONLY_DONE,
  LINE_PWDONE,
};

/// Which of a column's device groups a transfer goes to.
enum class Target : uint8_t { now, alt };

/// What a transfer is for; an error of a home write marks the column as having missed it.
enum class Purpose : uint8_t { read, pre_write, erase, home, unlogged_home };

/// One device I/O descriptor (cs_dbuf, cs_pbuf, cs_hbuf, one per further column of a full line).
struct Transfer {
  IoRequest io;
  Child* child = nullptr;
  ColumnIndex column;
  Target target = Target::now;
  Purpose purpose = Purpose::read;
  bool used = false;  ///< part of the current stage
  bool failed = false;
  DeviceNumber device = no_device;  ///< number at the time of issue (raid_error_state)
  Transfer* next = nullptr;         ///< the flusher's own
};

/// A further data column of a full line (element of cs_buflist).
struct ColumnBuffer {
  ColumnIndex column;
  int32_t slot = -1;
  std::byte* buffer = nullptr;  ///< header block, then payload
  Transfer transfer;
};

/// One header block to be rewritten as an empty slot before the write's entries count (RH-06).
struct SlotErase {
  SlotErase* next = nullptr;
  ColumnIndex column;
  int32_t slot = -1;
  Transfer now, alt;
  alignas(32) std::byte block[block_bytes];
};

struct Parent {
  RaidUnit* unit = nullptr;
  md::Buffer* ps_bp = nullptr;
  ReadHold io_hold;
  uint32_t ps_flags = 0;
  int ps_error = 0;
  uint32_t residual_bytes = 0;
  uint32_t ps_pwfrags = 0;
  uint32_t ps_frags = 0;
  Parent* next_free = nullptr;
};

/// What is asked of every holder of rows comes first: chains are walked for each request.
struct alignas(64) Child {
  using Call = void (*)(Child&);
  Child* chain_next = nullptr;  ///< line-lock chain
  RowRange rows;                ///< cs_blkno .. cs_lastblk
  uint32_t cs_flags = 0;
  Stage cs_stage = Stage::RAID_NONE;
  bool line_only = false;  ///< never issues transfers: a row lock of resync or verify
  Parent* cs_ps = nullptr;
  RaidUnit* unit = nullptr;
  uint64_t cs_pwid = 0;

  Child* chain_prev = nullptr;
  Child* queue_next = nullptr;  ///< io_list, or free list
  LineIndex cs_line;
  uint32_t cs_blkcnt = 0;
  ColumnIndex cs_dcolumn, cs_pcolumn;
  int32_t cs_dpwslot = -1, cs_ppwslot = -1;
  std::byte* caller_data = nullptr;  ///< this piece in the caller's buffer

  std::byte* cs_dbuffer = nullptr;  ///< header block, then payload
  std::byte* cs_pbuffer = nullptr;
  uint32_t buffer_bytes = 0;
  Transfer cs_dbuf, cs_pbuf, cs_hbuf;
  std::vector<ColumnBuffer> cs_buflist;  ///< full line: further data columns; keeps its capacity in the pool
  uint32_t buflist_count = 0;            ///< elements in use now
  SlotErase* erases = nullptr;

  uint32_t cs_frags = 0;
  Call cs_call = nullptr, cs_error_call = nullptr, cs_retry_call = nullptr;
  uint64_t cs_loop = 0;
  ReadHold unit_hold;
  md::DaemonElement element;

  [[nodiscard]] bool is(uint32_t flags) const noexcept { return (cs_flags & flags) == flags; }
  [[nodiscard]] std::byte* data_payload() const noexcept { return cs_dbuffer + block_bytes; }
  [[nodiscard]] std::byte* parity_payload() const noexcept { return cs_pbuffer + block_bytes; }
  [[nodiscard]] size_t payload_bytes() const noexcept { return size_t{cs_blkcnt} * block_bytes; }
};

}  // namespace raidsim::raid
