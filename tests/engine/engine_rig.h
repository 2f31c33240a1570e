// tests/engine/engine_rig.h: small things that the engine's failure stories share.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "engine/host.h"
#include "engine/simulation.h"
#include "engine/sync/condition.h"
#include "engine/sync/mutex.h"
#include "engine/sync/rwlock.h"
#include "engine/sync/semaphore.h"

namespace raidsim {

inline constexpr LockClass class_a{"lock a", 1};
inline constexpr LockClass class_b{"lock b", 2};
inline constexpr LockClass class_free{"free lock", 0};
inline constexpr LockClass class_leaf{"leaf lock", 90, true};

/// An event whose action is a lambda, scheduled at once.
class At : public Event {
 public:
  At(Simulation& simulation, SimTime when, std::function<void()> action)
      : Event([](Event& event) { static_cast<At&>(event).action_(); }), action_(std::move(action)) {
    simulation.schedule(*this, when);
  }

 private:
  std::function<void()> action_;
};

/// An event for Host::set_on_dead.
class OnDead : public Event {
 public:
  OnDead(Host& host, std::function<void()> action)
      : Event([](Event& event) { static_cast<OnDead&>(event).action_(); }), action_(std::move(action)) {
    host.set_on_dead(this);
  }

 private:
  std::function<void()> action_;
};

inline SimTime at_ns(int64_t ns) { return SimTime{Duration{ns}}; }

/// What happened, as a readable line.
class Story {
 public:
  void tell(const std::string& word) { text_ += (text_.empty() ? "" : " ") + word; }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

/// Tells its word when it dies: a destructor on a killed fiber's stack.
class Ghost {
 public:
  Ghost(Story& story, std::string word) : story_(story), word_(std::move(word)) {}
  ~Ghost() { story_.tell(word_); }
  Ghost(const Ghost&) = delete;
  Ghost& operator=(const Ghost&) = delete;

 private:
  Story& story_;
  std::string word_;
};

}  // namespace raidsim
