// harness/search/draw_fault.h: a fault, its parameters and its moment, drawn at random.
#pragma once

#include <cstdint>
#include <span>

#include "engine/choice.h"
#include "scenarios/fault_spec.h"
#include "scenarios/script_spec.h"

namespace raidsim::harness {

/// Faults of a profile, by catalogue number with their weights.
struct Weighted {
  unsigned number;
  uint32_t weight;
};
[[nodiscard]] unsigned draw_number(std::span<const Weighted> table, ChoiceStream& stream);

/// Shape  a field that the fault's row does not name keeps its default: it would not be saved
[[nodiscard]] scenarios::FaultParameters draw_parameters(unsigned number, ChoiceStream& stream);

/// A step of a run of `steps`, earlier ones as likely as later ones on a logarithmic scale.
[[nodiscard]] scenarios::Trigger draw_early(uint64_t steps, ChoiceStream& stream);

}  // namespace raidsim::harness
