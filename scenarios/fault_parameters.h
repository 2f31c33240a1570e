// scenarios/fault_parameters.h: the rows of fault_table.h's parameters, by name.
#pragma once

#include "scenarios/fault_table.h"

namespace raidsim::scenarios::parameter {

extern const ParameterRow count, probability, lasts, op, error_after, effect_fraction, bursts, burst_size, radius,
    burst_gap, fraction, with_error, mask, bits, other, delta, to_disk, versions, torn, split_sector, neighbours,
    destage, cache_size, keep, adversarial, covers, factor, stall, timeout, retries, effect, delay, content, size, of,
    newer, paths, error, window, commits, reported_size, by, new_id, cache_kind, nvram_form, age, period, duty;

}  // namespace raidsim::scenarios::parameter
