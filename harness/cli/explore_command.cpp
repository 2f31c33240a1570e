#include <fmt/core.h>
#include <CLI/CLI.hpp>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "harness/cli/commands.h"
#include "harness/cli/failure_files.h"
#include "harness/cli/files.h"
#include "harness/cli/interrupt.h"
#include "harness/cli/run_repeat.h"
#include "harness/cli/terminal.h"
#include "harness/search/explore.h"
#include "scenarios/holes.h"
#include "scenarios/load.h"
#include "scenarios/strict_json.h"

namespace raidsim::cli {
namespace {

struct Options {
  std::vector<std::string> files;
  std::string seeds, time, profile, out;
  uint32_t jobs = 1;
  bool json = false;
};

/// The files of a campaign, as loaded; one with holes is loaded again for each seed.
class Sources {
 public:
  /// Scenarios that the profile does not fit are left out. Errors  UsageError: none is left
  Sources(const std::vector<std::string>& given, scenarios::Profile profile) {
    for (const std::string& file : scenario_files(given)) {
      scenarios::Scenario loaded = scenarios::load_file(file);
      if (std::string why = misfit(loaded, profile); !why.empty()) {
        left_out.push_back(std::move(why));
        continue;
      }
      files.push_back(file);
      scenarios.push_back(std::move(loaded));
      holes_.push_back(scenarios::has_holes(scenarios::read_json_file(file)));
    }
    if (files.empty() && !left_out.empty()) throw UsageError("raidsim: --profile: " + left_out.front());
  }

  [[nodiscard]] std::optional<scenarios::Scenario> refilled(size_t index, uint64_t seed) const {
    if (!holes_[index]) return {};
    scenarios::LoadOptions how;
    how.seed = seed;
    return scenarios::load_file(files[index], how);
  }
  [[nodiscard]] scenarios::Scenario at(size_t index, uint64_t seed) const {
    const auto filled = refilled(index, seed);
    return filled ? *filled : scenarios[index];
  }

  std::vector<std::string> files;
  std::vector<scenarios::Scenario> scenarios;
  std::vector<std::string> left_out;  ///< why, one line each

