// model/raid/line_lock.cpp
#include "model/raid/line_lock.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "engine/assert.h"
#include "model/raid/pre_write.h"
#include "model/raid/raid_unit.h"
#include "model/raid/write.h"

namespace raidsim::raid {

bool LineLocks::blocked(const RowRange& rows, bool writer) const noexcept {
  if (!writer && chain_writers_ == 0) return false;
  for (const Child* holder = chain_; holder != nullptr; holder = holder->chain_next) {
    if (holder->rows.overlaps(rows) && (writer || holder->is(MD_RCS_WRITER))) return true;
  }
  return false;
}

void LineLocks::join(Child& cs) noexcept {
  cs.chain_prev = nullptr;
  cs.chain_next = chain_;
  if (chain_ != nullptr) chain_->chain_prev = &cs;
  chain_ = &cs;
  cs.cs_flags |= MD_RCS_LLOCKD;
  ++chain_length_;
  chain_writers_ += cs.is(MD_RCS_WRITER) ? 1U : 0U;
}

void LineLocks::leave(Child& cs) noexcept {
  (cs.chain_prev != nullptr ? cs.chain_prev->chain_next : chain_) = cs.chain_next;
  if (cs.chain_next != nullptr) cs.chain_next->chain_prev = cs.chain_prev;
  cs.chain_next = cs.chain_prev = nullptr;
  cs.cs_flags &= ~uint32_t{MD_RCS_LLOCKD};
  --chain_length_;
  chain_writers_ -= cs.is(MD_RCS_WRITER) ? 1U : 0U;
}

void LineLocks::append(Child& cs) noexcept {
  cs.queue_next = nullptr;
  (queue_tail_ != nullptr ? queue_tail_->queue_next : queue_head_) = &cs;
  queue_tail_ = &cs;
  cs.cs_flags |= MD_RCS_WAITING;
  ++queue_length_;
}

void raid_line_reader_lock(Child& cs, WithResync resync) {
  RaidUnit& unit = *cs.unit;
  LineLocks& lines = unit.lines;
  RAIDSIM_ASSERT(!cs.is(MD_RCS_LLOCKD));  // RL-02
  cs.cs_flags |= MD_RCS_READER;
  MutexLock chain(lines.un_linlck_mx);
  ++unit.statistics.reader_locks;
  for (bool first = true; lines.blocked(cs.rows, false); first = false) {
    RAIDSIM_SOMETIMES(resync == WithResync::no, "line lock: a read waits for a write to its rows");
    RAIDSIM_SOMETIMES(resync == WithResync::yes, "line lock: a resync waits for a write to its rows");
    if (first) ++unit.statistics.reader_waits;
    lines.un_linlck_flg_ = true;
    lines.un_linlck_cv.wait(chain);
  }
  lines.join(cs);
  if (resync == WithResync::yes) {
    MutexLock words(unit.un_mx);
    unit.un.un_resync_line_index = (cs.rows.last + 1) / unit.un.un_segsize;
  }
}

bool raid_line_writer_lock(Child& cs, bool lock) {
  RaidUnit& unit = *cs.unit;
  LineLocks& lines = unit.lines;
  RAIDSIM_ASSERT(!cs.is(MD_RCS_LLOCKD) && !cs.is(MD_RCS_WAITING));  // RL-02
  cs.cs_flags |= MD_RCS_WRITER;
  MutexLock chain(lines.un_linlck_mx);
  if (!lines.blocked(cs.rows, true) && allocate_slots(cs)) {
    lines.join(cs);
    ++unit.statistics.writer_locks;
    return true;
  }
  if (lock) {
    MutexLock queue(lines.io_list_mutex);
    lines.append(cs);
    ++unit.statistics.writer_waits;
    RAIDSIM_SOMETIMES(true, "line lock: a write is queued");
    unit.statistics.queue_length_max = std::max<uint64_t>(unit.statistics.queue_length_max, lines.queue_length_);
  }
  return false;
}

void raid_line_exit(Child& cs) {
  RaidUnit& unit = *cs.unit;
  LineLocks& lines = unit.lines;
  RAIDSIM_ASSERT(cs.is(MD_RCS_LLOCKD));
  MutexLock chain(lines.un_linlck_mx);
  lines.leave(cs);
  if (std::exchange(lines.un_linlck_flg_, false)) lines.un_linlck_cv.notify_all();
  if (cs.is(MD_RCS_HAVE_PW_SLOTS)) release_slots(cs);
  raid_io_startup(unit, chain);
}

void raid_io_startup(RaidUnit& unit, const MutexLock& held_un_linlck_mx) {
  LineLocks& lines = unit.lines;
  RAIDSIM_ASSERT(held_un_linlck_mx.is_for(lines.un_linlck_mx));
  if (lines.queue_head_ == nullptr) return;
  MutexLock queue(lines.io_list_mutex);
  Child* before = nullptr;
  for (Child* cs = lines.queue_head_; cs != nullptr;) {
    Child* const next = cs->queue_next;
    if (lines.blocked(cs->rows, true) || !allocate_slots(*cs)) {
      before = cs;
      cs = next;
      continue;
    }
    (before != nullptr ? before->queue_next : lines.queue_head_) = next;
    if (lines.queue_tail_ == cs) lines.queue_tail_ = before;
    cs->queue_next = nullptr;
    cs->cs_flags &= ~uint32_t{MD_RCS_WAITING};
    --lines.queue_length_;
    lines.join(*cs);
    ++unit.statistics.writer_locks;
    cs->element.function = [](md::DaemonElement& element) { raid_startio(*static_cast<Child*>(element.owner)); };
    cs->element.owner = cs;
    unit.system.md_mstr_daemon.enqueue(cs->element);
    cs = next;
  }
}

RowReaderLock::RowReaderLock(RaidUnit& unit, RowIndex first, uint64_t rows, WithResync resync) {
  RAIDSIM_ASSERT(rows > 0);
  child_.unit = &unit;
  child_.line_only = true;
  child_.cs_line = line_of(first, unit.geometry());
  child_.rows = {first.value, first.value + rows - 1};
  raid_line_reader_lock(child_, resync);
}

RowReaderLock::~RowReaderLock() {
  if (!child_.is(MD_RCS_LLOCKD)) return;
  if (std::uncaught_exceptions() == 0) {
    release();
  } else {
    child_.unit->lines.leave(child_);  // the host dies: nobody will be started any more
  }
}

void RowReaderLock::release() {
  if (child_.is(MD_RCS_LLOCKD)) raid_line_exit(child_);
}

}  // namespace raidsim::raid
