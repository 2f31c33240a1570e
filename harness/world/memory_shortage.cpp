#include "harness/world/memory_shortage.h"

#include <algorithm>
#include <array>

#include "engine/assert.h"
#include "engine/sync/semaphore.h"
#include "harness/trace_kinds.h"

namespace raidsim::harness {
namespace {

using scenarios::AllocationSite;

/// As the code under test names its call sites, in the order of AllocationSite.
constexpr std::array<std::string_view, 6> sites{
    "", "raid-data-buffer", "raid-parity-buffer", "raid-column-buffer", "raid-reserve-buffer", "raid-resync-buffer"};

}  // namespace

struct MemoryShortage::Running : Event {
  explicit Running(const scenarios::FaultParameters& parameters) : Event(&MemoryShortage::over), with(parameters) {}
  [[nodiscard]] bool about(std::string_view site) const {
    return with.host.site == AllocationSite::any || sites.at(static_cast<size_t>(with.host.site)) == site;
  }
  [[nodiscard]] bool used_up() const { return ended || (with.count && hits >= *with.count); }

  scenarios::FaultParameters with;
  uint64_t calls = 0, hits = 0;
  bool ended = false;
  Semaphore waiting{"memory"};
};

MemoryShortage::MemoryShortage(Simulation& simulation) : simulation_(simulation) {}

MemoryShortage::~MemoryShortage() {
  for (const auto& each : running_) simulation_.cancel(*each);
}

void MemoryShortage::begin(const scenarios::FaultParameters& with) {
  drop_spent();
  running_.push_back(std::make_unique<Running>(with));
  if (with.lasts) simulation_.schedule_after(*running_.back(), *with.lasts);
}

void MemoryShortage::drop_spent() {
  std::erase_if(running_,
                [](const auto& each) { return each->used_up() && !each->pending() && each->waiting.waiters() == 0; });
  last_ = nullptr;
}

void MemoryShortage::end_all() {
  for (const auto& each : running_) {
    simulation_.cancel(*each);
    over(*each);
  }
}

// The time of a shortage, or the patience of those who were refused one by one.
void MemoryShortage::over(Event& event) {
  auto& shortage = static_cast<Running&>(event);
  shortage.ended = shortage.ended || shortage.with.lasts.has_value();
  shortage.waiting.release(shortage.waiting.waiters());
}

bool MemoryShortage::refused(std::string_view site) {
  for (const auto& each : running_) {
    if (each->used_up() || !each->about(site)) continue;
    if (++each->calls < each->with.host.nth_call) continue;
    if (!simulation_.choices().stream("host/memory").chance(each->with.probability)) continue;
    ++each->hits;
    ++refusals_;
    last_ = each.get();
    const auto* const name = std::find(sites.begin() + 1, sites.end(), site);
    simulation_.recorder().add(simulation_.now(), kind_no_memory, static_cast<uint32_t>(name - sites.begin()),
                               each->calls, refusals_);
    return true;
  }
  return false;
}

void MemoryShortage::wait() {
  RAIDSIM_ASSERT(last_ != nullptr);  // of the call that asks: nothing comes between
  Running& shortage = *last_;
  if (!shortage.with.lasts && !shortage.pending()) simulation_.schedule_after(shortage, relief);
  shortage.waiting.acquire();
}

void MemoryShortage::freed() noexcept {
  for (const auto& each : running_) {
    if (each->waiting.waiters() == 0) continue;
    each->waiting.release();
    return;
  }
}

}  // namespace raidsim::harness
