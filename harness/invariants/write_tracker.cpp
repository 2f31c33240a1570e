#include "harness/invariants/write_tracker.h"

#include <fmt/core.h>

#include <algorithm>

namespace raidsim::harness {
namespace {
/// Writes that are answered are kept for so many later ones: their home writes are long over by then.
constexpr uint64_t kept_pwids = 64;
}  // namespace

const WriteTracker::Write* WriteTracker::find(uint32_t unit, uint64_t pwid) const {
  for (const Write& w : writes_) {
    if (w.pwid == pwid && w.unit == unit) return &w;
  }
  return nullptr;
}

std::vector<WriteTracker::Open>::iterator WriteTracker::find(uint32_t disk, uint64_t number) {
  return std::find_if(open_.begin(), open_.end(), [&](const Open& o) { return o.number == number && o.disk == disk; });
}

WriteTracker::Entry* WriteTracker::entry_of(const Open& open) {
  for (Entry& e : writes_[open.write].entries) {
    if (e.number == open.number && e.disk == open.disk) return &e;
  }
  return nullptr;
}

WriteTracker::Write& WriteTracker::write_for(const PreWriteIssue& issue) {
  const auto same = [&](const Write& w) { return w.pwid == issue.pwid && w.unit == issue.unit; };
  if (latest_ < writes_.size() && same(writes_[latest_])) return writes_[latest_];
  Write* recycled = nullptr;
  for (Write& w : writes_) {
    if (same(w)) return w;
    const bool over = w.buffer == nullptr && (w.pwid == 0 || w.pwid + kept_pwids < issue.pwid);
    if (over && recycled == nullptr) recycled = &w;
  }
  if (recycled == nullptr) recycled = &writes_.emplace_back();
  forgotten_below_ = std::max(forgotten_below_, recycled->pwid + 1);
  recycled->unit = issue.unit;
  recycled->pwid = issue.pwid;
  recycled->buffer = issue.buffer;
  recycled->colcount = 0;
  recycled->entries.clear();
  return *recycled;
}

void WriteTracker::pre_write_issued(const PreWriteIssue& issue) {
  Write& w = write_for(issue);
  // A retry logs anew, whatever path it takes. The driver's own retry only sends again what did not arrive.
  const bool retry = !issue.again && std::any_of(w.entries.begin(), w.entries.end(), [&](const Entry& e) {
    return e.column == issue.column && e.alternate == issue.alternate && e.secured;
  });
  if (retry || w.colcount != issue.colcount) w.entries.clear();
  w.entries.reserve(issue.colcount);
  w.colcount = issue.colcount;
  w.user_blocks = issue.user_blocks;
  std::erase_if(w.entries, [&](const Entry& e) { return e.column == issue.column && e.alternate == issue.alternate; });
  w.entries.push_back({.column = issue.column,
                       .disk = issue.disk,
                       .number = issue.number,
                       .blocks = issue.blocks,
                       .durable_blocks = 0,
                       .alternate = issue.alternate,
                       .secured = false});
  latest_ = static_cast<size_t>(&w - writes_.data());
  open_.push_back({issue.disk, static_cast<uint32_t>(latest_), issue.number});
}

// One that failed is no entry any more: the write goes on without the column, or logs it again.
void WriteTracker::completed(uint32_t disk, uint64_t number, bool failed, bool durable_now) {
  if (!failed && !durable_now) return;  // the medium's word counts
  const auto open = find(disk, number);
  if (open != open_.end()) {
    Entry* entry = entry_of(*open);
    if (entry != nullptr) entry->secured = true;
    std::swap(*open, open_.back());
    open_.pop_back();
  }
  if (!failed) return;
  for (Write& w : writes_) {
    std::erase_if(w.entries, [&](const Entry& e) { return e.disk == disk && e.number == number; });
  }
}

void WriteTracker::durable(uint32_t disk, uint64_t number, uint32_t blocks) {
  const auto open = find(disk, number);
  if (open == open_.end()) return;
  Entry* entry = entry_of(*open);
  if (entry != nullptr) {
    entry->durable_blocks += blocks;
    if (entry->durable_blocks < entry->blocks) return;
    entry->secured = true;
  }
  std::swap(*open, open_.back());
  open_.pop_back();
}

uint32_t WriteTracker::secured_columns(const Write& write) {
  return static_cast<uint32_t>(std::count_if(write.entries.begin(), write.entries.end(),
                                             [](const Entry& e) { return !e.alternate && e.secured; }));
}

Broken WriteTracker::home_issued(uint32_t unit, uint64_t pwid, uint32_t column) const {
  const Write* w = find(unit, pwid);
  if (w == nullptr)
    return pwid < forgotten_below_ ? "" : fmt::format("column {}: a home write without a pre-write", column);
  const bool logged =
      std::any_of(w->entries.begin(), w->entries.end(), [&](const Entry& e) { return e.column == column; });
  if (!logged) return fmt::format("column {}: a home write without a pre-write there", column);
  const uint32_t done = secured_columns(*w);
  // A full line with one column gone logs on all the others (colcount stays N).
  const uint32_t issued = static_cast<uint32_t>(
      std::count_if(w->entries.begin(), w->entries.end(), [](const Entry& e) { return !e.alternate; }));
  const uint32_t wanted = w->colcount > 2 ? std::max(issued, w->colcount - 1) : w->colcount;
  if (done >= wanted) return {};
  return fmt::format("column {}: a home write while {} of {} pre-writes are durable", column, done, wanted);
}

Broken WriteTracker::answered(const void* buffer, uint64_t blocks) const {
  uint64_t logged = 0;
  for (const Write& w : writes_) {
    if (w.pwid == 0 || w.buffer != buffer) continue;
    const uint32_t wanted = w.colcount > 2 ? w.colcount - 1 : w.colcount;
    if (secured_columns(w) < wanted)
      return fmt::format("answered while {} of {} pre-writes are durable", secured_columns(w), wanted);
    logged += w.user_blocks;
  }
  return logged >= blocks ? "" : fmt::format("answered for {} blocks of which {} are logged", blocks, logged);
}

void WriteTracker::forget(const void* buffer) {
  for (Write& w : writes_) {
    if (w.buffer == buffer) w.buffer = nullptr;
  }
}

void WriteTracker::host_died() {
  for (Write& w : writes_) {  // free; their memory stays for the next epoch's
    w.pwid = 0;
    w.buffer = nullptr;
    w.entries.clear();
  }
  open_.clear();
  forgotten_below_ = 0;
}

}  // namespace raidsim::harness
