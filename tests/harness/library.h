// tests/harness/library.h: the shipped scenarios, for tests that run all of them.
#pragma once

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

namespace raidsim::harness {

/// Paths of all files of scenarios/library, sorted.
inline std::vector<std::string> library_files() {
  std::vector<std::string> out;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(RAIDSIM_LIBRARY)) {
    if (entry.path().extension() == ".json") out.push_back(entry.path().string());
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace raidsim::harness
