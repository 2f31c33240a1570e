// engine/host.h: a group of fibers that dies together: one machine under test.
//
// From boot to crash is one epoch. crash() may be called anywhere (an event, a fiber of the host, a
// fiber outside); the fibers end in order of logical id before any other event or fiber runs, then
// `on_dead` runs in the event loop, where the owner frees the memory of the epoch.
//
// Between crash() and its end a fiber still runs destructors, and what lies between a mutex unlock or a
// signal and its next wait. So whatever leaves the host (a transfer, an acknowledge) asks up() first.
#pragma once

#include <cstdint>

#include "engine/event.h"
#include "engine/fiber.h"
#include "engine/kernel.h"

namespace raidsim {

class Simulation;

class Host {
 public:
  /// `name` must outlive the host. A new host is up, epoch 1.
  Host(Simulation& simulation, const char* name);
  /// Ends what still runs; inside of a run the host must be dead or without fibers.
  ~Host();
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  [[nodiscard]] Simulation& simulation() const noexcept;
  [[nodiscard]] const char* name() const noexcept { return name_; }
  [[nodiscard]] bool up() const noexcept { return state_ == State::up; }
  [[nodiscard]] uint32_t epoch() const noexcept { return epoch_; }
  [[nodiscard]] uint32_t fibers() const noexcept { return fibers_; }  ///< that have not ended

  struct SpawnOptions {
    bool daemon = false;  ///< waits for work for ever; not counted as blocked
  };
  /// Starts a fiber of this host; see Simulation::spawn. Shape  the host is up
  template <class Body>
  FiberId spawn(const char* name, Body body) {
    return spawn(name, std::move(body), SpawnOptions{});
  }
  template <class Body>
  FiberId spawn(const char* name, Body body, SpawnOptions options) {
    if (!may_spawn()) [[unlikely]]
      return FiberId::none;
    return kernel_->spawn(name, this, options.daemon, std::move(body));
  }

  /// Ends the epoch. Returns at once to an event or to a foreign fiber; does not return to a fiber of
  /// this host (it throws FiberKilled). No effect on a host that is not up.
  void crash();
  /// The action of `event` runs once, at the time of the crash, after the last fiber has ended.
  void set_on_dead(Event* event) noexcept { on_dead_ = event; }
  /// Begins the next epoch; only when dead.
  void boot();

  [[nodiscard]] bool dead() const noexcept { return state_ == State::dead; }  ///< crashed, the last fiber has ended

 private:
  friend class Kernel;
  friend struct Hold;
  enum class State : uint8_t { up, dying, dead };
  [[nodiscard]] bool may_spawn() const;
  uint32_t joined() noexcept;  ///< a fiber was born; returns the host's number in the run
  [[nodiscard]] bool left() noexcept { return --fibers_ == 0 && state_ == State::dying; }
  void finish_crash();
  void simulation_gone() noexcept { kernel_ = nullptr; }

  Kernel* kernel_;
  const char* name_;
  Event* on_dead_ = nullptr;
  uint32_t number_;
  uint32_t epoch_ = 1;
  uint32_t fibers_ = 0;
  State state_ = State::up;
};

}  // namespace raidsim
