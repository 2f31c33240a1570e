// engine/event.h: a due moment with an action, embedded in the object that waits for it.
//
// Events are intrusive: arming one allocates nothing, and cancelling is cheap. The action runs in the
// event loop, on whatever stack the loop happens to use: it must not suspend.
#pragma once

#include <cstdint>

#include "engine/time.h"

namespace raidsim {

class Event {
 public:
  using Action = void (*)(Event&);
  explicit constexpr Event(Action action) : action_(action) {}
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  ~Event();  ///< asserts that it is not pending

  [[nodiscard]] bool pending() const noexcept { return slot_ != not_queued; }
  [[nodiscard]] SimTime due() const noexcept { return due_; }

 private:
  friend class EventQueue;
  static constexpr uint32_t not_queued = UINT32_MAX;
  Action action_;
  SimTime due_{};
  uint64_t sequence_ = 0;
  uint32_t slot_ = not_queued;
};

}  // namespace raidsim
