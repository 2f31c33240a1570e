// model/disk/disk_observer.h: lets a judge follow each transfer through its instants (fault-model.md 2).
//
//   issue ──> start ──> effect ──> complete          durable: with the effect (no cache, FUA), or when
//   host      service   bytes      host is told      the cache moves the write to the medium
//             begins    change
//
// Blocks are blocks of the whole disk, slice 7 included. Callbacks run where the thing happens (issue: in
// the submitting fiber; the others: in the event loop) and must not suspend. A callback may crash the host
// or cut the power: the disk looks again at what is left afterwards. on_durable and on_fault may not: what
// they tell of is half done; the on_effect that follows them may.
#pragma once

#include <cstdint>

#include "engine/time.h"
#include "model/disk/damage.h"
#include "model/disk/types.h"

namespace raidsim::disk {

/// What can be said of a transfer, the same at each of its instants.
struct TransferView {
  DiskIndex disk = 0;
  IoOp op{};
  bool fua = false;
  bool preflush = false;
  bool again = false;  ///< the host driver sends it once more: no decision of whoever stands above
  uint32_t blocks = 0;
  uint64_t block = 0;
  uint64_t number = 0;              ///< of this transfer on its disk, from 1 in order of issue; a retry is a new one
  const std::byte* data = nullptr;  ///< of a write at issue and effect, of a read at complete; else null
};

/// A write that is on the medium now, or part of one.
struct DurableView {
  DiskIndex disk = 0;
  uint32_t blocks = 0;
  uint64_t block = 0;
  uint64_t number = 0;  ///< of the transfer that wrote it
  const std::byte* data = nullptr;
};

/// An armed fault did what it is there for.
struct FaultBite {
  DiskIndex disk = 0;
  FaultHandle fault = 0;
  uint8_t number = 0;  ///< catalogue: F12 is 12
  bool liar = false;
  uint64_t block = 0;  ///< of the transfer that was hit; 0 and no blocks for an open or a flush
  uint32_t blocks = 0;
};

class DiskObserver {
 public:
  virtual void on_issue(const TransferView&) {}
  virtual void on_start(const TransferView&) {}
  virtual void on_effect(const TransferView&) {}
  /// `error` as the host driver sees it: an errno, a retry may follow; ETIMEDOUT when it gave the transfer up.
  virtual void on_complete(const TransferView&, int /*error*/, uint32_t /*residual*/) {}
  virtual void on_durable(const DurableView&) {}
  virtual void on_paths_changed(DiskIndex) {}  ///< some went, or came back (F43)
  virtual void on_fault(const FaultBite&) {}   ///< an armed fault bit

 protected:
  ~DiskObserver() = default;
};

}  // namespace raidsim::disk
