// engine/policy/policy.h: who runs next, among ready fibers and the pending events inside a window.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "engine/time.h"

namespace raidsim {

class ChoiceStream;

enum class PolicyKind : uint8_t {
  fifo,    ///< ready fibers in order of becoming ready, then the earliest event
  random,  ///< uniform among the candidates at each scheduling point
  pct,     ///< fixed random priorities with `pct_depth` - 1 change points (Burckhardt et al., ASPLOS 2010)
  walk,    ///< uniform random walk over schedules: candidates weighted by their estimated remaining steps
};

struct PolicyOptions {
  PolicyKind kind = PolicyKind::fifo;
  /// Events up to this far behind the earliest one are candidates too; 0 leaves time in charge. The
  /// clock never runs back: an event taken early runs at its due time, an event overtaken runs late.
  Duration window{};
  uint32_t pct_depth = 3;
  uint64_t pct_steps = 10'000;  ///< estimated length of the run, where change points are placed
};

}  // namespace raidsim
