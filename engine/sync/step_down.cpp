#include "engine/sync/step_down.h"

#include "engine/kernel.h"

namespace raidsim {

StepDown::StepDown() : fiber_(Kernel::caller()), before_(fiber_.held.step_down()) {}
StepDown::~StepDown() { fiber_.held.step_up(before_); }

}  // namespace raidsim
