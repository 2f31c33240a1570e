// engine/hold.h: fibers that are held off: whatever makes them ready, they do not run for a while.
//
//   made ready ──> held off? ── no ──> ready list ──> a policy picks
//                     └── yes ──> set aside ── the hold is over ──> ready list, in the order of becoming ready
//
// A starved thread, as far as others can see. It is known by its name and host, so that one which is spawned meanwhile
// is held off too. Where nobody is, this costs a test of a byte that is looked at anyway.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/event.h"
#include "engine/time.h"

namespace raidsim {

class Host;
class Kernel;
struct FiberBlock;

/// Over when its moment has come and its number of decisions was taken.
struct Hold : Event {
  Hold(const Host& host, std::string_view name, SimTime until, uint64_t until_step);
  [[nodiscard]] bool covers(const FiberBlock& fiber) const noexcept;

  Kernel& kernel;
  const Host* host;
  std::string name;
  SimTime until;
  uint64_t until_step;
  uint32_t number = 0;  ///< in the run, from 1
};

}  // namespace raidsim
