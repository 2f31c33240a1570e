// engine/trace/recorder.h: appends records, keeps the rolling hash.
//
// The hash runs always and covers every byte of every record, so two runs agree or differ at a first
// event that can be named. Keeping the records is a choice: off (hash only), ring (last N), full.
// Full mode grows by chunks: a record, once written, is never copied again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <vector>

#include "engine/time.h"
#include "engine/trace/hash.h"
#include "engine/trace/record.h"

namespace raidsim {

enum class TraceMode : uint8_t { off, ring, full };

class Recorder {
 public:
  /// Shape  `ring_records` is rounded up to a power of two; read only in ring mode
  explicit Recorder(TraceMode mode, size_t ring_records = 1 << 14);
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  /// Appends one record and advances the hash. No allocation in modes off and ring.
  void add(SimTime now, TraceKind kind, uint32_t actor, uint64_t a = 0, uint64_t b = 0, uint16_t flags = 0) {
    const TraceRecord record{to_ns(now), kind, flags, actor, a, b};
    hash_.add(record);
    ++count_;
    if (next_ != nullptr) {
      *next_ = record;
      if (++next_ == chunk_end_) [[unlikely]]
        chunk_full();
    }
    if (count_ == next_checkpoint_) [[unlikely]]
      take_checkpoint();
  }

  [[nodiscard]] uint64_t hash() const { return hash_.value(); }  ///< of all records so far
  [[nodiscard]] uint64_t count() const { return count_; }        ///< records so far, kept or not
  [[nodiscard]] TraceMode mode() const { return mode_; }

  /// The kept records, oldest first; `first_kept` is the event number (from 0) of the first, and count()
  /// when nothing is kept.
  [[nodiscard]] std::vector<TraceRecord> kept() const;
  [[nodiscard]] uint64_t first_kept() const;
  /// The same without a copy: pieces in order, valid until the next add().
  [[nodiscard]] std::vector<std::span<const TraceRecord>> kept_pieces() const;

  /// Hash after every `interval` records (0: none), so that a replay finds the first difference
  /// without keeping a full trace. Shape  before the first record
  void keep_checkpoints(uint64_t interval);
  [[nodiscard]] uint64_t checkpoint_interval() const { return interval_; }
  [[nodiscard]] const std::vector<uint64_t>& checkpoints() const { return checkpoints_; }

 private:
  struct FreeStorage {
    void operator()(TraceRecord* storage) const noexcept { ::operator delete(storage); }
  };
  struct Chunk {
    std::unique_ptr<TraceRecord, FreeStorage> records;
    size_t capacity;
  };
  void open_chunk(size_t records);
  void chunk_full();
  void take_checkpoint();

  TraceHash hash_;
  uint64_t count_ = 0;
  TraceRecord* next_ = nullptr;  ///< null in mode off
  TraceRecord* chunk_end_ = nullptr;
  uint64_t next_checkpoint_ = UINT64_MAX;
  uint64_t interval_ = 0;
  TraceMode mode_;
  std::vector<Chunk> chunks_;
  std::vector<uint64_t> checkpoints_;
};

}  // namespace raidsim
