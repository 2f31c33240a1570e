#include "engine/hold.h"

#include <algorithm>

#include "engine/assert.h"
#include "engine/host.h"
#include "engine/kernel.h"

namespace raidsim {

Hold::Hold(const Host& of, std::string_view called, SimTime time, uint64_t step)
    : Event(&Kernel::hold_is_over), kernel(*of.kernel_), host(&of), name(called), until(time), until_step(step) {}

bool Hold::covers(const FiberBlock& fiber) const noexcept { return fiber.host == host && name == fiber.name; }

bool Kernel::is_held(const FiberBlock& fiber) const noexcept {
  return std::any_of(holds_.begin(), holds_.end(), [&](const auto& hold) { return hold->covers(fiber); });
}

void Kernel::hold(std::unique_ptr<Hold> hold) {
  RAIDSIM_ASSERT(running_ == nullptr);  // a fiber could hold itself off, and would run on
  uint64_t held = 0;
  for (FiberBlock* fiber = live_head_; fiber != nullptr; fiber = fiber->live_next) {
    if (fiber->is_killed() || !hold->covers(*fiber)) continue;
    ++held;
    if (fiber->is_held_off()) continue;
    if (fiber->ready) ready_.remove(*fiber);
    fiber->slow |= FiberBlock::held_off;
    if (fiber->ready) set_aside_.push_back(*fiber);
  }
  hold->number = ++last_hold_;
  record(trace_kind::hold_begin, hold->number, held, hold->host->number_);
  if (hold->until > now_) schedule(*hold, hold->until);
  holds_.push_back(std::move(hold));
  interrupt();
}

void Kernel::hold_is_over(Event& event) {
  Kernel& kernel = static_cast<Hold&>(event).kernel;
  kernel.interrupt();  // it may have to wait for its steps
}

uint64_t Kernel::let_go_by_steps() noexcept {
  uint64_t next = UINT64_MAX;
  for (size_t i = holds_.size(); i-- > 0;) {
    const Hold& hold = *holds_[i];
    if (hold.until > now_) continue;  // its event will call
    if (hold.until_step > steps_) {
      next = std::min(next, hold.until_step);
    } else {
      let_go(i);
    }
  }
  return next;
}

void Kernel::let_go(size_t index) noexcept {
  Hold& hold = *holds_[index];
  if (hold.pending()) queue_.remove(hold);
  const uint32_t number = hold.number;
  holds_.erase(holds_.begin() + static_cast<std::ptrdiff_t>(index));
  FiberList aside = set_aside_;
  set_aside_ = {};
  uint64_t ready = 0;
  // Those who are ready first: their flag tells in which list they are.
  while (aside.head != nullptr) {
    FiberBlock& fiber = aside.pop_front();
    if (is_held(fiber)) {
      set_aside_.push_back(fiber);
      continue;
    }
    fiber.slow &= static_cast<uint8_t>(~FiberBlock::held_off);
    ready_.push_back(fiber);
    ++ready;
  }
  for (FiberBlock* fiber = live_head_; fiber != nullptr; fiber = fiber->live_next) {
    if (fiber->is_held_off() && !is_held(*fiber)) fiber->slow &= static_cast<uint8_t>(~FiberBlock::held_off);
  }
  record(trace_kind::hold_end, number, ready);
}

void Kernel::let_go_of_all() noexcept {
  while (!holds_.empty()) let_go(holds_.size() - 1);
}

bool Kernel::let_go_when_idle() noexcept {
  if (set_aside_.head == nullptr) return false;
  let_go_of_all();
  return true;
}

}  // namespace raidsim
