#include <CLI/CLI.hpp>
#include <fmt/core.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "harness/cli/commands.h"
#include "harness/cli/files.h"
#include "harness/runner.h"
#include "harness/search/explore.h"
#include "scenarios/load.h"
#include "scenarios/save.h"

namespace raidsim::cli {
namespace {

struct Options {
  std::vector<std::string> files;
  std::string seeds = "1..100";
  std::string time, profile, out;
  uint32_t jobs = 1;
  bool json = false;
};

nlohmann::json to_json(const harness::ExploreResult& result, const std::vector<scenarios::Scenario>& scenarios) {
  nlohmann::json out{{"runs", result.runs}, {"failed", result.failed}, {"events", result.events}, {"outcomes", result.outcomes}, {"never_reached", result.never_reached}};
  out["failures"] = nlohmann::json::array();
  for (const auto& f : result.failures) {
    out["failures"].push_back({{"id", f.id}, {"place", f.place}, {"text", f.text}, {"scenario", scenarios[f.scenario].name}, {"seed", f.seed}, {"count", f.count}});
  }
  return out;
}

/// Writes the scenario of each distinct failure, so that `raidsim run` repeats it. Returns the paths.
std::vector<std::string> write_failures(const Options& options, const harness::ExploreResult& result,
                                        const std::vector<scenarios::Scenario>& scenarios, scenarios::Profile profile) {
  std::vector<std::string> paths;
  std::filesystem::create_directories(options.out);
  for (size_t i = 0; i < result.failures.size(); ++i) {
    const auto& f = result.failures[i];
    scenarios::Scenario scenario = harness::scenario_of_seed(scenarios[f.scenario], profile, f.seed);
    const std::string path = fmt::format("{}/{:03}-{}-seed{}.json", options.out, i + 1, f.id, f.seed);
    write_text(path, scenarios::save_json(scenario).dump(2) + "\n");
    paths.push_back(path);
  }
  return paths;
}

void print(const harness::ExploreResult& result, const std::vector<scenarios::Scenario>& scenarios,
           const std::vector<std::string>& paths, double seconds) {
  fmt::print("{} runs in {:.1f} s ({:.0f}/s), {} events, {} failed, {} distinct\n", result.runs, seconds,
             static_cast<double>(result.runs) / seconds, result.events, result.failed, result.failures.size());
  for (const auto& [word, n] : result.outcomes) fmt::print("  {:>8} {}\n", n, word);
  for (size_t i = 0; i < result.failures.size(); ++i) {
    const auto& f = result.failures[i];
    fmt::print("{} ({} times) in \"{}\", first at seed {}: {}\n", f.id, f.count, scenarios[f.scenario].name, f.seed, f.text);
    if (i < paths.size()) fmt::print("    raidsim run {}\n", paths[i]);
  }
  for (const std::string& mark : result.never_reached) fmt::print("never reached: {}\n", mark);
}

int explore(const Options& options) {
  std::vector<scenarios::Scenario> scenarios;
  for (const std::string& file : scenario_files(options.files)) scenarios.push_back(scenarios::load_file(file));
  harness::ExploreOptions what;
  std::tie(what.first_seed, what.last_seed) = seed_range(options.seeds);
  what.jobs = options.jobs;
  what.profile = profile_named(options.profile);
  if (!options.time.empty()) {
    what.time_limit = wall_time(options.time);
    what.last_seed = std::max<uint64_t>(what.last_seed, what.first_seed + 1'000'000'000);
  }
  const bool show = isatty(STDERR_FILENO) != 0 && !options.json;
  const auto began = std::chrono::steady_clock::now();
  const auto elapsed = [&] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count(); };
  const auto progress = [&](uint64_t runs, uint64_t total, size_t distinct) {
    if (!show) return;
    const double rate = static_cast<double>(runs) / std::max(elapsed(), 1e-3);
    fmt::print(stderr, "\r{} of {} seeds, {:.0f}/s, {} distinct failures, {:.0f} s left   ", runs, total, rate, distinct,
               options.time.empty() ? static_cast<double>(total - runs) / std::max(rate, 1e-3)
                                    : static_cast<double>(what.time_limit.count()) / 1e3 - elapsed());
  };
  const harness::ExploreResult result = harness::explore(scenarios, what, progress);
  if (show) fmt::print(stderr, "\r{:70}\r", "");
  std::vector<std::string> paths;
  if (!options.out.empty()) paths = write_failures(options, result, scenarios, what.profile);
  if (options.json) {
    fmt::print("{}\n", to_json(result, scenarios).dump());
  } else {
    print(result, scenarios, paths, elapsed());
  }
  return result.failures.empty() ? exit_good : exit_violation;
}

}  // namespace

void add_explore(CLI::App& app, Action& action) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("explore", "Runs many seeds and tells distinct failures apart");
  command->add_option("file", options->files, "scenario files, or folders of them")->required();
  command->add_option("--seeds", options->seeds, "seeds A..B (1..100)");
  command->add_option("--time", options->time, "run for so long instead, for example 60s");
  command->add_option("--profile", options->profile, "draw faults: clean, honest-1, honest-2, power, liar, storm");
  command->add_option("-j", options->jobs, "worker processes (1)")->check(CLI::Range(1, 256));
  command->add_option("--out", options->out, "folder for the scenarios that failed");
  command->add_flag("--json", options->json, "one JSON object on standard output");
  command->footer("example: raidsim explore scenarios/library --seeds 1..1000 --profile honest-1 -j 2 --out out");
  command->callback([&action, options] { action = [options] { return explore(*options); }; });
}

}  // namespace raidsim::cli
