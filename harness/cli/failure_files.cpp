#include "harness/cli/failure_files.h"

#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "harness/cli/files.h"
#include "harness/cli/run_repeat.h"
#include "harness/world/prepared_image.h"
#include "reports/story.h"
#include "scenarios/save.h"

namespace raidsim::cli {
namespace {

namespace fs = std::filesystem;

/// Recorded workloads are named relative to their scenario file; the copy lies elsewhere.
scenarios::Scenario moved(scenarios::Scenario scenario, const std::string& from) {
  const fs::path folder = fs::absolute(from).parent_path();
  for (scenarios::Workload& workload : scenario.workload) {
    if (workload.trace) workload.trace->path = (folder / workload.trace->path).lexically_normal().string();
  }
  return scenario;
}

}  // namespace

void make_folder(const std::string& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw UsageError(fmt::format("{}: {}", folder, error.message()));
  if (!fs::is_directory(folder)) throw UsageError(folder + ": this is no folder");
  if (access(folder.c_str(), W_OK | X_OK) != 0) throw UsageError(fmt::format("{}: {}", folder, std::strerror(errno)));
}

std::string write_failure(const std::string& folder, size_t number, const harness::DistinctFailure& failure,
                          const scenarios::Scenario& base, const std::string& base_file, scenarios::Profile profile) {
  const scenarios::Scenario scenario = moved(harness::scenario_of_seed(base, profile, failure.seed), base_file);
  const std::string stem = fmt::format("{}/{:03}-{}-seed{}", folder, number, failure.id, failure.seed);
  const std::string path = stem + ".json";
  write_text(path, scenarios::save_text(scenario));
  if (failure.id == "PROCESS") return path;
  const auto image = harness::prepare_image(scenario);
  const TraceFile trace = traced_run(scenario, *image, {.seed = failure.seed}, failure.trace_hash,
                                     {.file = path, .seed = failure.seed, .profile = {}});
  save_trace(stem + ".trace", trace);
  write_text(stem + ".txt", reports::story(trace, {.replay = replay_command(stem + ".trace")}));
  return path;
}

}  // namespace raidsim::cli
