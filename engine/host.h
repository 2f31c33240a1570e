// engine/host.h: a group of fibers that dies together: one machine under test.
//
// From boot to crash is one epoch. crash() may be called anywhere (an event, a fiber of the host, a
// fiber outside); the fibers end in order of logical id before any other event or fiber runs, then
// `on_dead` runs in the event loop, where the owner frees the memory of the epoch.
#pragma once

#include <cstdint>

#include "engine/event.h"
#include "engine/fiber.h"

namespace raidsim {

class Simulation;

class Host {
 public:
  /// `name` must outlive the host. A new host is up, epoch 1.
  Host(Simulation& simulation, const char* name);
  ~Host();

  [[nodiscard]] Simulation& simulation() const noexcept;
  [[nodiscard]] bool up() const noexcept;
  [[nodiscard]] uint32_t epoch() const noexcept;

  struct SpawnOptions {
    bool daemon = false;  ///< waits for work for ever; not counted as blocked
  };
  /// Starts a fiber of this host; see Simulation::spawn.
  template <class Body>
  FiberId spawn(const char* name, Body body, SpawnOptions options = {});

  /// Ends the epoch. Returns at once to an event or to a foreign fiber; does not return to a fiber of
  /// this host (it throws FiberKilled).
  void crash();
  /// The action of `event` runs once, at the time of the crash, after the last fiber has ended.
  void set_on_dead(Event* event) noexcept;
  /// Begins the next epoch; only when dead.
  void boot();

  [[nodiscard]] bool dead() const noexcept;  ///< crashed, and the last fiber has ended
};

}  // namespace raidsim
