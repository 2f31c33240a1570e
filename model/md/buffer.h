// model/md/buffer.h: one request of a caller to a unit, as strategy takes it (spec/metadevice.md 11).
//
//   caller ──> Manager::strategy(buffer) ──> unit's driver ──> buffer.done(buffer), exactly once
#pragma once

#include <cstddef>
#include <cstdint>

#include "model/md/numbering.h"

namespace raidsim::md {

enum class BufferOp : uint8_t { read, write, flush };

/// Flags passed along with a buffer (spec/metadevice.md 11.3).
enum StrategyFlag : uint32_t {
  MD_STR_TOP = 0x0,
  MD_STR_NOTTOP = 0x1,
  MD_STR_MAPPED = 0x2,
  MD_STR_ABR = 0x4,
  MD_STR_WMUPDATE = 0x8,
  MD_STR_PASSEDON = 0xffff,
};

/// Owned by the caller, who keeps it and its data in place until `done` ran.
struct Buffer {
  BufferOp op = BufferOp::read;
  bool fua = false;       ///< write: durable at completion (RAID-5 always is, D-12)
  bool preflush = false;  ///< write: acts as a flush before it
  Minor minor = 0;        ///< set by Manager::strategy
  uint64_t block = 0;     ///< first block
  uint32_t bytes = 0;     ///< a multiple of 512; 0 for a flush
  std::byte* data = nullptr;

  /// Runs in a fiber or in the event loop and must not suspend: make a waiter ready, or queue work.
  /// It may run inside strategy. The buffer may be reused or freed by it.
  using Done = void (*)(Buffer&);
  Done done = nullptr;
  void* owner = nullptr;  ///< free for `done`

  int error = 0;          ///< errno, 0 for success
  uint32_t residual = 0;  ///< bytes that were not transferred

  void* driver = nullptr;  ///< the unit driver's own, while the request is outstanding
  Buffer* next = nullptr;  ///< the unit driver's own: chains of parked requests
};

/// Completes with the given result. Shape  `buffer.done` is set
inline void complete(Buffer& buffer, int error, uint32_t residual) {
  buffer.error = error;
  buffer.residual = residual;
  buffer.done(buffer);
}

}  // namespace raidsim::md
