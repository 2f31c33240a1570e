#include "engine/scheduler.h"

#include <cxxabi.h>
#include <pthread.h>

#include <boost/fiber/algo/algorithm.hpp>
#include <boost/fiber/context.hpp>
#include <boost/fiber/fiber.hpp>
#include <boost/fiber/operations.hpp>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "engine/kernel.h"
#include "engine/sanitizer.h"

namespace raidsim {

using Context = boost::fibers::context;

namespace {

/// Hands a mapped stack to Boost, and unmaps it when Boost lets go of the ended worker.
struct StackSource {
  StackRange stack;
  boost::context::stack_context allocate() const {
    boost::context::stack_context result;
    result.size = stack.bytes;
    result.sp = stack.low + stack.bytes;
    return result;
  }
  void deallocate(boost::context::stack_context&) const noexcept { unmap_stack(stack); }
};

StackRange stack_of_this_thread() {
  pthread_attr_t attributes;
  void* low = nullptr;
  size_t bytes = 0;
  if (::pthread_getattr_np(::pthread_self(), &attributes) == 0) {
    ::pthread_attr_getstack(&attributes, &low, &bytes);
    ::pthread_attr_destroy(&attributes);
  }
  return {.low = static_cast<std::byte*>(low), .bytes = bytes};
}

/// What Boost asks of a scheduling algorithm. While simulations run it is asked nothing but to take in
/// new workers; at the end of the thread it passes control among worker, dispatcher and main context.
class Algorithm final : public boost::fibers::algo::algorithm {
 public:
  Algorithm(const StackRange& main_stack, Algorithm** self) : main_stack_(main_stack) { *self = this; }
  RAIDSIM_UNINSTRUMENTED ~Algorithm() override { arrived_in_main(); }

  void awakened(Context* context) noexcept override {
    (context->is_context(boost::fibers::type::dispatcher_context) ? dispatcher_ : newest_) = context;
  }
  RAIDSIM_UNINSTRUMENTED Context* pick_next() noexcept override {
    Context*& choice = newest_ != nullptr ? newest_ : dispatcher_;
    announce(choice == retiring_ ? retiring_stack_ : main_stack_);
    return std::exchange(choice, nullptr);
  }
  [[nodiscard]] bool has_ready_fibers() const noexcept override { return newest_ != nullptr || dispatcher_ != nullptr; }
  void suspend_until(const std::chrono::steady_clock::time_point&) noexcept override {
    std::fputs("raidsim: a fiber blocked outside of the engine's primitives\n", stderr);
    std::abort();
  }
  /// The dispatcher is about to return to the main context.
  RAIDSIM_UNINSTRUMENTED void notify() noexcept override { announce(main_stack_); }

  /// The worker that was launched last; Boost forgets it and never schedules it.
  [[nodiscard]] Context* take_newest() noexcept { return std::exchange(newest_, nullptr); }
  /// Boost's next choice is this worker, whose loop will end.
  void retire(Context* worker, const StackRange& stack) noexcept {
    newest_ = retiring_ = worker;
    retiring_stack_ = stack;
  }

  // AddressSanitizer hears of the switches that Boost makes by itself.
  RAIDSIM_UNINSTRUMENTED void arrived_in_main() noexcept {
    if (std::exchange(switching_, false)) sanitizer::finish_switch(main_slot_);
  }
  /// The retiring worker closed the switch itself, in Scheduler::switch_to().
  void arrived_in_worker() noexcept { switching_ = false; }

 private:
  RAIDSIM_UNINSTRUMENTED void announce(const StackRange& to) noexcept {
    if (switching_) sanitizer::finish_switch(nullptr);
    switching_ = true;
    const bool from_main = Context::active()->is_context(boost::fibers::type::main_context);
    sanitizer::start_switch(from_main ? &main_slot_ : &other_slot_, to);
  }

  Context* newest_ = nullptr;
  Context* dispatcher_ = nullptr;
  Context* retiring_ = nullptr;
  StackRange retiring_stack_;
  StackRange main_stack_;
  void* main_slot_ = nullptr;
  void* other_slot_ = nullptr;
  bool switching_ = false;
};

}  // namespace

struct Scheduler::Boost {
  Algorithm* algorithm = nullptr;  // owned by Boost's scheduler of this thread, which outlives ours
  std::vector<boost::fibers::fiber> fibers;
};

static void no_timer(Event&) {}

Scheduler::Scheduler()
    : main_(no_timer),
      exceptions_(reinterpret_cast<uint64_t*>(abi::__cxa_get_globals())),
      boost_(std::make_unique<Boost>()) {
  main_.stack = stack_of_this_thread();
  boost::fibers::use_scheduling_algorithm<Algorithm>(main_.stack, &boost_->algorithm);
  main_.context = Context::active();
}

Scheduler::~Scheduler() {
  for (size_t i = 0; i < blocks_.size(); ++i) {
    FiberBlock& worker = *blocks_[i];
    worker.retire = true;
    boost_->algorithm->retire(static_cast<Context*>(worker.context), worker.stack);
    boost_->fibers[i].join();  // the worker's loop ends, and Boost comes back here
    boost_->algorithm->arrived_in_main();
  }
}

Scheduler& Scheduler::of_this_thread() {
  static thread_local Scheduler scheduler;
  return scheduler;
}

Scheduler::Pool& Scheduler::pool(size_t stack_bytes) {
  for (Pool& each : pools_) {
    if (each.stack_bytes == stack_bytes) return each;
  }
  return pools_.emplace_back(Pool{.stack_bytes = stack_bytes, .idle = nullptr});
}

FiberBlock& Scheduler::take_worker(size_t stack_bytes) {
  Pool& from = pool(stack_bytes);
  if (from.idle == nullptr) [[unlikely]]
    return new_worker(stack_bytes);
  FiberBlock& worker = *from.idle;
  from.idle = worker.next;
  return worker;
}

void Scheduler::give_back(FiberBlock& worker) noexcept {
  Pool& to = pool(worker.stack_bytes);
  worker.next = to.idle;
  to.idle = &worker;
}

RAIDSIM_UNINSTRUMENTED static void work(FiberBlock& worker, Algorithm& algorithm) {
  sanitizer::finish_switch(nullptr);
  while (!worker.retire) Kernel::run_fiber(worker);
  algorithm.arrived_in_worker();
}

FiberBlock& Scheduler::new_worker(size_t stack_bytes) {
  FiberBlock& worker = *blocks_.emplace_back(std::make_unique<FiberBlock>(&Kernel::wake_by_timer));
  worker.stack_bytes = stack_bytes;
  worker.stack = map_stack(stack_bytes);
  Algorithm& algorithm = *boost_->algorithm;
  boost_->fibers.emplace_back(boost::fibers::launch::post, std::allocator_arg, StackSource{worker.stack},
                              [&worker, &algorithm] { work(worker, algorithm); });
  worker.context = algorithm.take_newest();
  return worker;
}

RAIDSIM_UNINSTRUMENTED void Scheduler::switch_to(FiberBlock& from, FiberBlock& to) noexcept {
  uint64_t* const thread_exceptions = exceptions_;
  from.exceptions[0] = thread_exceptions[0];
  from.exceptions[1] = thread_exceptions[1];
  thread_exceptions[0] = to.exceptions[0];
  thread_exceptions[1] = to.exceptions[1];
  sanitizer::start_switch(&from.fake_stack, to.stack);
  static_cast<Context*>(to.context)->resume();
  sanitizer::finish_switch(from.fake_stack);
}

}  // namespace raidsim
