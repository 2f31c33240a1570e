// harness/search/items.h: the work of a campaign, numbered: item k is scenario k mod S at seed first + k / S.
#pragma once

#include <cstddef>
#include <cstdint>

namespace raidsim::harness {

struct Item {
  size_t scenario = 0;
  uint64_t seed = 0;
};

/// No campaign comes to its end; indexes below it may be stepped without overflow.
inline constexpr uint64_t most_items = uint64_t{1} << 62;

struct Items {
  uint64_t first_seed = 1, last_seed = 1;
  size_t scenarios = 1;

  [[nodiscard]] Item at(uint64_t k) const noexcept {
    return {.scenario = static_cast<size_t>(k % scenarios), .seed = first_seed + k / scenarios};
  }
  [[nodiscard]] uint64_t count() const noexcept {
    const uint64_t after_first = last_seed - first_seed;
    return after_first >= most_items / scenarios ? most_items : (after_first + 1) * scenarios;
  }
};

}  // namespace raidsim::harness
