// engine/policy/policies.h: the policies there are; each has a file of its own, which describes it.
#pragma once

#include <memory>

#include "engine/policy/policy.h"

namespace raidsim::policies {

[[nodiscard]] std::unique_ptr<Policy> make_fifo();                                              // fifo.cpp
[[nodiscard]] std::unique_ptr<Policy> make_random(ChoiceStream& schedule);                      // random.cpp
[[nodiscard]] std::unique_ptr<Policy> make_pct(const PolicyOptions&, ChoiceStream& schedule);   // pct.cpp
[[nodiscard]] std::unique_ptr<Policy> make_walk(const PolicyOptions&, ChoiceStream& schedule);  // walk.cpp

}  // namespace raidsim::policies
