#include "harness/workload/trace_client.h"

#include <algorithm>

#include "engine/simulation.h"
#include "model/disk/block_device.h"

namespace raidsim::harness {
namespace {

using scenarios::IologAction;
constexpr LockClass gate_class{"trace client", 0};

bool is_request(IologAction action) {
  return action == IologAction::read || action == IologAction::write || action == IologAction::sync ||
         action == IologAction::datasync;
}
bool is_sync(IologAction action) { return action == IologAction::sync || action == IologAction::datasync; }

}  // namespace

/// Dies with the host's epoch, like everything that fibers wait on.
struct TraceClient::Gate {
  explicit Gate(uint32_t number) : mutex(gate_class, number) {}
  Mutex mutex;
  CondVar changed{"trace client"};
};

TraceClient::TraceClient(const scenarios::Workload& workload, std::shared_ptr<const scenarios::Iolog> log,
                         UnitPort& port, uint32_t number)
    : workload_(workload), port_(port), number_(number) {
  build(*log);
}

TraceClient::~TraceClient() = default;

void TraceClient::build(const scenarios::Iolog& log) {
  const uint64_t limit = workload_.trace->limit.value_or(UINT64_MAX);
  uint64_t taken = 0;
  for (const scenarios::IologEntry& entry : log.entries) {
    if (!is_request(entry.action)) continue;
    if (!is_sync(entry.action) && ++taken > limit) break;
    Step step{.action = entry.action,
              .at = entry.at,
              .block = entry.offset_bytes / block_bytes,
              .blocks = static_cast<uint32_t>((entry.length_bytes + block_bytes - 1) / block_bytes)};
    if (is_sync(entry.action) || fit(step)) {
      requests_.push_back(step);
    } else {
      ++left_out_;
    }
  }
}

// TraceFit::refuse was checked before the run (scenarios::check_fit); here a request that does not fit is wrapped or
// left out.
bool TraceClient::fit(Step& step) {
  const uint64_t blocks = port_.blocks();
  if (step.blocks == 0) return false;
  if (step.block + step.blocks <= blocks) return true;
  if (workload_.trace->fit != scenarios::TraceFit::wrap || step.blocks > blocks) return false;
  step.block %= blocks - step.blocks + 1;
  return true;
}

void TraceClient::set_on_done(void (*action)(void*), void* context) noexcept {
  on_done_ = action;
  on_done_context_ = context;
}

void TraceClient::host_died() noexcept {
  busy_ = 0;
  syncing_ = false;
}

void TraceClient::start(Host& host) {
  if (next_ >= requests_.size()) return;
  gate_ = std::make_unique<Gate>(number_);
  if (!ever_started_) started_ = std::max(now(), sim_start + workload_.start);
  ever_started_ = true;
  const uint32_t workers = std::max<uint32_t>(workload_.clients, 1);
  for (uint32_t i = 0; i < workers; ++i) host.spawn("trace-client", [this] { worker(); });
}

void TraceClient::worker() {
  std::vector<std::byte> data;
  if (now() < started_) sleep_until(started_);
  for (;;) {
    Step step;
    {
      MutexLock held(gate_->mutex);
      while (syncing_ || (next_ < requests_.size() && is_sync(requests_[next_].action) && busy_ > 0)) {
        gate_->changed.wait(held);
      }
      if (next_ >= requests_.size() || port_.paused()) break;
      step = requests_[next_++];
      ++busy_;
      syncing_ = is_sync(step.action);
    }
    if (workload_.trace->timing == scenarios::TraceTiming::as_recorded) {
      const double after_ns = static_cast<double>(to_ns(step.at)) / workload_.trace->speed;
      const Duration offset{static_cast<int64_t>(std::min(after_ns, 1e17))};  // three years: beyond any time limit
      if (now() < started_ + offset) sleep_until(started_ + offset);
    }
    if (!perform(step, data)) return;
    MutexLock held(gate_->mutex);
    --busy_;
    if (is_sync(step.action)) syncing_ = false;
    gate_->changed.notify_all();
  }
  if (done() && on_done_ != nullptr) on_done_(on_done_context_);
}

bool TraceClient::perform(const Step& step, std::vector<std::byte>& data) {
  if (is_sync(step.action)) return port_.flush(number_) != UnitPort::host_gone;
  data.resize(std::max<size_t>(data.size(), size_t{step.blocks} * block_bytes));
  const int error = step.action == IologAction::read ? port_.read(number_, step.block, step.blocks, data.data())
                                                     : port_.write(number_, step.block, step.blocks, data.data());
  return error != UnitPort::host_gone;
}

}  // namespace raidsim::harness
