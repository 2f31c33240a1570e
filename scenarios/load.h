// scenarios/load.h: a scenario file to a Scenario, or the one line that says what is wrong with it.
//
// Defaults are those of spec/decisions.md D-08; unknown keys are errors. What is refused beyond shapes and ranges:
// names that nobody defined, a disk in two roles, units without room for log and one line, spares too small for their
// units (unless "allow_small"), places beyond a disk or unit, faults that this version cannot inject.
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "scenarios/holes.h"
#include "scenarios/scenario.h"

namespace raidsim::scenarios {

struct LoadOptions {
  std::optional<uint64_t> seed;  ///< instead of the file's; fills holes and becomes Scenario::seed
  HolePicker holes;              ///< instead of seeded_holes(seed)
  std::filesystem::path folder;  ///< trace paths start here; load_file takes the file's own folder
};

/// Errors  ScenarioError, always; no other exception leaves for any input
[[nodiscard]] Scenario load_file(const std::filesystem::path& path, const LoadOptions& options = {});
[[nodiscard]] Scenario load_text(std::string_view text, const std::string& file, const LoadOptions& options = {});
[[nodiscard]] Scenario load_json(const nlohmann::json& document, const std::string& file,
                                 const LoadOptions& options = {});

}  // namespace raidsim::scenarios
