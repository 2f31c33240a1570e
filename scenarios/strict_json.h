// scenarios/strict_json.h: JSON text to a document, refusing what the library would quietly change.
//
// nlohmann/json keeps the last of two equal keys and turns an integer beyond 64 bits into a double; a seed of twenty
// digits would then run another seed. Here both are errors, and so is what no scenario needs (limits below).
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace raidsim::scenarios {

inline constexpr size_t json_bytes_max = size_t{16} << 20;
inline constexpr size_t json_depth_max = 32;

/// Shape   UTF-8 without byte order mark or comments; at most json_bytes_max bytes, json_depth_max levels
/// Errors  ScenarioError at "line L, column C", or at the JSON Pointer for a duplicate key, a number that does not fit
///         or too many levels; `file` is only named in it
[[nodiscard]] nlohmann::json parse_strict(std::string_view text, const std::string& file);

/// Reads and parses a regular file. Errors  ScenarioError also for a file that cannot be read or is too large.
[[nodiscard]] nlohmann::json read_json_file(const std::filesystem::path& path);

/// `text` as one reference token of a JSON Pointer.
[[nodiscard]] std::string pointer_token(std::string_view text);

}  // namespace raidsim::scenarios
