#include "harness/cli/files.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>

#include "scenarios/quantity.h"
#include "scenarios/words.h"

namespace raidsim::cli {
namespace {

namespace fs = std::filesystem;

uint64_t number(const std::string& text, const std::string& whole) {
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty()) {
    throw UsageError(fmt::format("raidsim: --seeds {}: not a range of seeds; for example 1..1000", whole));
  }
  return value;
}

}  // namespace

std::vector<std::string> scenario_files(const std::vector<std::string>& given) {
  std::vector<std::string> files;
  for (const std::string& path : given) {
    if (!fs::is_directory(path)) {
      files.push_back(path);
      continue;
    }
    std::vector<std::string> found;
    for (const auto& entry : fs::recursive_directory_iterator(path)) {
      const bool schema = entry.path().filename() == "scenario.schema.json";
      if (entry.is_regular_file() && entry.path().extension() == ".json" && !schema)
        found.push_back(entry.path().string());
    }
    std::sort(found.begin(), found.end());
    if (found.empty()) throw UsageError(fmt::format("{}: no scenario files (*.json) in this folder", path));
    files.insert(files.end(), found.begin(), found.end());
  }
  return files;
}

std::pair<uint64_t, uint64_t> seed_range(const std::string& text) {
  const size_t dots = text.find("..");
  if (dots == std::string::npos) return {number(text, text), number(text, text)};
  const std::pair<uint64_t, uint64_t> range{number(text.substr(0, dots), text), number(text.substr(dots + 2), text)};
  if (range.second < range.first) throw UsageError(fmt::format("raidsim: --seeds {}: the range is empty", text));
  return range;
}

std::chrono::milliseconds wall_time(const std::string& text) {
  const auto time = scenarios::parse_time(text);
  if (!time || *time <= Duration{}) {
    throw UsageError(fmt::format("raidsim: --time {}: not a time; for example 60s", text));
  }
  return std::chrono::duration_cast<std::chrono::milliseconds>(*time);
}

scenarios::Profile profile_named(const std::string& word) {
  if (word.empty()) return scenarios::Profile::none;
  const auto profile = scenarios::from_word<scenarios::Profile>(word);
  if (!profile) {
    throw UsageError(
        fmt::format("raidsim: --profile {}: no such profile; one of clean, honest-1, honest-2, power, replica, "
                    "identity, liar, storm",
                    word));
  }
  return *profile;
}

std::string misfit(const scenarios::Scenario& scenario, scenarios::Profile profile) {
  for (const scenarios::Unit& unit : scenario.units) {
    if (unit.kind == scenarios::UnitKind::raid5 || profile == scenarios::Profile::none) continue;
    return fmt::format("{} of \"{}\" is a stripe; a profile draws for RAID-5 units only", unit.name, scenario.name);
  }
  return {};
}

void write_text(const std::string& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary);
  out << text;
  if (!out.flush()) throw UsageError(fmt::format("{}: cannot be written", path));
}

}  // namespace raidsim::cli
