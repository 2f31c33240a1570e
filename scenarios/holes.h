// scenarios/holes.h: holes that a seed fills, so that one file stands for many scenarios.
//
//   {"choose": ["ssd", "hdd"]}      one of the values, whatever they are
//   {"range": [1, 10]}              a whole number between both, both included
//   {"range": [0.1, 0.9]}           a number in millionths of the distance
//   {"range": ["10ms", "2s"]}       a time, in nanoseconds
//   {"range": ["4KiB", "64KiB"]}    a size, in blocks where both ends are whole blocks
//
// An object is a hole if "choose" or "range" is its only key. Each hole draws by its own place in the file (its JSON
// Pointer), so a new hole moves no other; a chosen value may have holes of its own.
#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace raidsim::scenarios {

/// A number in [0, bound) for the hole at a pointer. Shape  bound >= 1.
using HolePicker = std::function<uint64_t(std::string_view pointer, uint64_t bound)>;

/// A pure function of seed, pointer and bound, the same for ever: 0 is no special seed.
[[nodiscard]] HolePicker seeded_holes(uint64_t seed);

/// Errors  ScenarioError for an empty choice or a range that is none.
[[nodiscard]] nlohmann::json fill_holes(const nlohmann::json& document, const HolePicker& pick,
                                        const std::string& file);

/// Whether any hole is left in it: such a file is another scenario at each seed.
[[nodiscard]] bool has_holes(const nlohmann::json& document);

}  // namespace raidsim::scenarios
