// harness/world/host_clock.h: the wall clock of the machine under test, and how it goes wrong (F54).
//
//   wall = epoch + virtual time + offset      forward, back   the offset changes
//                                             stand-still     one value for a while, then where it would have been
//                                             repeat          the same stretch again and again for a while
#pragma once

#include <cstdint>

#include "engine/simulation.h"
#include "model/md/environment.h"
#include "scenarios/fault_spec.h"

namespace raidsim::harness {

class HostClock final : public md::WallClock {
 public:
  HostClock(const Simulation& simulation, Duration epoch) : simulation_(simulation), epoch_(epoch) {}
  /// Units  ns since 1970; may be negative after a jump
  [[nodiscard]] int64_t wall_ns() override;
  void go_wrong(const scenarios::FaultParameters& with);
  void faults_stop() noexcept { wrong_until_ = {}; }  ///< a jump stays

 private:
  [[nodiscard]] int64_t right_ns() const;
  const Simulation& simulation_;
  Duration epoch_;
  Duration offset_{};
  SimTime wrong_since_{}, wrong_until_{};
  Duration stretch_{};  ///< that is repeated; 0: it stands still
};

}  // namespace raidsim::harness
