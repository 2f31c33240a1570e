// engine/time.h: virtual time, as std::chrono types without a clock behind them.
//
// SimTime counts nanoseconds since the start of the run. There is no now() here: the only clock is
// Simulation::now(), so code cannot read the machine's time by mistake.
#pragma once

#include <chrono>
#include <cstdint>

namespace raidsim {

using namespace std::chrono_literals;

using Duration = std::chrono::duration<int64_t, std::nano>;

/// Tag of virtual time. It deliberately has no now().
struct VirtualClock {
  using duration = Duration;
  using rep = Duration::rep;
  using period = Duration::period;
  static constexpr bool is_steady = true;
};

using SimTime = std::chrono::time_point<VirtualClock, Duration>;

inline constexpr SimTime sim_start{};
inline constexpr SimTime sim_never{Duration::max()};

/// `t` + `delay`, at most sim_never.
[[nodiscard]] constexpr SimTime after(SimTime t, Duration delay) {
  return delay < sim_never - t ? t + delay : sim_never;
}

[[nodiscard]] constexpr int64_t to_ns(SimTime t) { return t.time_since_epoch().count(); }
[[nodiscard]] constexpr int64_t to_ns(Duration d) { return d.count(); }

}  // namespace raidsim
