#include "engine/trace/recorder.h"

#include <algorithm>
#include <bit>

#include "engine/assert.h"

namespace raidsim {
namespace {

/// Source  chosen: a short seed's whole trace fits into the first chunk, a long run's chunks into 2 MB
constexpr size_t first_chunk_records = 1024;
constexpr size_t largest_chunk_records = 65'536;

}  // namespace

Recorder::Recorder(TraceMode mode, size_t ring_records) : mode_(mode) {
  if (mode == TraceMode::ring) open_chunk(std::bit_ceil(std::max<size_t>(ring_records, 1)));
  if (mode == TraceMode::full) open_chunk(first_chunk_records);
}

void Recorder::open_chunk(size_t records) {
  // Storage alone, no records: constructing them would write every page of a ring that a short run never reaches.
  // Each record is written before kept_pieces() can show it.
  auto* storage = static_cast<TraceRecord*>(::operator new(records * sizeof(TraceRecord)));
  chunks_.push_back({std::unique_ptr<TraceRecord, FreeStorage>(storage), records});
  next_ = chunks_.back().records.get();
  chunk_end_ = next_ + records;
}

void Recorder::chunk_full() {
  if (mode_ == TraceMode::ring) {
    next_ = chunks_.front().records.get();
  } else {
    open_chunk(std::min(chunks_.back().capacity * 2, largest_chunk_records));
  }
}

void Recorder::take_checkpoint() {
  checkpoints_.push_back(hash());
  next_checkpoint_ += interval_;
}

void Recorder::keep_checkpoints(uint64_t interval) {
  RAIDSIM_ASSERT(count_ == 0);
  interval_ = interval;
  next_checkpoint_ = interval == 0 ? UINT64_MAX : interval;
}

std::vector<std::span<const TraceRecord>> Recorder::kept_pieces() const {
  std::vector<std::span<const TraceRecord>> pieces;
  if (chunks_.empty()) return pieces;
  const Chunk& last = chunks_.back();
  const auto used = static_cast<size_t>(next_ - last.records.get());
  if (mode_ == TraceMode::ring) {
    if (count_ >= last.capacity) pieces.emplace_back(next_, last.capacity - used);
  } else {
    for (size_t i = 0; i + 1 < chunks_.size(); ++i) pieces.emplace_back(chunks_[i].records.get(), chunks_[i].capacity);
  }
  pieces.emplace_back(last.records.get(), used);
  return pieces;
}

std::vector<TraceRecord> Recorder::kept() const {
  std::vector<TraceRecord> all;
  all.reserve(static_cast<size_t>(count_ - first_kept()));
  for (const auto piece : kept_pieces()) all.insert(all.end(), piece.begin(), piece.end());
  return all;
}

uint64_t Recorder::first_kept() const {
  switch (mode_) {
    case TraceMode::off:
      return count_;
    case TraceMode::full:
      return 0;
    case TraceMode::ring:
      return count_ - std::min<uint64_t>(count_, chunks_.front().capacity);
  }
  return count_;
}

}  // namespace raidsim
