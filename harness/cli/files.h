// harness/cli/files.h: reading what users type: files, folders, seeds, times. Errors throw UsageError.
#pragma once

#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "scenarios/scenario.h"

namespace raidsim::cli {

/// Bad usage or bad input: one line, exit status 2.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Folders are searched for *.json, in order of path; files are taken as they are.
[[nodiscard]] std::vector<std::string> scenario_files(const std::vector<std::string>& given);
[[nodiscard]] std::pair<uint64_t, uint64_t> seed_range(const std::string& text);  ///< "A..B" or "A"
[[nodiscard]] std::chrono::milliseconds wall_time(const std::string& text);       ///< "60s"
[[nodiscard]] scenarios::Profile profile_named(const std::string& word);          ///< "" is none
/// Profiles draw for RAID-5 units only: which unit is of another kind. Empty: the profile fits
[[nodiscard]] std::string misfit(const scenarios::Scenario& scenario, scenarios::Profile profile);
void write_text(const std::string& path, const std::string& text);

}  // namespace raidsim::cli
