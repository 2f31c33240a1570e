#include "model/md/unit_device.h"

#include <cerrno>
#include <utility>

#include "engine/assert.h"
#include "model/md/system.h"
#include "model/md/unit_driver.h"

namespace raidsim::md {

UnitFrame& UnitDevice::unit() const {
  UnitFrame* const frame = system_.unit(minor_);
  RAIDSIM_ASSERT(frame != nullptr);  // it is open: it cannot go away
  return *frame;
}

uint64_t UnitDevice::blocks() const noexcept { return system_.nblocks(minor_); }

CacheKind UnitDevice::cache() const noexcept {
  const UnitFrame* const frame = system_.unit(minor_);
  return frame == nullptr ? CacheKind::none : system_.driver(frame->type).cache(*frame);
}

UnitDevice::Passed& UnitDevice::wrap(IoRequest& request) {
  if (free_ == nullptr) free_ = &all_.make();
  Passed& passed = *std::exchange(free_, free_->next);
  passed.next = nullptr;
  passed.request = &request;
  passed.device = this;
  passed.buffer = Buffer{.op = static_cast<BufferOp>(request.op),
                         .fua = request.fua,
                         .preflush = request.preflush,
                         .minor = minor_,
                         .block = request.block,
                         .bytes = request.blocks * block_bytes,
                         .data = request.data,
                         .done = &UnitDevice::done,
                         .owner = &passed};
  return passed;
}
static_assert(static_cast<int>(BufferOp::read) == static_cast<int>(IoOp::read) &&
              static_cast<int>(BufferOp::write) == static_cast<int>(IoOp::write) &&
              static_cast<int>(BufferOp::flush) == static_cast<int>(IoOp::flush));

void UnitDevice::submit(IoRequest& request) {
  request.error = 0;
  request.residual = 0;
  Passed& passed = wrap(request);
  (oldest_ == nullptr ? oldest_ : newest_->next) = &passed;
  newest_ = &passed;
  if (passing_) return;
  passing_ = true;
  system_.env.host->spawn("md_lower", [this] { pass_down(); });
}

void UnitDevice::pass_down() {
  while (oldest_ != nullptr) {
    Passed& passed = *std::exchange(oldest_, oldest_->next);
    passed.next = nullptr;
    pass(passed);
  }
  passing_ = false;
}

void UnitDevice::pass(Passed& passed) {
  const IoRequest& request = *passed.request;
  const uint64_t end = blocks();
  const bool inside = request.block <= end && request.blocks <= end - request.block;
  if (!inside) return complete(passed.buffer, EINVAL, passed.buffer.bytes);
  UnitFrame& frame = unit();
  system_.driver(frame.type).strategy(frame, passed.buffer, MD_STR_NOTTOP);
}

void UnitDevice::done(Buffer& buffer) {
  Passed& passed = *static_cast<Passed*>(buffer.owner);
  UnitDevice& device = *passed.device;
  IoRequest& request = *std::exchange(passed.request, nullptr);
  request.error = buffer.error;
  request.residual = buffer.residual / block_bytes;
  passed.next = std::exchange(device.free_, &passed);
  request.done(request);
}

}  // namespace raidsim::md
