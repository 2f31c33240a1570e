// model/raid/buffers.h: work buffers of a child, and the unit's reserve pair for when memory runs out.
//
//   data buffer, then parity buffer, without waiting ── both had ──> go on
//                        └── not both ──> give back ──> wait in line for the pair, holding no line or unit lock
//
//   RH-25  the two reserve buffers are handed out as a pair, first come first served; nobody waits for them
//          while holding a line lock or the unit lock, or on a daemon.
//   RL-17  at rest both reserve buffers are present and MD_RFLAG_NEEDBUF is clear.
#pragma once

#include <cstdint>

#include "model/raid/request.h"

namespace raidsim::md {
class Memory;
}

namespace raidsim::raid {

enum WaitFlag : uint32_t { MD_RFLAG_NEEDBUF = 0x1, MD_RFLAG_NEEDPW = 0x8 };  ///< un_rflags

/// un_dbuffer and un_pbuffer. Locks  un_mx
class ReservePair {
 public:
  ReservePair() = default;
  ReservePair(md::Memory& memory, size_t bytes_each);
  ~ReservePair();
  ReservePair(const ReservePair&) = delete;
  ReservePair& operator=(const ReservePair&) = delete;

  [[nodiscard]] bool present() const noexcept { return present_; }
  [[nodiscard]] uint64_t waiters() const noexcept { return next_ticket_ - serving_; }

 private:
  friend bool try_buffers(Child&);
  friend void wait_for_buffers(Child&);
  friend void free_buffers(Child&);
  md::Memory* memory_ = nullptr;
  std::byte* data_ = nullptr;
  std::byte* parity_ = nullptr;
  size_t bytes_ = 0;
  bool present_ = false;
  uint64_t next_ticket_ = 0;
  uint64_t serving_ = 0;  // ticket whose turn it is
};

/// Data and parity buffer from memory, or the pair if it is there and nobody waits. Never waits.
/// False: the child has neither.
[[nodiscard]] bool try_buffers(Child& cs);
/// Suspends until the child has both. Locks  none of line lock and unit lock may be held (RH-25)
void wait_for_buffers(Child& cs);
/// Buffers of a full line's further columns; sleeps if needed.
void allocate_column_buffers(Child& cs);
/// Everything back; waiters are woken when the pair comes home.
void free_buffers(Child& cs);
/// The same for a unit whose host died: nobody waits any more. Suspends at no point.
void drop_buffers(Child& cs) noexcept;

}  // namespace raidsim::raid
