// model/raid/flush.h: home writes become durable before their slots are released (RH-12.2, D-12).
//
// On a disk with a volatile cache a child's home write joins the column's next flush; one flush serves all
// that joined before it was sent. Where there is no such cache nothing is sent.
//
//   home write done ──> waiting ──(no flush under way)──> flying: one FLUSH ──> their children's stage ends
#pragma once

#include "model/raid/request.h"

namespace raidsim::raid {

class Flusher {
 public:
  Flusher() { request_.done = &Flusher::done; }
  Flusher(Flusher&& other) noexcept : Flusher() { request_.owner = other.request_.owner; }  // before first use only

  /// Adds a home write that has ended well; `completed` runs for it once a later flush has ended, in the event
  /// loop. A failed flush shows as `failed` in the transfer.
  void join(BlockDevice& device, Transfer& write);
  [[nodiscard]] bool idle() const noexcept { return flying_ == nullptr && waiting_ == nullptr; }

 private:
  static void done(IoRequest& request);
  void send();

  IoRequest request_;
  BlockDevice* device_ = nullptr;
  Transfer* waiting_ = nullptr;
  Transfer* flying_ = nullptr;
};

}  // namespace raidsim::raid
