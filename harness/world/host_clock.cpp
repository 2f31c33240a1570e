#include "harness/world/host_clock.h"

#include <algorithm>

namespace raidsim::harness {

using scenarios::ClockAnomaly;

int64_t HostClock::right_ns() const { return to_ns(epoch_ + offset_) + to_ns(simulation_.now()); }

int64_t HostClock::wall_ns() {
  const SimTime now = simulation_.now();
  if (now >= wrong_until_) [[likely]]
    return right_ns();
  const int64_t gone = to_ns(now - wrong_since_);
  const int64_t shown = stretch_ == Duration{} ? 0 : gone % to_ns(stretch_);
  return right_ns() - gone + shown;
}

void HostClock::go_wrong(const scenarios::FaultParameters& with) {
  const SimTime now = simulation_.now();
  switch (with.host.anomaly) {
    case ClockAnomaly::forward:
      offset_ += with.host.step;
      return;
    case ClockAnomaly::back:
      offset_ -= with.host.step;
      return;
    case ClockAnomaly::stand_still:
      stretch_ = {};
      break;
    case ClockAnomaly::repeat:
      stretch_ = with.host.step;
      break;
  }
  wrong_since_ = now;
  wrong_until_ = after(now, *with.lasts);
}

}  // namespace raidsim::harness
