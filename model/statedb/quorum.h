// model/statedb/quorum.h: how many replicas are enough (DB-Q0). Pure.
//
//   replicas    1 2 3 4 5 6 7
//   to run      1 1 2 2 3 3 4      half of them, rounded up
//   to boot     1 2 2 3 3 4 4      more than half
#pragma once

#include <cstdint>

namespace raidsim::statedb {

[[nodiscard]] constexpr uint32_t half_of(uint32_t replicas) noexcept { return (replicas + 1) / 2; }

[[nodiscard]] constexpr bool enough_to_run(uint32_t there, uint32_t replicas) noexcept {
  return there >= half_of(replicas);
}

/// `half_is_enough`: an override by the administrator for exactly half of an even number (DB-B9).
[[nodiscard]] constexpr bool enough_to_boot(uint32_t votes, uint32_t replicas, bool half_is_enough = false) noexcept {
  if (votes == half_of(replicas)) return replicas % 2 == 1 || half_is_enough;
  return votes > half_of(replicas);
}

}  // namespace raidsim::statedb
