#include <fmt/core.h>
#include <CLI/CLI.hpp>

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>

#include "engine/trace/file.h"
#include "harness/cli/commands.h"
#include "harness/cli/files.h"
#include "harness/cli/status_text.h"
#include "harness/cli/terminal.h"
#include "harness/replay.h"
#include "harness/search/explore.h"
#include "harness/status/status_json.h"
#include "scenarios/load.h"
#include "scenarios/quantity.h"

namespace raidsim::cli {
namespace {

struct Options {
  std::string file;
  std::string at;
  std::optional<uint64_t> seed;
  std::string profile;
  bool json = false;
};

SimTime moment(const std::string& text) {
  if (text.empty()) return sim_never;
  const auto time = scenarios::parse_time(text);
  if (!time) throw UsageError("--at: \"" + text + "\" is no time; write 40ms or 2s");
  return sim_start + *time;
}

harness::RunRecord run_trace(const Options& options, const TraceFile& file, harness::RunOptions how) {
  if (options.seed || !options.profile.empty()) {
    throw UsageError(options.file + ": a trace has its seed and its faults; --seed and --profile are for scenarios");
  }
  try {
    harness::Recorded recorded = harness::recorded_run(file);
    recorded.options.keep_status = how.keep_status;
    recorded.options.stop_at_time = how.stop_at_time;
    return harness::run_again(recorded);
  } catch (const std::invalid_argument& error) {
    throw UsageError(options.file + ": " + error.what());
  }
}

harness::RunRecord run_file(const Options& options, harness::RunOptions how) {
  scenarios::LoadOptions load;
  load.seed = options.seed;
  const scenarios::Scenario named = scenarios::load_file(options.file, load);
  const auto scenario = harness::scenario_of_seed(named, profile_named(options.profile), named.seed);
  how.seed = scenario.seed;
  return harness::run_scenario(scenario, how);
}

int stat(const Options& options) {
  harness::RunOptions how;
  how.keep_status = true;
  how.stop_at_time = moment(options.at);
  std::string error;
  const auto trace = read_trace(options.file, error);
  if (!trace && !error.ends_with("not a raidsim trace")) throw UsageError(error);
  const harness::RunRecord run = trace ? run_trace(options, *trace, how) : run_file(options, how);
  if (options.json) {
    fmt::print("{}\n", harness::to_json(*run.status).dump());
    return exit_good;
  }
  fmt::print("{}", status_text(*run.status, ink_for(stdout)));
  if (how.stop_at_time != sim_never && run.status->at < how.stop_at_time) {
    fmt::print("\nthe run was over before {}: this is its end\n", options.at);
  }
  return exit_good;
}

}  // namespace

void add_stat(CLI::App& app, Action& action) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("stat", "Shows units, columns, pools and replicas as the host sees them");
  command->add_option("file", options->file, "scenario file, or trace, which is run again")->required();
  command->add_option("--at", options->at, "at this time of the run, as 40ms or 2s; without it at its end");
  command->add_option("--seed", options->seed, "of a scenario: instead of the file's seed");
  command->add_option("--profile", options->profile, "of a scenario: draw faults, as run does");
  command->add_flag("--json", options->json, "one JSON object on standard output");
  command->footer("example: raidsim stat scenarios/library/rebuild/rebuild-to-spare.json --at 100ms");
  command->callback([&action, options] { action = [options] { return stat(*options); }; });
}

}  // namespace raidsim::cli
