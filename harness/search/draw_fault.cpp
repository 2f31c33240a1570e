#include "harness/search/draw_fault.h"

#include <algorithm>

#include "scenarios/fault_table.h"

namespace raidsim::harness {
namespace {

using namespace scenarios;

bool takes_count(unsigned number) {
  const std::span<const ParameterRow* const> rows = fault_row(fault_id(number)).parameters;
  return std::any_of(rows.begin(), rows.end(), [](const ParameterRow* row) { return row->key == "count"; });
}

}  // namespace

unsigned draw_number(std::span<const Weighted> table, ChoiceStream& stream) {
  uint64_t sum = 0;
  for (const Weighted& w : table) sum += w.weight;
  uint64_t at = stream.below(sum);
  for (const Weighted& w : table) {
    if (at < w.weight) return w.number;
    at -= w.weight;
  }
  return table.back().number;
}

Trigger draw_early(uint64_t steps, ChoiceStream& stream) {
  const uint64_t scale = steps >> stream.below(6);
  return AtEvent{.nth = 1 + stream.below(std::max<uint64_t>(scale, 1))};
}

FaultParameters draw_parameters(unsigned number, ChoiceStream& stream) {
  FaultParameters with;
  const uint64_t count = stream.between(1, 3);
  if (takes_count(number)) with.count = count;
  switch (number) {
    case 1:
      with.error_after = stream.duration_between(Duration{}, 10ms);
      break;
    case 3:
      with.effect_fraction = static_cast<double>(stream.below(5)) / 4.0;
      break;
    case 8:
      with.with_error = stream.chance(0.5);
      break;
    case 10:
      with.mask = static_cast<Mask>(stream.below(4));
      break;
    case 11:
      with.op = stream.chance(0.5) ? Op::read : Op::write;
      break;
    case 13:
    case 14:
      with.delta_blocks = static_cast<int64_t>(stream.between(1, 256));
      break;
    case 16:
      with.torn = static_cast<TornRule>(1 + stream.below(3));
      break;
    case 19:
      with.adversarial = stream.chance(0.5);
      break;
    case 25:
      with.factor = static_cast<double>(stream.between(2, 100));
      with.lasts = stream.duration_between(1ms, 10s);
      break;
    case 26:
      with.stall = stream.duration_between(1s, 90s);
      break;
    case 27:
      with.effect = static_cast<MediumEffect>(stream.below(3));
      break;
    case 43:
      if (stream.chance(0.5)) with.lasts = stream.duration_between(1ms, 30s);
      break;
    default:
      break;
  }
  return with;
}

}  // namespace raidsim::harness