 private:
  std::vector<bool> holes_;
};

/// A distinct failure with the command that repeats it.
struct Found {
  harness::DistinctFailure failure;
  std::string command;
};

std::vector<Found> with_commands(const Options& options, const harness::ExploreResult& result, const Sources& sources,
                                 scenarios::Profile profile) {
  std::vector<Found> out;
  for (const harness::DistinctFailure& f : result.failures) {
    const std::string& file = sources.files[f.scenario];
    std::string command = run_command({.file = file, .seed = f.seed, .profile = options.profile});
    if (!options.out.empty()) {
      const std::string written =
          write_failure(options.out, out.size() + 1, f, sources.at(f.scenario, f.seed), file, profile);
      command = run_command({.file = written, .seed = f.seed, .profile = {}});
    }
    out.push_back({f, std::move(command)});
  }
  return out;
}

nlohmann::ordered_json to_json(const harness::ExploreResult& result, const std::vector<Found>& found,
                               const Sources& sources, double seconds) {
  nlohmann::ordered_json out{{"runs", result.runs},
                             {"failed", result.failed},
                             {"verdict", result.failures.empty() ? "pass" : "fail"},
                             {"stopped", result.stopped},
                             {"events", result.events},
                             {"wall_ns", static_cast<int64_t>(seconds * 1e9)},
                             {"outcomes", result.outcomes},
                             {"failures", nlohmann::ordered_json::array()}};
  for (const auto& [f, command] : found) {
    out["failures"].push_back({{"id", f.id},
                               {"place", f.place},
                               {"text", f.text},
                               {"scenario", sources.scenarios[f.scenario].name},
                               {"file", sources.files[f.scenario]},
                               {"seed", f.seed},
                               {"count", f.count},
                               {"trace_hash", fmt::format("{:016x}", f.trace_hash)},
                               {"replay", command}});
  }
  out["marks"] = result.marks;
  out["never_reached"] = result.never_reached;
  if (!sources.left_out.empty()) out["left_out"] = sources.left_out;
  return out;
}

void print(const harness::ExploreResult& result, const std::vector<Found>& found, const Sources& sources,
           double seconds) {
  const reports::Ink ink = ink_for(stdout);
  const std::string verdict = result.failures.empty() ? ink.good("pass") : ink.bad("FAIL");
  fmt::print("{}  {} runs in {:.1f} s ({:.0f}/s), {} events; {} failed, {} distinct {}\n", verdict, result.runs,
             seconds, static_cast<double>(result.runs) / std::max(seconds, 1e-3), result.events, result.failed,
             found.size(), found.size() == 1 ? "failure" : "failures");
  for (const auto& [word, n] : result.outcomes) fmt::print("  {:>8} {}\n", n, word);
  for (const auto& [f, command] : found) {
    fmt::print("{} in \"{}\", seed {} ({} {} like it): {}\n", ink.bad(f.id), sources.scenarios[f.scenario].name, f.seed,
               f.count, f.count == 1 ? "run" : "runs", f.text);
    fmt::print("    replay: {}\n", command);
  }
  fmt::print("{} of {} rare turns of the code taken{}\n", result.marks - result.never_reached.size(), result.marks,
             result.never_reached.empty() ? "" : "; never:");
  for (const std::string& mark : result.never_reached) fmt::print("    {}\n", mark);
  for (const std::string& why : sources.left_out) fmt::print("left out: {}\n", why);
  if (result.stopped) fmt::print("{}: the runs above are all that were made\n", ink.warn("interrupted"));
}

harness::ExploreOptions plan(const Options& options) {
  harness::ExploreOptions what;
  const bool timed = !options.time.empty();
  if (timed) what.time_limit = wall_time(options.time);
  if (timed) what.last_seed = UINT64_MAX;
  if (!options.seeds.empty()) std::tie(what.first_seed, what.last_seed) = seed_range(options.seeds);
  what.jobs = options.jobs;
  what.profile = profile_named(options.profile);
  return what;
}

int explore(const Options& options) {
  harness::ExploreOptions what = plan(options);
  const Sources sources(options.files, what.profile);
  if (!options.out.empty()) make_folder(options.out);
  what.refilled = [&sources](size_t index, uint64_t seed) { return sources.refilled(index, seed); };
  what.stop = &stop_on_interrupt();

  ProgressBar bar(what.time_limit);
  const harness::ExploreResult result =
      harness::explore(sources.scenarios, what,
                       [&](uint64_t runs, uint64_t total, size_t distinct) { bar.draw(runs, total, distinct); });
  bar.clear();
  const double seconds = bar.seconds();
  const std::vector<Found> found = with_commands(options, result, sources, what.profile);
  if (options.json) {
    fmt::print("{}\n", to_json(result, found, sources, seconds).dump());
  } else {
    print(result, found, sources, seconds);
  }
  if (!result.failures.empty()) return exit_violation;
  if (result.stopped) die_of_interrupt();  // what was asked for is not done: no status 0
  return exit_good;
}

}  // namespace

void add_explore(CLI::App& app, Action& action) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("explore", "Runs many seeds and tells distinct failures apart");
  command->add_option("file", options->files, "scenario files, or folders of them")->required();
  command->add_option("--seeds", options->seeds, "seeds A..B (1..100; with --time, from 1 on)");
  command->add_option("--time", options->time, "end after so long, for example 60s");
  command->add_option("--profile", options->profile,
                      "draw faults: clean, honest-1, honest-2, power, replica, identity, liar, storm");
  command->add_option("-j", options->jobs, "worker processes (1)")->check(CLI::Range(1, 256));
  command->add_option("--out", options->out, "folder for scenario, trace and story of each distinct failure");
  command->add_flag("--json", options->json, "one JSON object on standard output");
  command->footer(
      "Ctrl-C ends it with what it has found.\n"
      "example: raidsim explore scenarios/library --seeds 1..1000 --profile honest-1 -j 2 --out out");
  command->callback([&action, options] { action = [options] { return explore(*options); }; });
}

}  // namespace raidsim::cli
