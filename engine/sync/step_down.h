// engine/sync/step_down.h: a fiber goes on, for a while, with an object below the one whose locks it holds.
//
// Objects may stand on one another, each with the same few locks. Everything an upper object has comes before
// everything a lower one has, whatever their classes and instances say; the order checks learn of a step down from this
// token. It is the caller who knows that the object is a lower one, and that no chain of steps leads back.
#pragma once

#include "engine/fiber.h"

namespace raidsim {

struct FiberBlock;

class StepDown {
 public:
  StepDown();  ///< from a fiber
  ~StepDown();
  StepDown(const StepDown&) = delete;
  StepDown& operator=(const StepDown&) = delete;

 private:
  FiberBlock& fiber_;
  size_t before_;
};

}  // namespace raidsim
