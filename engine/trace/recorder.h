// engine/trace/recorder.h: appends records, keeps the rolling hash.
//
// The hash runs always and covers every byte of every record, so two runs agree or differ at a first
// event that can be named. Keeping the records is a choice: off (hash only), ring (last N), full.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/time.h"
#include "engine/trace/record.h"

namespace raidsim {

enum class TraceMode : uint8_t { off, ring, full };

class Recorder {
 public:
  /// Shape  `ring_records` is rounded up to a power of two; read only in ring mode
  explicit Recorder(TraceMode mode, size_t ring_records = 1 << 14);

  /// Appends one record and advances the hash. No allocation in modes off and ring.
  void add(SimTime now, TraceKind kind, uint32_t actor, uint64_t a = 0, uint64_t b = 0, uint16_t flags = 0);

  [[nodiscard]] uint64_t hash() const;   ///< of all records so far
  [[nodiscard]] uint64_t count() const;  ///< records so far, kept or not
  [[nodiscard]] TraceMode mode() const;

  /// The kept records, oldest first; `first_kept` is the event number of the first.
  [[nodiscard]] std::vector<TraceRecord> kept() const;
  [[nodiscard]] uint64_t first_kept() const;

  /// Hash after every `interval` records (0: none), so that a replay finds the first difference
  /// without keeping a full trace.
  void keep_checkpoints(uint64_t interval);
  [[nodiscard]] const std::vector<uint64_t>& checkpoints() const;
};

}  // namespace raidsim
