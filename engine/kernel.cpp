#include "engine/kernel.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>

#include "engine/assert.h"
#include "engine/host.h"
#include "engine/simulation.h"

namespace raidsim {

Kernel::Kernel(Simulation& simulation, const SimulationOptions& options)
    : choices(options.seed, options.tape, options.record_tape),
      recorder(options.trace, options.ring_records),
      scheduler_(Scheduler::of_this_thread()),
      simulation_(simulation),
      stack_bytes_(options.stack_bytes),
      window_(options.policy.window) {
  if (options.policy.kind != PolicyKind::fifo) {
    policy_ = make_policy(options.policy, choices.stream("schedule"));
    asked_ = policy_.get();
  }
}

Kernel::~Kernel() {
  for (const auto& hold : holds_) {
    if (hold->pending()) queue_.remove(*hold);
  }
  end_all_fibers(nullptr);
  for (Host* host : hosts_) host->simulation_gone();
}

RunEnd Kernel::run(SimTime until, uint64_t events) {
  RAIDSIM_ASSERT(current_ == nullptr);  // a run inside of a run
  RAIDSIM_ASSERT(&scheduler_ == &Scheduler::of_this_thread());
  if (failure_ != nullptr) return RunEnd::failed;
  until_ = until;
  step_limit_ = events < UINT64_MAX - steps_ ? steps_ + events : UINT64_MAX;
  step_end_ = 0;  // crashes and the like from outside of the run come first
  current_ = this;
  FiberBlock& first = next();
  if (&first != &scheduler_.main()) scheduler_.switch_to(scheduler_.main(), first);
  current_ = nullptr;
  return end_;
}

/// Chooses who goes on, running events until somebody can: the caller itself, another fiber, or the main
/// stack when the run ends. An exception of an action ends the run; it cannot pass the caller's frames,
/// which only lend their stack.
FiberBlock& Kernel::next() noexcept {
  for (;;) {
    try {
      for (;;) {
        if (steps_ >= step_end_) [[unlikely]] {
          FiberBlock* const chosen = interrupted();
          if (chosen != nullptr) return *chosen;
        }
        if (asked_ != nullptr) [[unlikely]] {
          FiberBlock* const chosen = next_by_policy();
          if (chosen != nullptr) return *chosen;
          continue;
        }
        if (ready_.head != nullptr) {
          ++steps_;
          FiberBlock& chosen = ready_.pop_front();
          chosen.ready = false;
          return chosen;
        }
        if (queue_.empty()) [[unlikely]] {
          if (let_go_when_idle()) continue;
          return end_run(RunEnd::idle);
        }
        if (queue_.next_due() >= until_) [[unlikely]]
          return end_run(RunEnd::time_limit);
        ++steps_;
        act(queue_.pop());
      }
    } catch (...) {
      fail_by_exception();
    }
  }
}

/// Null when one more event ran or the limits must be looked at again.
FiberBlock* Kernel::next_by_policy() {
  candidates_.clear();
  candidate_fibers_.clear();
  candidate_events_.clear();
  for (FiberBlock* fiber = ready_.head; fiber != nullptr; fiber = fiber->next) {
    candidates_.push_back({.fiber = fiber->id, .due = now_, .sequence = 0});
    candidate_fibers_.push_back(fiber);
  }
  const size_t fibers = candidates_.size();
  if (window_ > Duration{} && !queue_.empty()) {
    const SimTime first = fibers == 0 ? queue_.next_due() : now_;
    const SimTime last = window_ < sim_never - first ? first + window_ : sim_never;
    queue_.list_until(until_ <= last ? until_ - Duration{1} : last, candidates_, candidate_events_);
  } else if (fibers == 0 && !queue_.empty() && queue_.next_due() < until_) {
    ++steps_;
    act(queue_.pop());
    return nullptr;
  }
  if (candidates_.empty() && queue_.empty() && let_go_when_idle()) return nullptr;
  if (candidates_.empty()) return &end_run(queue_.empty() ? RunEnd::idle : RunEnd::time_limit);

  size_t picked = 0;
  if (candidates_.size() > 1) {
    picked = asked_->pick(candidates_);
    RAIDSIM_ASSERT(picked < candidates_.size());
    record(trace_kind::schedule_choice, static_cast<uint32_t>(candidates_[picked].fiber), candidates_.size(), picked,
           picked >= fibers);
  }
  ++steps_;
  if (picked < fibers) {
    FiberBlock& chosen = *candidate_fibers_[picked];
    ready_.remove(chosen);
    chosen.ready = false;
    return &chosen;
  }
  Event& event = *candidate_events_[picked - fibers];
  queue_.remove(event);
  act(event);
  return nullptr;
}

/// The rare reasons to stop and look: failure, kills, stop(), the limit of steps. Null: go on.
FiberBlock* Kernel::interrupted() {
  for (;;) {
    if (failure_ != nullptr && !only_killed_) return &end_run(RunEnd::failed);
    if (killed_ != nullptr) {
      FiberBlock* const chosen = killed_;
      killed_ = chosen->next;
      ++steps_;
      return chosen;
    }
    if (only_killed_) return &end_run(RunEnd::stopped);
    if (!finish_dying_hosts()) break;
  }
  if (stop_) {
    stop_ = false;
    return &end_run(RunEnd::stopped);
  }
  if (steps_ >= step_limit_) return &end_run(RunEnd::event_limit);
  step_end_ = std::min(step_limit_, let_go_by_steps());
  return nullptr;
}

FiberBlock& Kernel::end_run(RunEnd end) noexcept {
  end_ = end;
  return scheduler_.main();
}

/// Gives the processor to next()'s choice and returns when `me` is chosen again.
inline void Kernel::switch_away(FiberBlock& me) {
  running_ = nullptr;
  FiberBlock& chosen = next();
  if (&chosen != &me) scheduler_.switch_to(me, chosen);
  running_ = &me;
}

void Kernel::wait(FiberBlock& me, WaitReason reason, const Waitable* what) {
  me.reason = reason;
  me.waits_for = what;
  me.since = now_;
  if (me.held.leaves() != 0) [[unlikely]]
    note_leaf_wait(me, reason, what);
  switch_away(me);
  me.reason = WaitReason::none;
  if (me.is_killed()) [[unlikely]]
    return;
  record(trace_kind::fiber_resume, static_cast<uint32_t>(me.id), what == nullptr ? 0 : what->instance,
         static_cast<uint64_t>(to_ns(now_ - me.since)), static_cast<uint16_t>(reason));
}

void Kernel::note_leaf_wait(const FiberBlock& me, WaitReason reason, const Waitable* what) {
  if (reason == WaitReason::mutex && static_cast<const Lock*>(what)->lock_class->leaf) return;
  for (const Lock* lock : me.held.all()) {
    if (lock->lock_class->leaf) lock_order.leaf_held_in_wait(*lock, what, me.id, now_);
  }
}

/// `first`: among equals `me` goes on; otherwise it goes to the end of the ready list (yield).
void Kernel::give_way(FiberBlock& me, bool first) {
  me.reason = WaitReason::ready;
  me.waits_for = nullptr;
  me.ready = true;
  if (first) {
    ready_.push_front(me);
  } else {
    ready_.push_back(me);
  }
  switch_away(me);
  me.reason = WaitReason::none;
}

void Kernel::yield(FiberBlock& me) {
  if (dead_end(me)) return;
  give_way(me, false);
  if (me.is_killed()) [[unlikely]]
    throw_killed(me);
}

/// Nobody else can run before `at`: the sleeper's own timer is the next event, and it the next fiber. Then the
/// queue is left alone; the two steps, the record and every limit are those of the long way.
inline bool Kernel::sleeps_alone(SimTime at) const noexcept {
  return asked_ == nullptr && ready_.head == nullptr && (queue_.empty() || at < queue_.next_due()) && at < until_ &&
         steps_ + 2 < step_end_;
}

void Kernel::sleep_until(FiberBlock& me, SimTime at) {
  if (dead_end(me)) return;
  if (sleeps_alone(at)) {
    const SimTime since = now_;
    if (at > now_) now_ = at;
    steps_ += 2;
    if (me.held.leaves() != 0) [[unlikely]]
      note_leaf_wait(me, WaitReason::sleep, nullptr);
    record(trace_kind::fiber_resume, static_cast<uint32_t>(me.id), 0, static_cast<uint64_t>(to_ns(now_ - since)),
           static_cast<uint16_t>(WaitReason::sleep));
    return;
  }
  start_timer(me, at);
  block(me, WaitReason::sleep, nullptr);
}

void Kernel::wake_by_timer(Event& event) {
  FiberBlock& fiber = *static_cast<FiberTimer&>(event).fiber;
  if (fiber.wait_list != nullptr) {
    fiber.wait_list->remove(fiber);
    fiber.timed_out = true;
  }
  fiber.kernel->make_ready(fiber);
}

/// `me`, just killed, waits for its turn: those of lower id end before it.
void Kernel::end_killed(FiberBlock& me) {
  switch_away(me);
  throw_killed(me);
}

void Kernel::stop() noexcept {
  stop_ = true;
  interrupt();
}

void Kernel::note_failure(const char* fact, std::source_location where) noexcept {
  if (running_ != nullptr && running_->is_killed()) return;
  fail({.what = fact, .where = place_of(where), .at = now_, .event = recorder.count()});
}

void Kernel::fail(Failure failure) noexcept {
  if (failure_ != nullptr) return;
  failure_ = std::make_unique<Failure>(std::move(failure));
  record(trace_kind::run_failed, running_ == nullptr ? 0 : static_cast<uint32_t>(running_->id), steps_);
  interrupt();
}

/// Inside of a catch block: what left an event's action or a fiber's body.
void Kernel::fail_by_exception() noexcept {
  Failure failure{.what = {}, .where = {}, .at = now_, .event = recorder.count()};
  if (running_ != nullptr) failure.where = std::string("fiber ") + running_->name;
  if (running_ == nullptr) failure.where = "an event's action";
  try {
    throw;
  } catch (const AssertionFailure& broken) {
    failure.what = broken.what();  // reported already, unless it was made by hand
  } catch (const std::exception& other) {
    failure.what = std::string("an exception was not handled: ") + other.what();
  } catch (const FiberKilled&) {
    failure.what = "FiberKilled left an event's action";
  } catch (...) {
    failure.what = "an exception of unknown type was not handled";
  }
  fail(std::move(failure));
}

void Kernel::not_in_a_fiber() { assertion_failed("a call that suspends is made in a fiber"); }

/// A killed fiber reached a suspension point. The first time it is thrown out of its body; while it
/// unwinds, and in what it does afterwards, suspension points do nothing.
void Kernel::throw_killed(FiberBlock& me) {
  constexpr uint32_t patience = 1000;  // waits of one that swallowed FiberKilled, before it is thrown again
  constexpr uint32_t hopeless = 1'000'000;
  ++me.idle_waits;
  const bool again = me.idle_waits % patience == 0;
  if (std::uncaught_exceptions() == 0 && ((me.slow & FiberBlock::unwound) == 0 || again)) {
    me.slow |= FiberBlock::unwound;
    throw FiberKilled{};
  }
  if (me.idle_waits > hopeless) {
    std::fprintf(stderr, "raidsim: killed fiber %s waits in a destructor for ever\n", me.name);
    std::abort();
  }
}

}  // namespace raidsim
