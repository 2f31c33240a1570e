// model/disk/transfer.h: one trip of a request through a disk, pooled by the host driver.
//
// A state machine in the event loop: queued, in service, held (effect done, completion still to come),
// idle. It carries one timer, which is armed for its next step or for its deadline, whichever is earlier.
#pragma once

#include <cstdint>

#include "engine/event.h"
#include "engine/time.h"
#include "model/disk/damage.h"
#include "model/disk/types.h"

namespace raidsim::disk {

class Transfer;
class VirtualDisk;

/// Whoever sent a transfer. Called in the event loop; the transfer is the client's again.
class TransferClient {
 public:
  virtual void transfer_done(Transfer& transfer) = 0;
  /// The deadline has passed and the disk still has it: take it back with VirtualDisk::abort.
  virtual void transfer_late(Transfer& transfer) = 0;

 protected:
  ~TransferClient() = default;
};

enum class TransferStage : uint8_t { idle, queued, in_service, held };

/// How a transfer ended, in the driver's words. `media`: the disk itself says no, a retry would not help
/// (D-18). `transport`: it may not have got there, or its answer not back.
enum class TransferError : uint8_t { none, media, transport };

/// What armed faults have decided about a transfer; read only when `Transfer::faulted`.
struct Verdict {
  TransferError error_kind = TransferError::none;
  int error = 0;                                   ///< errno of the completion
  uint32_t done_blocks = UINT32_MAX;               ///< leading blocks that take effect, of a read: that are delivered
  uint32_t residual = 0;                           ///< reported at completion
  bool lost = false;                               ///< write: no effect at all, reported as done (F12)
  bool lies_about_flush = false;                   ///< F22: FLUSH and PREFLUSH do nothing
  bool lies_about_fua = false;                     ///< F22: the write stays in the cache
  double flush_keep = 0.0;                         ///< F21: share of the writes that reach the medium
  bool flush_fails = false;                        ///< F21
  bool hung = false;                               ///< no effect and no completion of its own (F27)
  bool silent = false;                             ///< effect, but no completion (F29)
  bool recovered = false;                          ///< F07
  MediumEffect on_abort = MediumEffect::old_data;  ///< F27
  Duration late_effect{-1};                        ///< F28: effect so long after the abort; negative: none
  uint32_t factor_milli = 1000;                    ///< F25: service time times this
  Duration extra{};                                ///< F26: on top of it
  Duration hold{};                                 ///< between effect and completion
  Duration fixed_service{-1};                      ///< instead of the model's time; negative: not set
  int64_t delta_blocks = 0;                        ///< F13: where a write lands
  DiskIndex other_disk = UINT32_MAX;               ///< F13: on that disk instead
  FaultHandle by = 0;                              ///< fault that is to blame for damage
  uint8_t by_number = 0;
};

class Transfer {
 public:
  /// The timer's action is VirtualDisk's; it finds its transfer here.
  struct Timer : Event {
    Timer(Action action, Transfer& of) : Event(action), transfer(of) {}
    Transfer& transfer;
  };

  Transfer();

  // Set by the client before submit.
  IoOp op = IoOp::read;
  bool fua = false;
  bool preflush = false;
  uint32_t blocks = 0;
  uint64_t block = 0;  ///< of the whole disk
  std::byte* data = nullptr;
  TransferClient* client = nullptr;
  void* owner = nullptr;  ///< the client's
  SimTime deadline = sim_never;
  uint32_t timeout_retries = 0;  ///< the client's patience; a fault may set it (F27)
  bool again = false;            ///< sent before, and failed
  bool attention = false;        ///< the disk says that its power was away, and does nothing (F45)

  // Result.
  int error = 0;
  uint32_t residual = 0;
  TransferError error_kind = TransferError::none;
  bool recovered = false;  ///< F07

  // The disk's.
  TransferStage stage = TransferStage::idle;
  bool faulted = false;
  uint64_t number = 0;
  uint32_t cache_slot = UINT32_MAX;  ///< where its bytes lie in the volatile cache
  uint64_t issue_moment = 0;         ///< order of issues and completions on this disk, for the flush contract
  SimTime issued{};
  SimTime started{};
  SimTime step_due{};  ///< when its next step is due; the timer may be armed for the deadline instead
  Transfer* next = nullptr;
  Transfer* previous = nullptr;
  VirtualDisk* disk = nullptr;
  Timer timer;
  Verdict verdict;
};

}  // namespace raidsim::disk
