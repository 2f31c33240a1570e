#include "harness/workload/client.h"

#include <algorithm>

#include "engine/simulation.h"

namespace raidsim::harness {

Client::Client(const scenarios::Workload& workload, UnitPort& port, ChoiceStream& stream, uint32_t number,
               uint32_t index)
    : workload_(workload),
      port_(port),
      source_(workload, port.blocks(), stream, index),
      number_(number),
      remaining_(workload.requests),
      data_(std::min<uint64_t>(workload.size_max_blocks, port.blocks()) * raidsim::block_bytes) {}

void Client::set_on_done(void (*action)(void*), void* context) noexcept {
  on_done_ = action;
  on_done_context_ = context;
}

void Client::start(Host& host) {
  if (done() || running_) return;
  running_ = true;
  host.spawn("client", [this] { run(); });
}

void Client::run() {
  if (!started_ && workload_.start > Duration{}) sleep_until(sim_start + workload_.start);
  started_ = true;
  while (remaining_ > 0) {
    const Request request = source_.next();
    if (request.think > Duration{}) sleep_for(request.think);
    if (!perform(request)) return;
    --remaining_;
  }
  running_ = false;
  if (on_done_ != nullptr) on_done_(on_done_context_);
}

bool Client::perform(const Request& request) {
  const auto read = [&] { return port_.read(number_, request.block, request.blocks, data_.data()); };
  if (request.op == md::BufferOp::read) return read() != UnitPort::host_gone;
  int error = port_.write(number_, request.block, request.blocks, data_.data());
  if (error == 0 && workload_.verify) error = read();
  return error != UnitPort::host_gone;
}

}  // namespace raidsim::harness
