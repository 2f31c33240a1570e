// scenarios/names.h: names of disks, units and pools.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace raidsim::scenarios {

/// A letter, then letters, digits, '_', '-' or '.', at most 32 characters, without "..".
[[nodiscard]] bool is_disk_name(std::string_view text);
/// Minor of "d<n>", n below 8192 without leading zeros; nothing if `text` is no unit name.
[[nodiscard]] std::optional<uint32_t> unit_minor(std::string_view text);
/// Id of "hsp<nnn>": three digits.
[[nodiscard]] std::optional<uint32_t> pool_id(std::string_view text);

/// The names that "d0..d5" stands for, in order; a plain name stands for itself.
/// Errors  nothing if it is neither; a range has one prefix, ascending numbers without leading zeros, at most 4096
///         names.
[[nodiscard]] std::optional<std::vector<std::string>> expand_names(std::string_view text);

/// The candidate nearest to a misspelt word, if one is near enough to be meant.
template <typename Words>
[[nodiscard]] std::optional<std::string_view> nearest(std::string_view text, const Words& candidates);

/// Insertions, deletions and replacements between two words.
[[nodiscard]] size_t edit_distance(std::string_view a, std::string_view b);

template <typename Words>
std::optional<std::string_view> nearest(std::string_view text, const Words& candidates) {
  std::optional<std::string_view> best;
  size_t best_distance = 1 + text.size() / 3;  // Source  chosen: one slip in a short word, more in a long one
  for (const std::string_view candidate : candidates) {
    const size_t distance = edit_distance(text, candidate);
    if (distance <= best_distance && (!best || distance < best_distance)) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

}  // namespace raidsim::scenarios
