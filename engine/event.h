// engine/event.h: a due moment with an action, embedded in the object that waits for it.
//
// Events are intrusive: arming one allocates nothing, and cancelling is cheap. The action runs in the
// event loop, on whatever stack the loop happens to use: it must not suspend.
#pragma once

#include <cstdint>

#include "engine/time.h"

namespace raidsim {

class EventQueue;

class Event {
 public:
  using Action = void (*)(Event&);
  explicit constexpr Event(Action action) : action_(action) {}
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  /// Asserts that it is not pending; in a fiber that is being killed, and outside of a run, a pending
  /// event is cancelled instead.
  ~Event() {
    if (pending()) [[unlikely]]
      died_pending();
  }

  [[nodiscard]] bool pending() const noexcept { return queue_ != nullptr; }
  [[nodiscard]] SimTime due() const noexcept { return due_; }

 private:
  friend class EventQueue;
  void died_pending() noexcept;

  Action action_;
  SimTime due_{};
  uint64_t sequence_ = 0;
  EventQueue* queue_ = nullptr;
  uint32_t slot_ = 0;
};

}  // namespace raidsim
