// model/stripe/request.h: a caller's request and its fragments (spec/stripe.md 5).
//
//   md::Buffer ──> Parent ──┬─> Child: one transfer to one component
//                           └─> Child ...
//
//   INV-S15  ps_frags counts the fragments that are out, and one more while some are still to be issued.
//
// ps_mx does not exist: what it protects is touched only between two suspension points of a fiber or in the event
// loop, where nothing can come between (D-05). Both objects are pooled.
#pragma once

#include <cstdint>

#include "engine/slabs.h"
#include "engine/sync/rwlock.h"
#include "model/disk/block_device.h"
#include "model/md/buffer.h"

namespace raidsim::stripe {

class StripeUnit;
struct Child;

struct Parent {
  StripeUnit* unit = nullptr;
  md::Buffer* ps_bp = nullptr;
  ReadHold unit_hold;  ///< from acceptance to completion (LK-07)
  uint32_t ps_frags = 0;
  uint32_t blocks = 0;          ///< to be transferred
  uint32_t residual_bytes = 0;  ///< cut off at the end of the unit
  int ps_error = 0;             ///< of the last fragment that failed (IO-01)
  uint32_t error_residual_bytes = 0;
  bool flushing = false;    ///< the flush before a PREFLUSH write is out
  Child* failed = nullptr;  ///< fragments that failed, for their components' flags
  Parent* next_free = nullptr;
};

struct Child {
  IoRequest io;
  Parent* ps = nullptr;
  uint32_t component = 0;
  Child* next = nullptr;  ///< free, or failed
};

class RequestPool {
 public:
  [[nodiscard]] Parent& parent();
  [[nodiscard]] Child& child(Parent& ps);
  void put(Parent& parent) noexcept;
  void put(Child& child) noexcept;
  [[nodiscard]] uint32_t parents_in_use() const noexcept { return parents_in_use_; }
  /// Every parent ever made; those with a unit are in use.
  [[nodiscard]] std::span<Parent* const> all_parents() const noexcept { return parents_.all(); }

 private:
  Slabs<Parent> parents_;
  Slabs<Child> children_;
  Parent* free_parents_ = nullptr;
  Child* free_children_ = nullptr;
  uint32_t parents_in_use_ = 0;
};

}  // namespace raidsim::stripe
