// model/raid/flush.cpp
#include "model/raid/flush.h"

#include <utility>

#include "model/raid/stage.h"

namespace raidsim::raid {

void Flusher::join(BlockDevice& device, Transfer& write) {
  device_ = &device;
  write.next = std::exchange(waiting_, &write);
  if (flying_ == nullptr) send();
}

void Flusher::send() {
  flying_ = std::exchange(waiting_, nullptr);
  request_.op = IoOp::flush;
  request_.block = 0;
  request_.blocks = 0;
  request_.data = nullptr;
  request_.done = &Flusher::done;
  request_.owner = this;
  request_.error = 0;
  request_.residual = 0;
  device_->submit(request_);
}

void Flusher::done(IoRequest& request) {
  Flusher& flusher = *static_cast<Flusher*>(request.owner);
  Transfer* served = std::exchange(flusher.flying_, nullptr);
  const int error = request.failed() ? (request.error != 0 ? request.error : EIO) : 0;
  Transfer* in_order = nullptr;  // the list was built newest first
  while (served != nullptr) {
    Transfer* next = std::exchange(served->next, in_order);
    in_order = std::exchange(served, next);
  }
  if (flusher.waiting_ != nullptr) flusher.send();
  while (in_order != nullptr) {
    Transfer& write = *std::exchange(in_order, in_order->next);
    write.next = nullptr;
    write.io.error = error;
    transfer_ended(write);
  }
}

}  // namespace raidsim::raid
